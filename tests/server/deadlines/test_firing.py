"""Service levels: when somebody responds at the latest, and what happens when nobody does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update
from tests.server.work.conftest import Office, Told, model_text

from tamis.calendar import Hours
from tamis.model.lifecycle.work import Service
from tamis.server.clock import instant_of, micros
from tamis.server.deadlines import firing, making
from tamis.server.deadlines.firing import fire
from tamis.server.server import Server
from tamis.server.store.tables import people
from tamis.server.store.tables.delivery import outbox
from tamis.server.store.tables.models import versions
from tamis.server.work import settling
from tamis.server.work.giving import Giver
from tamis.server.work.queues import floor

HOUR = timedelta(hours=1)


@pytest.fixture
def called(office: Office) -> Office:
    """A lead that ann has since Monday, 10:00 in Paris; she answers to cas, and has four hours."""
    office.change("ann", manager="cas")
    office.hold("lea", "call")
    office.assign()
    assert office.one("lea").owner == "ann"
    return office


def kinds(office: Office) -> list[str]:
    with office.server.database.read() as connection:
        rows = connection.scalars(select(outbox.c.kind).order_by(outbox.c.entry))
        return [kind for kind in rows if kind.startswith("deadline")]


def at(office: Office, hours: float) -> int:
    """What fires so long after ten on Monday."""
    office.clock.instant = datetime(2026, 11, 23, 9, 0, tzinfo=UTC) + hours * HOUR
    return fire(office.server, Told())


def describe(office: Office, name: str, fields: str) -> None:
    """What is known of a lead, as the store holds it."""
    mine = people.leads.c.lead == office.leads[name]
    with office.server.database.write() as connection:
        connection.execute(update(people.leads).where(mine).values(fields=fields))


def test_half_way_the_owner_is_reminded(called: Office) -> None:
    assert at(called, 1.9) == 0
    assert at(called, 2) == 1
    assert kinds(called) == ["deadline.reminded"]
    assert called.history("lea") == ["made", "assigned", "reminded"]


def test_in_the_end_the_manager_hears_of_it(called: Office) -> None:
    at(called, 4)
    assert kinds(called) == ["deadline.reminded", "deadline.escalated"]
    with called.server.database.read() as connection:
        row = connection.execute(select(outbox).order_by(outbox.c.entry.desc())).first()
    assert row is not None
    assert '"escalated_to":"cas"' in row.payload
    assert '"owner_email":"cas@example.com"' in row.payload
    assert '"owner":"ann"' in row.payload


@pytest.mark.parametrize("manager", [None, "ghost"])
def test_without_a_manager_the_queue_says_who_hears_of_it(
    called: Office, manager: str | None
) -> None:
    called.change("ann", manager=manager)
    at(called, 4)
    with called.server.database.read() as connection:
        row = connection.execute(select(outbox).order_by(outbox.c.entry.desc())).first()
    assert row is not None
    assert '"escalated_to":"zoe"' in row.payload


def test_at_last_somebody_else_gets_it_with_time_of_their_own(called: Office) -> None:
    """Twice four hours end on Monday at 18:00: in Paris, the day is over then."""
    at(called, 8)
    work = called.one("lea")
    assert (work.owner, work.state, work.round) == ("ben", "assigned", 2)
    assert instant_of(work.due_at or 0) == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert called.history("lea")[-1] == "reassigned"
    assert [kind for kind, round_, out in called.deadlines("lea") if (round_, out) == (2, "open")]


def test_when_all_have_had_it_it_stays(called: Office) -> None:
    at(called, 8)
    called.clock.pass_by(timedelta(days=3))
    fire(called.server)
    assert called.one("lea").owner == "ben"
    assert called.deadlines("lea")[-1] == ("reassign", 2, "nobody")


def test_what_was_answered_meanwhile_is_let_alone(called: Office) -> None:
    with called.server.database.write() as connection:
        settling.accept(connection, called.one("lea").handoff, "ann", called.server.micros)
    at(called, 80)
    assert kinds(called) == []
    assert called.one("lea").owner == "ann"
    assert {outcome for _, _, outcome in called.deadlines("lea")} == {"moot"}


def test_who_had_it_before_is_not_reminded_of_it(called: Office) -> None:
    called.clock.pass_by(HOUR)
    with called.server.database.write() as connection:
        known, now = floor(connection), called.server.micros
        giver = Giver(connection, called.server.database, known, now, "zoe")
        giver.give_to(called.one("lea").handoff, "ben")
    assert at(called, 2) == 1
    assert kinds(called) == []
    at(called, 3)
    assert kinds(called) == ["deadline.reminded"]
    assert called.deadlines("lea")[1] == ("remind", 1, "moot")


def test_each_fires_once_whatever_the_clock_does(called: Office) -> None:
    for hours in (4, 0, 4, -50, 4.5, 2, 6):
        at(called, hours)
    assert kinds(called) == ["deadline.reminded", "deadline.escalated"]


def test_what_fell_due_while_no_server_ran_fires_when_one_does(called: Office) -> None:
    late = Server(
        called.server.settings,
        called.clock,
        called.server.database,
        called.server.scores,
        called.server.intake,
    )
    called.clock.pass_by(timedelta(hours=4))
    assert fire(late, Told()) == 2 + 1
    assert fire(called.server, Told()) == 0
    assert kinds(called) == ["deadline.reminded", "deadline.escalated"]


@pytest.mark.parametrize("at_once", [1, firing.AT_ONCE])
def test_one_that_fails_blocks_nobody_behind_it(
    called: Office,
    at_once: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(firing, "AT_ONCE", at_once)
    called.hold("bob", "call")
    called.assign()
    describe(called, "lea", "{")
    assert at(called, 2) == 1
    assert called.history("bob")[-1] == "reminded"
    # Of what failed nothing is left, and it is said; the next look tries again.
    assert called.history("lea") == ["made", "assigned"]
    assert [record.message for record in caplog.records] == ["background work failed"]
    assert 'background_failures_total{part="fire"} 1.0' in called.server.metrics.text().decode()
    describe(called, "lea", "{}")
    assert at(called, 2) == 1
    assert called.history("lea") == ["made", "assigned", "reminded"]


def test_work_that_nobody_gets_is_escalated_too(office: Office) -> None:
    for login in ("ann", "ben"):
        office.away(login, date(2026, 11, 23), date(2026, 12, 31))
    office.hold("lea", "call")
    assert instant_of(office.one("lea").due_at or 0) == datetime(2026, 11, 23, 13, tzinfo=UTC)
    office.assign()
    assert at(office, 4) == 1
    assert kinds(office) == ["deadline.escalated"]
    assert office.deadlines("lea") == [("escalate", 0, "told")]


def test_time_passes_while_the_owner_works(office: Office) -> None:
    """Friday 16:00 in Paris: two hours then, and two on the Tuesday after a Monday away."""
    office.clock.instant = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    office.away("ann", date(2026, 11, 30), date(2026, 11, 30))
    office.hold("lea", "call", owner="ann")
    office.assign()
    assert instant_of(office.one("lea").due_at or 0) == datetime(2026, 12, 1, 10, tzinfo=UTC)


def test_no_time_passes_on_a_holiday(office: Office) -> None:
    office.clock.instant = datetime(2026, 12, 24, 15, 0, tzinfo=UTC)
    office.hold("lea", "call", owner="ann")
    office.assign()
    assert instant_of(office.one("lea").due_at or 0) == datetime(2026, 12, 28, 10, tzinfo=UTC)


def test_a_promise_stands_whatever_changes_later(called: Office) -> None:
    before = called.one("lea").due_at
    called.away("ann", date(2026, 11, 23), date(2026, 11, 24))
    with called.server.database.write() as connection:
        connection.execute(update(versions).values(state="retired"))
    at(called, 4)
    assert called.one("lea").due_at == before
    assert kinds(called) == ["deadline.reminded", "deadline.escalated"]


def test_without_a_service_level_nothing_is_due(office: Office) -> None:
    office.hold("lea", "ring", score=5500)
    office.assign()
    assert office.one("lea").due_at is None
    assert office.deadlines("lea") == []


def test_over_the_night_when_clocks_go_forward_hours_are_those_that_pass() -> None:
    paris = Hours(zone="Europe/Paris")
    friday = micros(datetime(2026, 3, 27, 16, 0, tzinfo=UTC))
    promise = making.to_person("4h", Service(reassign=200), paris, friday)
    # An hour on Friday until 17:00 UTC; then Monday from 7:00 UTC on.
    assert instant_of(promise.due_at or 0) == datetime(2026, 3, 30, 10, 0, tzinfo=UTC)
    assert [kind for kind, _ in promise.due] == ["remind", "escalate", "reassign"]


def test_who_never_works_again_is_promised_nothing() -> None:
    from tamis.calendar import Absence

    gone = Hours(absences=(Absence(date(2026, 1, 1), date(2100, 12, 31)),))
    at_ = micros(datetime(2026, 3, 27, 16, 0, tzinfo=UTC))
    assert making.to_person("4h", Service(), gone, at_) == making.NONE


def test_a_share_of_none_is_never_due(server: Server) -> None:
    sections = """
lifecycle: taxonomy
queues: {sales: {people: [ann]}}
service: {remind: 0%, escalate: 150%}
"""
    rules = "  - {id: call, when: score >= 60, do: handoff, to: sales, respond_within: 4h}"
    office = Office(server, model_text(sections, rules), ["ann"])
    office.hold("lea", "call")
    office.assign()
    assert [kind for kind, round_, _ in office.deadlines("lea") if round_] == ["escalate"]
