"""Who gets what: in turn, by capacity, within limits, while they are at work."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from tests.server.work.conftest import Office, Told, lone, model_text

from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.store.database import Database
from tamis.server.store.tables.delivery import outbox
from tamis.server.work import merging, settling
from tamis.server.work.assigning import assign
from tamis.server.work.giving import Giver, refuse_taking
from tamis.server.work.queues import floor

HOUR = timedelta(hours=1)


def owners(office: Office) -> dict[str, str | None]:
    return {office.name_of(work): work.owner for work in office.work()}


def test_work_goes_round_the_best_leads_first(office: Office) -> None:
    for name, score in (("low", 6100), ("top", 8900), ("mid", 7000)):
        office.hold(name, "call", score=score)
    assert office.assign() == 3
    assert owners(office) == {"top": "ann", "mid": "ben", "low": "ann"}
    office.hold("next", "call")
    office.assign()
    assert owners(office)["next"] == "ben"


def test_whose_turn_it_is_survives_a_restart(office: Office) -> None:
    office.hold("one", "call")
    office.assign()
    again = Office.__new__(Office)
    again.__dict__ |= office.__dict__
    again.server = Server(
        office.server.settings,
        office.clock,
        office.server.database,
        office.server.scores,
        office.server.intake,
    )
    again.hold("two", "call")
    again.assign()
    assert owners(again) == {"one": "ann", "two": "ben"}


def test_nobody_gets_more_than_the_limit_and_the_best_go_first(office: Office) -> None:
    for number in range(10):
        office.hold(f"lead {number}", "call", score=6000 + 100 * number)
    assert office.assign() == 6
    waiting = [office.name_of(work) for work in office.work(state="waiting")]
    assert sorted(waiting) == [f"lead {n}" for n in range(4)]
    assert office.assign() == 0
    with office.server.database.write() as connection:
        settling.finish(connection, 10, office.work()[9].owner or "", office.server.micros)
    assert office.assign() == 1
    assert office.one("lead 3").state == "assigned"


def test_open_work_of_all_queues_counts(server: Server) -> None:
    sections = """
lifecycle: taxonomy
queues: {sales: {people: [ann], limit: 3}, other: {people: [ann], limit: 2}}
"""
    rules = """
  - {id: call, when: score >= 60, do: handoff, to: sales}
  - {id: ring, when: score >= 50, do: handoff, to: other}
"""
    office = Office(server, model_text(sections, rules), ["ann"])
    for name in ("a", "b"):
        office.hold(name, "call")
    office.assign()
    office.hold("c", "ring")
    assert office.assign() == 0
    office.hold("d", "call")
    assert office.assign() == 1


def test_by_capacity_who_has_least_gets_the_next(server: Server) -> None:
    sections = """
lifecycle: taxonomy
queues:
  sales: {assign: capacity, people: [ann, ben]}
  other: {people: [ann]}
"""
    rules = """
  - {id: call, when: score >= 60, do: handoff, to: sales}
  - {id: ring, when: score >= 50, do: handoff, to: other}
