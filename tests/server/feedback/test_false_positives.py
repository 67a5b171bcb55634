"""What misled: rejections by cell and rule, the tolerance and its alarm, wins that were missed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update
from tests.server.delivery.sending import webhook
from tests.server.feedback.conftest import YAML, Sales

from tamis.server.clock import micros
from tamis.server.delivery import takers
from tamis.server.delivery.configuration import Configured, Targets
from tamis.server.feedback import parts
from tamis.server.feedback.tolerance import alerts, watch_all
from tamis.server.lifecycle.entering import settled
from tamis.server.models.alerts import loaded
from tamis.server.models.versions import live_versions
from tamis.server.store.tables import models, people, work
from tamis.server.store.tables.delivery import outbox
from tamis.server.store.tables.feedback import alarms, handoff_parts


def reject(sales: Sales, name: str, **fields: object) -> None:
    """A hand-off that sales reject."""
    handoff = sales.handoff(name, **fields)
    sales.post(f"/v1/work/{handoff}/reject", {"reason": "no_budget"})


def accept(sales: Sales, name: str, **fields: object) -> None:
    """A hand-off that sales accept."""
    sales.post(f"/v1/work/{sales.handoff(name, **fields)}/accept")


def told(sales: Sales) -> list[str]:
    """Whom the outbox tells of alarms."""
    o = outbox.c
    with sales.server.database.read() as connection:
        return list(connection.scalars(select(o.target).where(o.kind == "alarm").order_by(o.entry)))


def test_the_alarm_fires_once_per_crossing(sales: Sales) -> None:
    hook = webhook("http://127.0.0.1:9", sales.clock)
    takes = frozenset({"alarm"})
    both = {name: Configured(name, "webhook", hook, takes) for name in ("chat", "mail")}
    with sales.server.database.write() as connection:
        takers.announce(connection, Targets(both))
    for name in "abcd":
        accept(sales, name)
    reject(sales, "e")
    # One of five is just what is tolerated.
    assert told(sales) == []
    reject(sales, "f")
    assert told(sales) == ["chat", "mail"]
    reject(sales, "g")
    assert told(sales) == ["chat", "mail"]
    tolerance = sales.get("/v1/false-positives")["tolerance"]
    assert (tolerance["rejected"]["count"], tolerance["rejected"]["of"]) == (3, 7)
    assert (tolerance["tolerated"], tolerance["since"]) == (0.2, "2026-11-23T12:00:00.000Z")
    for name in "hijklmnop":
        accept(sales, name)
    assert sales.get("/v1/false-positives")["tolerance"]["since"] is None
    reject(sales, "q")
    reject(sales, "r")
    assert told(sales) == ["chat", "mail"] * 2
    with sales.server.database.read() as connection:
        found = connection.execute(select(alarms).order_by(alarms.c.alarm)).all()
    assert [(one.rejected, one.answered) for one in found] == [(2, 6), (4, 17)]
    assert [one.ended_at is None for one in found] == [False, True]


def test_the_alarm_ends_as_time_goes_by_and_is_an_alert_while_it_holds(sales: Sales) -> None:
    for name in "abcde":
        reject(sales, name)
    model, at = loaded(YAML), sales.server.micros
    with sales.server.database.write() as connection:
        [alert] = alerts(connection, "new-business", model, at)
        assert alert.code == "false-positives"
        assert alert.message.startswith("sales rejected 5 of 5 hand-offs in 30 days")
        assert watch_all(connection, at) == 0
    sales.pass_by(days=31)
    with sales.server.database.write() as connection:
        assert watch_all(connection, sales.server.micros) == 0
        assert alerts(connection, "new-business", model, sales.server.micros) == []


def test_a_few_rejections_are_no_alarm(sales: Sales) -> None:
    for name in "abcd":
        reject(sales, name)
    assert sales.get("/v1/false-positives")["tolerance"]["since"] is None


def test_rejections_are_grouped_by_cell_and_by_the_rules_that_misled_most(sales: Sales) -> None:
    for name in "abc":
        reject(sales, name, employees=80)
    reject(sales, "d")
    for name in "efgh":
        accept(sales, name)
    found = sales.get("/v1/false-positives")
    assert (found["rejected"]["count"], found["rejected"]["of"]) == (4, 8)
    assert (found["known"], found["late"]) == (8, 0)
    [cell] = found["by_cell"]
    assert (cell["cell"], cell["rejected"]["count"], cell["reasons"]) == ("A", 4, {"no_budget": 4})
    size, boss = found["by_rule"]
    # Size: 3 of 3 rejected where half of all were; boss: 4 of 8, as all.
    assert (size["rule"], size["rejected"]["share"], size["excess"]) == ("size", 1.0, 1.5)
    assert (boss["rule"], boss["rejected"]["share"], boss["excess"]) == ("boss", 0.5, 0.0)
    assert float(size["points"]) == 30
    first = found["rejections"][0]
    assert (first["lead_id"], first["reason"], first["rejected_by"]) == ("d", "no_budget", "sam")
    assert found["rejections"][-1]["rules"] == [["boss", 60], ["size", 30]]


def test_parts_are_those_of_the_hand_off_though_facts_change_later(sales: Sales) -> None:
    handoff = sales.handoff("ann", employees=80)
    server = sales.server
    with server.database.write() as connection:
        assert parts.keep_new(connection, server.database, server.scores, server.micros) == 1
        assert parts.keep_new(connection, server.database, server.scores, server.micros) == 0
    sales.pass_by(minutes=1)
    sales.lead("ann", employees=3)
    assert sales.score("ann") == 6000
    sales.post(f"/v1/work/{handoff}/reject", {"reason": "no_budget"})
    [one] = sales.get("/v1/false-positives")["rejections"]
    assert [rule for rule, _ in one["rules"]] == ["boss", "size"]


def test_parts_made_late_say_so(sales: Sales) -> None:
    handoff = sales.handoff("ann")
    yesterday = sales.server.micros - 86_400_000_000
    with sales.server.database.write() as connection:
        mine = update(work.handoffs).where(work.handoffs.c.handoff == handoff)
        connection.execute(mine.values(made_at=yesterday))
    sales.post(f"/v1/work/{handoff}/reject", {"reason": "no_budget"})
    assert sales.get("/v1/false-positives")["late"] == 1


def test_parts_of_a_version_that_ended_are_empty_and_nothing_fails(sales: Sales) -> None:
    handoff = sales.handoff("ann")
    with sales.server.database.write() as connection:
        connection.execute(update(models.versions).values(state="retired"))
    found = sales.post(f"/v1/work/{handoff}/reject", {"reason": "no_budget"})
    assert (found["work"]["state"], found["status"]) == ("rejected", None)
    with sales.server.database.read() as connection:
        assert connection.scalar(select(handoff_parts.c.parts)) == "[]"


def test_wins_that_were_never_handed_over_are_told_the_lowest_scores_first(sales: Sales) -> None:
    now = micros(datetime(2026, 11, 23, 11, tzinfo=UTC))
    sales.handoff("ann")
    leads = {name: sales.lead(name, title=title) for name, title in (
        ("low", "intern"), ("mid", "boss"), ("ann", "boss"),
    )}  # fmt: skip
    sales.pass_by(hours=2)
    with sales.server.database.write() as connection:
        for name, lead in leads.items():
            row = {"outcome_id": name, "lead": lead, "outcome": "won", "amount": 1_500_000_000}
            at = sales.server.micros
            connection.execute(insert(people.outcomes).values(**row, at=at, received_at=now))
        connection.execute(
            work.handoffs.delete().where(work.handoffs.c.lead.in_([leads["low"], leads["mid"]]))
        )
        _history(connection, leads.values())
    found = sales.get("/v1/false-negatives")
    assert [one["lead_id"] for one in found["leads"]] == ["low", "mid"]
    assert [one["best_score"] for one in found["leads"]] == [0, 60]
    assert (found["missed"]["count"], found["missed"]["of"]) == (2, 3)
    assert found["leads"][0]["amount"] == 1500


def _history(connection: Connection, leads: Collection[int]) -> None:
    """Leads of the model, as the ledger makes them."""
    [version] = live_versions(connection)
    settled(connection, version, list(leads), micros(datetime(2026, 11, 23, 12, tzinfo=UTC)))
