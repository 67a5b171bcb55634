"""Versions are made live whole and at once; the turn of the day costs what changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select, update
from tests.server.scoring.live_store import LiveStore, live_store

from tamis.server.clock import day_number, micros
from tamis.server.ingest.message import Item, LeadRow, Message
from tamis.server.models import lifecycle, stored, tasks
from tamis.server.models.steps import Maker
from tamis.server.read import changes
from tamis.server.scoring import background
from tamis.server.scoring.entries import latest_entry
from tamis.server.store.tables import METADATA, models, people, scoring

DAY = date(2026, 11, 22)
FIRST = """
tamis: 1
name: random
timezone: Europe/Paris
fields: {lead: {job_title: text}, event: {url: text}}
dimensions:
  engagement:
    grades: {B: 20, C: 0}
    rules:
      - {id: views, event: page_view, points: 10, within: 10d}
score: {sum: [engagement]}
stages: {lead: score >= 10}
"""
SECOND = FIRST.replace("points: 10", "points: 25").replace(
    "within: 10d}",
    "within: 10d}\n      - {id: buys, event: purchase, points: 40, decay: {linear: 30}}",
)


@pytest.fixture
def store(store_url: str) -> Iterator[LiveStore]:
    made = live_store(store_url, FIRST, DAY, "Europe/Paris")
    yield made
    made.assembled.close()


def event(store: LiveStore, number: int, lead: str, name: str = "page_view", ago: int = 0) -> Item:
    at = micros(store.clock.now() - timedelta(days=ago))
    return Message(f"m{number}", "track", name, at, at, user_id=lead)


def ask(store: LiveStore, yaml: str, kind: str = "activate") -> int:
    """A version that is to be made live."""
    with store.database.write() as connection:
        number = connection.execute(select(func.max(models.versions.c.number))).scalar() + 1
        key = connection.execute(
            insert(models.versions)
            .values(
                model="random", number=number, yaml=yaml, state="approved", owner="ann",
                measures="[]", relies_on="[]", made_at=0, made_by="ann",
            )
            .returning(models.versions.c.version_key)
        ).scalar_one()  # fmt: skip
        tasks.ask(connection, 0, "ann", kind, key)
    return key


def stand(store: LiveStore, version: int) -> tuple[str, bool]:
    v = models.versions.c
    with store.database.read() as connection:
        row = connection.execute(select(v.state, v.scored).where(v.version_key == version)).one()
    return row.state, bool(row.scored)


def by_lead(store: LiveStore, version: int) -> dict[str, object]:
    store.version = version
    return {row["lead_id"]: row["score"] for row in store.scores()}


def test_a_version_is_scored_whole_before_it_takes_its_place(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann"), event(store, 2, "bob", "purchase", 15)])
    second = ask(store, SECOND)
    assert stand(store, 1) == ("active", True)
    store.assembled.background.tasks()
    assert (stand(store, 1), stand(store, second)) == (("retired", False), ("active", True))
    assert by_lead(store, second) == {"ann": 25, "bob": 20}


def test_what_comes_in_meanwhile_counts_for_both(store: LiveStore) -> None:
    store.deliver([event(store, n, f"lead-{n}") for n in range(2)])
    second = ask(store, SECOND)
    with store.database.write() as connection:
        store.assembled.server.scores.build(connection, second, [1])
    # One lead is built already, the other is not.
    store.deliver([event(store, 10, "lead-0", "purchase"), event(store, 11, "lead-1", "purchase")])
    store.assembled.background.tasks()
    assert by_lead(store, second) == {"lead-0": 65, "lead-1": 65}


def test_going_back_counts_what_came_since(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    second = ask(store, SECOND)
    store.assembled.background.tasks()
    store.deliver([event(store, 2, "ann", "purchase")])
    third = ask(store, FIRST)
    store.assembled.background.tasks()
    # The purchase rule is nobody's now: what it would have counted is missed, and known to be.
    store.deliver([event(store, 3, "ann", "purchase"), event(store, 4, "ann")])
    again = ask(store, SECOND)
    store.assembled.background.tasks()
    assert by_lead(store, again) == {"ann": 100}
    assert stand(store, third)[0] == stand(store, second)[0] == "retired"
    with store.database.read() as connection:
        kept = connection.execute(
            select(func.sum(scoring.matches.c.n))
            .select_from(
                scoring.matches.join(
                    scoring.counters, scoring.counters.c.counter == scoring.matches.c.counter
                )
            )
            .where(scoring.counters.c.name == "buys")
        ).scalar()
    assert kept == 2


def test_a_shadow_is_scored_beside_the_active_version(store: LiveStore) -> None:
    shadow = ask(store, SECOND, "shadow")
    store.assembled.background.tasks()
    store.deliver([event(store, 1, "ann")])
    assert (by_lead(store, 1), by_lead(store, shadow)) == ({"ann": 10}, {"ann": 25})


def told(store: LiveStore, after: int = 0) -> list[tuple[object, ...]]:
    """What the stream of changes tells after an entry: who, why, by which version, from and to."""
    with store.database.read() as connection:
        return [
            (one.lead_id, one.cause, one.version, one.before.get("score"), one.after.get("score"))
            for one in changes.after(connection, after, 500)
        ]


def latest(store: LiveStore) -> int:
    with store.database.read() as connection:
        return latest_entry(connection)


def test_a_switch_tells_of_every_lead_that_is_judged_otherwise(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    store.deliver([LeadRow("bob", micros(store.clock.now()), {})])
    shadow = ask(store, SECOND, "shadow")
    store.assembled.background.tasks()
    store.deliver([event(store, 2, "ann")])
    before = latest(store)
    assert told(store, before) == []
    with store.database.write() as connection:
        tasks.ask(connection, 0, "ann", "activate", shadow)
    store.assembled.background.tasks()
    # `bob` has 0 points by both: nothing changed for who reads.
    assert told(store, before) == [("ann", "model", 2, 20, 50)]
    # What the shadow said meanwhile was in nobody's sight, and stays so.
    assert told(store) == [
        ("ann", "events", 1, None, 10),
        ("bob", "fields", 1, None, 0),
        ("ann", "events", 1, 10, 20),
        ("ann", "model", 2, 20, 50),
    ]


def test_a_version_without_shadow_tells_what_the_active_one_said(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    before = latest(store)
    second = ask(store, SECOND)
    store.assembled.background.tasks()
    assert told(store, before) == [("ann", "model", 2, 10, 25)]
    store.deliver([event(store, 2, "ann")])
    with store.database.write() as connection:
        tasks.ask(connection, 0, "ann", "activate", 1)
    store.assembled.background.tasks()
    store.deliver([event(store, 3, "ann")])
    assert told(store, before)[1:] == [
        ("ann", "events", 2, 25, 50),
        ("ann", "model", 1, 50, 20),
        ("ann", "events", 1, 20, 30),
    ]
    assert stand(store, second) == ("retired", False)


def test_what_a_retired_version_says_in_shadow_is_told_to_nobody(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    ask(store, SECOND)
    store.assembled.background.tasks()
    with store.database.write() as connection:
        tasks.ask(connection, 0, "ann", "shadow", 1)
    store.assembled.background.tasks()
    before = latest(store)
    store.deliver([event(store, 2, "ann")])
    assert told(store, before) == [("ann", "events", 2, 25, 50)]


def test_a_switch_tells_verdicts_whole(store: LiveStore) -> None:
    odd = SECOND.replace("grades: {B: 20, C: 0}", """grades: {'B"é': 20, C: 0}""")
    store.deliver([event(store, 1, "ann")])
    ask(store, odd)
    store.assembled.background.tasks()
    with store.database.read() as connection:
        change = changes.after(connection, 0, 500)[-1]
    nothing = {"excluded": False, "cell": None, "temperature": None, "play": None, "stage": "lead"}
    assert change.before == {
        **nothing, "score": 10, "dimensions": {"engagement": 10}, "grades": {"engagement": "C"},
    }  # fmt: skip
    assert change.after == {
        **nothing, "score": 25, "dimensions": {"engagement": 25}, "grades": {"engagement": 'B"é'},
    }  # fmt: skip
    assert (change.score_before, change.score_after, change.delta) == (10, 25, 15)


def test_the_first_version_tells_of_everybody(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    with store.database.write() as connection:
        connection.execute(update(models.versions).values(state="retired", scored=False))
    before = latest(store)
    ask(store, SECOND)
    store.assembled.background.tasks()
    assert told(store, before) == [("ann", "model", 2, None, 25)]


def test_scores_of_a_version_out_of_use_go_after_thirty_days(
    store: LiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "ROWS", 2)
    store.deliver([event(store, n, f"lead-{n}") for n in range(5)])
    second = ask(store, SECOND)
    store.assembled.background.tasks()
    with store.database.write() as connection:
        tasks.ask(connection, 0, "ann", "shadow", 1)
    shadow_since = DAY + timedelta(days=30)
    store.day(shadow_since)
    assert kept_rows(store) == {(table, key): 5 for table in TABLES for key in (1, second)}
    with store.database.write() as connection:
        at = store.clock.now()
        lifecycle.shadow_off(connection, Maker("ann", at), stored.by_key(connection, 1))
    store.day(shadow_since + timedelta(days=30))
    assert len(kept_rows(store)) == 4
    store.day(shadow_since + timedelta(days=31))
    assert kept_rows(store) == {(table, second): 5 for table in TABLES}
    # It can come back all the same.
    with store.database.write() as connection:
        tasks.ask(connection, 0, "ann", "activate", 1)
    store.assembled.background.work_off()
    assert len(by_lead(store, 1)) == 5


TABLES = ("scores", "facts")


def kept_rows(store: LiveStore) -> dict[tuple[str, int], int]:
    """How many rows of scores and facts each version has."""
    found = {}
    with store.database.read() as connection:
        for name in TABLES:
            key = METADATA.tables[name].c.version_key
            rows = connection.execute(select(key, func.count()).group_by(key)).all()
            found |= {(name, key): number for key, number in rows}
    return found


def test_only_leads_that_are_due_are_turned(store: LiveStore) -> None:
    store.deliver([LeadRow("still", micros(store.clock.now()), {"job_title": "CEO"})])
    store.deliver([event(store, 1, "ann", ago=8)])
    store.day(DAY + timedelta(days=1))
    assert as_of(store) == {"still": 0, "ann": 0}
    store.day(DAY + timedelta(days=2))
    assert as_of(store) == {"still": 0, "ann": 2}
    assert by_lead(store, 1) == {"still": 0, "ann": 0}


def test_a_server_that_slept_catches_up(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    store.day(DAY + timedelta(days=30))
    assert by_lead(store, 1) == {"ann": 0}
    h = scoring.score_history.c
    with store.database.read() as connection:
        causes = connection.execute(select(h.cause).order_by(h.entry)).scalars().all()
    assert causes == ["events", "time"]


def as_of(store: LiveStore) -> dict[str, int]:
    """How many days after the first each score was made."""
    s = scoring.scores.c
    with store.database.read() as connection:
        rows = connection.execute(select(s.lead_id, s.as_of)).all()
    return {lead_id: day - day_number(DAY) for lead_id, day in rows}


def test_the_day_turns_at_midnight_of_the_model(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    store.clock.instant = store.clock.instant.replace(hour=22, minute=59)
    store.assembled.background.turns()
    assert day_of_version(store) == day_number(DAY)
    store.clock.pass_by(timedelta(minutes=2))
    store.assembled.background.turns()
    assert day_of_version(store) == day_number(DAY) + 1


def day_of_version(store: LiveStore) -> int | None:
    with store.database.read() as connection:
        return connection.execute(select(models.versions.c.day)).scalar()


def test_a_task_that_was_cut_short_is_done_after_all(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    second = ask(store, SECOND)
    with store.database.write() as connection:
        connection.execute(update(models.tasks).values(state="running", done=1))
    store.assembled.background.tasks()
    assert stand(store, second) == ("active", True)


def test_manual_points_end_on_their_last_day(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    with store.database.write() as connection:
        connection.execute(
            insert(people.adjustments).values(
                lead=1, model="random", dimension="engagement", points=7000, reason="met her",
                made_by="sam", made_at=0, first_day=day_number(DAY), last_day=day_number(DAY) + 2,
            )
        )  # fmt: skip
        store.assembled.server.scores.rescore(connection, [1], "manual")
    assert by_lead(store, 1) == {"ann": 17}
    store.day(DAY + timedelta(days=2))
    assert by_lead(store, 1) == {"ann": 17}
    store.day(DAY + timedelta(days=3))
    assert by_lead(store, 1) == {"ann": 10}


def test_a_version_retired_before_its_turn_is_left_alone(store: LiveStore) -> None:
    store.deliver([event(store, 1, "ann")])
    store.day(DAY + timedelta(days=10), turn=False)
    with store.database.read() as connection:
        version = store.assembled.server.scores.versions(connection)[0]
    with store.database.write() as connection:
        connection.execute(update(models.versions).values(state="retired", scored=False))
    assert list(store.assembled.background._slices(version, day_number(DAY) + 10)) == []