"""
    office = Office(server, model_text(sections, rules), ["ann", "ben"])
    for name in ("a", "b"):
        office.hold(name, "ring")
    office.assign()
    for name in ("c", "d", "e"):
        office.hold(name, "call")
        office.assign()
    assert [owners(office)[name] for name in "cde"] == ["ben", "ben", "ann"]


def test_nobody_gets_work_outside_of_their_hours(office: Office) -> None:
    office.clock.instant = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    office.hold("lea", "call")
    assert office.assign() == 0
    office.change("ben", zone="America/New_York", country="US")
    assert office.assign() == 1
    assert office.one("lea").owner == "ben"


def test_nobody_gets_work_on_a_holiday_of_their_country(office: Office) -> None:
    office.clock.instant = datetime(2026, 12, 25, 9, 0, tzinfo=UTC)
    office.change("ben", zone="Asia/Dubai", country="AE")
    office.hold("lea", "call")
    office.hold("max", "call")
    office.assign()
    assert set(owners(office).values()) == {"ben"}


def test_the_hour_changes_with_the_clocks(office: Office) -> None:
    """Half past seven in UTC is half past nine in Paris on Friday, half past eight on Monday."""
    for instant, given in (
        (datetime(2026, 10, 23, 7, 30, tzinfo=UTC), 1),
        (datetime(2026, 10, 26, 7, 30, tzinfo=UTC), 0),
        (datetime(2026, 10, 26, 8, 0, tzinfo=UTC), 2),
    ):
        office.clock.instant = instant
        office.hold(f"lead {instant}", "call")
        assert office.assign() == given


def test_who_is_away_gets_nothing_until_they_are_back(office: Office) -> None:
    office.away("ann", date(2026, 11, 23), date(2026, 11, 24))
    office.away("ben", date(2026, 11, 23), date(2026, 11, 23))
    office.hold("lea", "call")
    assert office.assign() == 0
    office.clock.instant += timedelta(days=1)
    assert office.assign() == 1
    assert office.one("lea").owner == "ben"


def test_people_who_are_not_there_are_skipped(server: Server) -> None:
    sections = "lifecycle: taxonomy\nqueues: {sales: {people: [ghost, ann, ben]}}"
    rules = "  - {id: call, when: score >= 60, do: handoff, to: sales}"
    office = Office(server, model_text(sections, rules), ["ann", "ben"])
    office.change("ann", disabled=True)
    for name in ("a", "b"):
        office.hold(name, "call")
    office.assign()
    assert set(owners(office).values()) == {"ben"}
    with server.database.read() as connection:
        known = floor(connection)
        desk = known.desk("small", "sales")
        assert desk is not None
        assert known.skipped(desk) == {"ghost": "unknown", "ann": "disabled"}


def test_an_owner_keeps_their_lead(office: Office) -> None:
    for number in range(3):
        office.hold(f"lead {number}", "call", owner="ben")
    office.hold("lea", "call", owner="zoe")
    office.assign()
    assert [owners(office)[f"lead {n}"] for n in range(3)] == ["ben"] * 3
    assert owners(office)["lea"] == "ann"


def test_a_lead_waits_for_an_owner_who_is_full_and_not_for_one_who_is_away(office: Office) -> None:
    for number in range(4):
        office.hold(f"lead {number}", "call", owner="ben", score=8000 - number)
    office.assign()
    assert office.one("lead 3").state == "waiting"
    office.away("ben", date(2026, 11, 23), date(2026, 11, 27))
    office.assign()
    assert office.one("lead 3").owner == "ann"


def test_who_gets_work_is_told_with_the_time_to_respond(office: Office) -> None:
    office.hold("lea", "call")
    assign(office.server, Told())
    with office.server.database.read() as connection:
        (row,) = connection.execute(select(outbox)).all()
    assert (row.kind, row.lead) == ("handoff.assigned", office.leads["lea"])
    assert '"owner_email":"ann@example.com"' in row.payload
    assert '"due_at":"2026-11-23T13:00:00.000Z"' in row.payload


def test_a_queue_that_is_long_is_given_in_its_order(lone_office: Office) -> None:
    office = lone_office
    judged = [office.verdict(f"lead {n}", "call", score=6000 + 7 * n % 2900) for n in range(400)]
    office.follow(*judged)
    office.assign()
    given = {work.turn for work in office.work(state="assigned")}
    waiting = {work.turn for work in office.work(state="waiting")}
    assert len(given) == 6
    assert max(given) <= min(waiting)


def test_without_a_limit_all_of_a_long_queue_is_given(sqlite_database: Database) -> None:
    sections = "lifecycle: taxonomy\nqueues: {sales: {people: [ann, ben]}}"
    rules = "  - {id: call, when: score >= 60, do: handoff, to: sales}"
    office = Office(lone(sqlite_database), model_text(sections, rules), ["ann", "ben"])
    office.follow(*(office.verdict(f"lead {n}", "call", score=6000 + n) for n in range(250)))
    assert office.assign() == 250
    assert len(office.work(owner="ann")) == 125


def test_work_of_who_is_disabled_goes_to_others_unless_they_accepted_it(office: Office) -> None:
    for number in range(4):
        office.hold(f"lead {number}", "call")
    office.assign()
    mine = office.work(owner="ann")
    with office.server.database.write() as connection:
        settling.accept(connection, mine[0].handoff, "ann", office.server.micros)
    office.change("ann", disabled=True)
    assert office.assign() == 1
    kept = office.work()[mine[0].handoff - 1]
    assert (kept.owner, kept.state) == ("ann", "accepted")
    returned = office.work()[mine[1].handoff - 1]
    assert (returned.owner, returned.state) == ("ben", "assigned")
    assert office.history(office.name_of(returned)) == ["made", "assigned", "returned", "assigned"]


# By hand -----------------------------------------------------------------------------------------


def give(office: Office, name: str, to: str) -> None:
    with office.server.database.write() as connection:
        known, at = floor(connection), office.server.micros
        Giver(connection, office.server.database, known, at, "zoe").give_to(
            office.one(name).handoff, to
        )


def test_work_is_given_by_hand_and_time_begins_anew(office: Office) -> None:
    office.hold("lea", "call")
    office.assign()
    office.clock.pass_by(HOUR)
    give(office, "lea", "ben")
    work = office.one("lea")
    assert (work.owner, work.round) == ("ben", 2)
    assert work.due_at == office.server.micros + 4 * 3600 * 1_000_000
    give(office, "lea", "ben")
    assert office.one("lea") == work


def test_nobody_is_given_more_than_the_limit_by_hand(office: Office) -> None:
    for number in range(4):
        office.hold(f"lead {number}", "call")
    for number in range(3):
        give(office, f"lead {number}", "ann")
    with pytest.raises(Problem, match="ann has 3 open hand-offs; `sales` allows 3"):
        give(office, "lead 3", "ann")
    with office.server.database.write() as connection, pytest.raises(Problem, match="allows 3"):
        refuse_taking(connection, floor(connection), office.one("lead 3").handoff, "ann")


def test_work_is_given_to_who_is_of_the_queue_and_there(office: Office) -> None:
    office.hold("lea", "call")
    with pytest.raises(Problem, match="`cas` gets no work of `sales`; there is ann, ben"):
        give(office, "lea", "cas")
    office.away("ben", date(2026, 11, 23), date(2026, 11, 23))
    with pytest.raises(Problem, match="ben is away today"):
        give(office, "lea", "ben")


# Merging -----------------------------------------------------------------------------------------


def test_leads_that_prove_to_be_one_have_one_open_hand_off(office: Office) -> None:
    office.hold("lea", "call")
    office.assign()
    office.hold("leah", "vip", score=9500)
    with office.server.database.write() as connection:
        merging.joined(connection, office.leads["leah"], office.leads["lea"], office.server.micros)
    assert [(work.play, work.state) for work in office.work("lea")] == [
        ("call", "assigned"), ("vip", "withdrawn"),
    ]  # fmt: skip
    assert office.work("leah") == []
    assert {play for play, _, _ in office.firings("lea")} == {"call", "vip"}
