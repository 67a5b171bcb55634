"""Scores move leads in the store, many at once, in the transaction that wrote them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event as listen
from sqlalchemy import insert, select
from tests.server.delivery.sending import configured, webhook
from tests.server.lifecycle.conftest import MODEL, Store, look
from tests.server.lifecycle.legal import by_lead, faults
from tests.server.models.conftest import YAML

from tamis.server.delivery import takers
from tamis.server.delivery.configuration import Targets
from tamis.server.lifecycle.by_score import follow
from tamis.server.lifecycle.forms import NewMove
from tamis.server.lifecycle.machine import step_to
from tamis.server.lifecycle.standings import Change, standings, write
from tamis.server.lifecycle.switched import taken_over
from tamis.server.scoring.judged import Judged
from tamis.server.server import Server
from tamis.server.store.database import Database, StoreError
from tamis.server.store.tables import people
from tamis.server.store.tables.lifecycle import statuses

OTHER = """lifecycle:
  use: none
  statuses: {new: {}, good: {milestone: qualified}}
  steps: [{from: new, to: good, by: marketing}]
"""


def test_every_lead_gets_a_status_and_goes_as_far_as_its_score_says(store: Store) -> None:
    for name in ("ann", "ben", "cat", "dan"):
        store.lead(name, "page_view")
    moved = store.score(("ann", 10), ("ben", 35), ("cat", 90), ("dan", None))
    assert store.stands("ann", "ben", "cat", "dan") == ["prospect", "lead", "mql", "prospect"]
    assert store.way("cat") == ["prospect", "(lead)", "mql"]
    last = store.history("cat")[-1]
    shown = {"cause": "score", "score": 9000, "cell": "A", "milestone": "qualified", "kind": "mkg"}
    assert {name: last[name] for name in shown} == shown
    assert (last["entry"], last["made_by"], last["version_key"]) == (3, None, store.version_key)
    told = [(one.lead, one.before, one.after) for one in moved if one.lead == store.leads["cat"]]
    assert told == [(store.leads["cat"], None, "prospect"), (store.leads["cat"], "prospect", "mql")]
    assert store.score(("ann", 12), ("cat", 45)) == []


def test_a_model_without_a_lifecycle_moves_nobody(store: Store) -> None:
    store.activate(YAML)
    store.lead("ann")
    version = store.version

    with store.server.database.write() as connection:
        assert follow(connection, version, [Judged(store.leads["ann"], "ann", 1, 0)], 5) == []
        assert connection.execute(select(statuses)).all() == []


def test_who_comes_second_changes_nothing_and_begins_again(store: Store) -> None:
    """As two writers do that read before either wrote."""
    lead, version = store.lead("ann"), store.version
    store.score(("ann", 10))
    with store.server.database.read() as connection:
        stood = standings(connection, version.name, [lead])[lead]
    store.score(("ann", 90))
    before = store.status("ann"), store.history("ann")
    now = store.server.micros
    then = step_to(store.lifecycle, stood.standing, "lead", "system", now)
    with (
        pytest.raises(StoreError, match="another writer"),
        store.server.database.write() as connection,
    ):
        write(connection, version, [Change(lead, stood, then)], now)
    assert (store.status("ann"), store.history("ann")) == before


def test_a_batch_of_800_leads_costs_as_many_statements_as_one(store: Store) -> None:
    names = [f"l{number}" for number in range(801)]
    told = {"fields": "{}", "first_at": 0, "last_at": 0}
    with store.server.database.write() as connection:
        rows = [{"lead_id": one, "lead": key, **told} for key, one in enumerate(names, start=1)]
        connection.execute(insert(people.leads), rows)
    store.leads = {name: key for key, name in enumerate(names, start=1)}
    hook = configured("crm", webhook("http://127.0.0.1:9", store.server.clock))
    with store.server.database.write() as connection:
        # A target that is told of every step costs no more either.
        takers.announce(connection, Targets({"crm": hook}))
    one, many = statements(store, names[:1]), statements(store, names[1:])
    assert (len(one), one) == (len(many), many)
    assert len(one) < 20
    assert store.stands(*names[:3]) == ["mql"] * 3


def statements(store: Store, names: list[str]) -> list[str]:
    """What the database is asked when leads come in and go forward."""
    found: list[str] = []
    version = store.version
    with store.server.database.write() as connection:
        judged = [store.judged(connection, name, 60) for name in names]
        note = lambda *asked: found.append(asked[2])  # noqa: E731 (it is listened with)
        listen.listen(connection, "before_cursor_execute", note)
        follow(connection, version, judged, store.server.micros)
        listen.remove(connection, "before_cursor_execute", note)
    return found


def test_who_came_by_itself_is_inbound_and_others_are_teleprospected(store: Store) -> None:
    store.lead("visitor", "page_view")
    store.lead("form")
    store.event("form", None)
    store.lead("list")
    store.lead("called", "call_answered")
    store.lead("machine")
    store.event("machine", "page_view", bot="agent")
    store.lead("both", "page_view")
    names = ["visitor", "form", "list", "called", "machine", "both"]
    store.score(*[(name, 10) for name in names])
    store.event("both", "call_answered")
    # What comes later does not change how it came.
    store.event("list", "page_view")
    store.score(*[(name, 70) for name in names])
    found = {name: (store.status(name)["entry"], store.status(name)["kind"]) for name in names}
    assert found == {
        "visitor": ("inbound", "mkg"),
        "form": ("inbound", "mkg"),
        "list": ("outbound", "tkg"),
        "called": ("outbound", "tkg"),
        "machine": ("outbound", "tkg"),
        "both": ("inbound", "tkg"),
    }


def test_a_stay_that_ends_is_found_by_looking(store: Store) -> None:
    store.lead("ann", "page_view")
    store.score(("ann", 60))
    store.pass_by(1)
    store.score(("ann", 10))
    assert store.stands("ann") == ["mql"]
    assert store.look() == 0
    store.pass_by(1)
    assert (store.look(), store.stands("ann")) == (1, ["lead"])
    assert store.look() == 0
    store.pass_by(2)
    assert (store.look(), store.stands("ann")) == (1, ["prospect"])
    store.pass_by(900)
    assert (store.look(), store.way("ann")) == (
        0,
        ["prospect", "(lead)", "mql", "lead", "prospect"],
    )


def test_who_has_no_score_is_looked_at_once(store: Store) -> None:
    store.lead("ann")
    with store.server.database.write() as connection:
        store.decision(connection, "ann").hold("")
        store.decision(connection, "ann").release()
    rounds = iter((False, False, True))
    assert look(store.server, stop=lambda: next(rounds)) == 1
    assert store.status("ann")["look_at"] is None


def test_two_servers_that_look_at_once_move_a_lead_once(store: Store) -> None:
    names = [f"l{number}" for number in range(30)]
    for name in names:
        store.lead(name, "page_view")
    store.score(*[(name, 35) for name in names])
    store.pass_by(1)
    store.score(*[(name, 0) for name in names])
    store.pass_by(1)
    other = Database(store.server.settings.store)
    second = Server(
        store.server.settings, store.server.clock, other, store.server.scores, store.server.intake
    )
    with ThreadPoolExecutor(4) as pool:
        servers = [store.server, second] * 2
        assert sum(pool.map(look, servers)) == len(names)
    other.close()
    for name in names:
        assert store.way(name) == ["prospect", "lead", "prospect"]


def test_a_clock_set_back_takes_no_history_back(store: Store) -> None:
    store.lead("ann", "page_view")
    store.score(("ann", 35))
    store.pass_by(-3)
    store.score(("ann", 60))
    history = store.history("ann")
    assert [row["after"] for row in history] == ["prospect", "lead", "mql"]
    assert history[-1]["at"] == history[0]["at"]
    assert faults(store.lifecycle, history) == []


def test_another_version_has_every_lead_come_in_and_looked_at(store: Store) -> None:
    for name in ("ann", "ben", "cat"):
        store.lead(name, "page_view")
    store.score(("ann", 85), ("ben", 20))
    key = store.activate(MODEL.replace("lifecycle: taxonomy", "lifecycle: validation"))
    with store.server.database.write() as connection:
        for name, score in (("ann", 85), ("ben", 20), ("cat", 40)):
            store.judged(connection, name, score)
    version = store.version
    with store.server.database.write() as connection:
        taken_over(connection, version, store.server.micros)
    assert store.stands("ann", "ben", "cat") == ["mql", "prospect", "contact"]
    assert store.look() == 3
    assert store.stands("ann", "ben", "cat") == ["proposed", "prospect", "lead"]
    assert store.status("cat")["entry"] == "inbound"
    assert {row["version_key"] for row in store.history("cat")} == {key}
    assert store.look() == 0


def test_a_status_that_the_new_version_has_not_is_left_for_one_it_has(store: Store) -> None:
    for name in ("ann", "ben"):
        store.lead(name, "page_view")
    store.score(("ann", 60), ("ben", 60))
    with store.server.database.write() as connection:
        store.decision(connection, "ann", "marketing").move(NewMove(to="sql", seen="mql"))
    store.activate(YAML + OTHER)
    version = store.version
    with store.server.database.write() as connection:
        for name in ("ann", "ben"):
            store.judged(connection, name, 60)
        taken_over(connection, version, store.server.micros)
    store.look()
    assert store.stands("ann", "ben") == ["good", "good"]
    assert store.history("ann")[-1]["cause"] == "system"
    assert store.history("ann")[-1]["before"] == "sql"


@pytest.mark.parametrize("ahead", [0, 40])
def test_what_was_recycled_comes_back_by_score_after_its_wait(store: Store, ahead: int) -> None:

    store.lead("ann", "page_view")
    store.score(("ann", 60))
    with store.server.database.write() as connection:
        store.decision(connection, "ann").move(NewMove(to="recycled", seen="mql", reason="later"))
    store.pass_by(ahead)
    store.look()
    expected = ["recycled"] if not ahead else ["mql"]
    assert store.stands("ann") == expected
    assert all(not faults(store.lifecycle, of) for of in by_lead(store.history()).values())
