"""Plays that fire: what a verdict becomes, once for its cause."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, select
from tests.server.work.conftest import Office, Told, model_text

from tamis.server.server import Server
from tamis.server.store.database import StoreError
from tamis.server.store.tables.delivery import outbox
from tamis.server.work import settling


def test_a_play_that_begins_to_hold_is_work_in_its_queue(office: Office) -> None:
    office.hold("lea", "call", score=7000)
    (work,) = office.work()
    assert (work.state, work.queue, work.play, work.owner) == ("waiting", "sales", "call", None)
    assert (work.score, work.cell, work.turn, work.cause) == (7000, "A1", 93_000, 1)
    assert office.history("lea") == ["made"]
    assert office.firings("lea") == [("call", 1, "made")]


def test_the_same_verdict_again_is_no_more_work(office: Office) -> None:
    first = office.verdict("lea", "call")
    office.follow(first)
    with office.server.database.write() as connection:
        settling.reject(connection, 1, "ann", "no_budget", "", office.server.micros)
    office.follow(first)
    office.hold("lea", "call", score=7500)
    assert [work.state for work in office.work()] == ["rejected"]


def test_a_play_that_holds_anew_is_work_anew(office: Office) -> None:
    for play in ("call", None, "call"):
        office.hold("lea", play)
    assert [(work.state, work.cause) for work in office.work()] == [
        ("withdrawn", 1), ("waiting", 3),
    ]  # fmt: skip


def test_work_that_nobody_accepted_goes_with_its_play(office: Office) -> None:
    for name in ("lea", "max"):
        office.hold(name, "call")
    office.assign()
    with office.server.database.write() as connection:
        owner = office.one("max").owner or ""
        settling.accept(connection, office.one("max").handoff, owner, office.server.micros)
    for name in ("lea", "max"):
        office.hold(name, "warm_up", score=3000)
    assert office.one("lea").state == "withdrawn"
    assert office.history("lea") == ["made", "assigned", "withdrawn"]
    assert office.one("max").state == "accepted"


def test_who_is_excluded_has_no_work(office: Office) -> None:
    office.hold("lea", "call")
    office.hold("lea", None, excluded=True, turn=2**62)
    assert office.one("lea").state == "withdrawn"


def test_a_play_ahead_takes_the_open_work_over(office: Office) -> None:
    office.hold("lea", "call")
    office.assign()
    office.hold("lea", "vip", score=9500)
    (work,) = office.work()
    assert (work.play, work.queue, work.state, work.owner) == ("vip", "senior", "waiting", None)
    assert work.turn < 0
    assert work.respond_within == "1h"
    assert office.history("lea") == ["made", "assigned", "upgraded"]
    office.assign()
    assert office.one("lea").owner == "cas"


def test_a_play_ahead_in_the_same_queue_stays_with_who_has_it(office: Office) -> None:
    office.hold("lea", "ring", score=5500)
    office.assign()
    owner = office.one("lea").owner
    assert office.one("lea").due_at is None
    office.hold("lea", "call")
    (work,) = office.work()
    assert (work.play, work.state, work.owner) == ("call", "assigned", owner)
    assert work.due_at is not None
    assert [kind for kind, round_, _ in office.deadlines("lea") if round_ == work.round] == [
        "remind", "escalate", "reassign",
    ]  # fmt: skip


def test_a_play_behind_is_work_of_its_own_after_the_other_went(office: Office) -> None:
    office.hold("lea", "vip", score=9500)
    office.hold("lea", "call")
    assert [(work.play, work.state) for work in office.work()] == [
        ("vip", "withdrawn"), ("call", "waiting"),
    ]  # fmt: skip


def test_accepted_work_is_joined_and_never_doubled(office: Office) -> None:
    office.hold("lea", "call")
    with office.server.database.write() as connection:
        settling.accept(connection, 1, "ann", office.server.micros)
    office.hold("lea", "vip", score=9500)
    (work,) = office.work()
    assert (work.play, work.owner, work.state) == ("call", "ann", "accepted")
    assert office.firings("lea") == [("call", 1, "made"), ("vip", 2, "joined")]


@pytest.mark.parametrize(("play", "score"), [("warm_up", 3000), ("vip", 9500)])
def test_work_that_another_writer_changes_is_not_written_over(
    office: Office, play: str, score: int
) -> None:
    """It writes without the lock: between what is read and what is written of it."""
    office.hold("lea", "call")
    verdict = office.verdict("lea", play, score=score)
    before = office.history("lea"), office.firings("lea"), office.work()

    def accept(_connection: object, cursor: Any, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE handoffs"):
            cursor.execute("UPDATE handoffs SET state = 'accepted'")

    engine = office.server.database.engine
    event.listen(engine, "before_cursor_execute", accept)
    with pytest.raises(StoreError, match="another writer"):
        office.follow(verdict)
    event.remove(engine, "before_cursor_execute", accept)
    assert (office.history("lea"), office.firings("lea"), office.work()) == before
    office.follow(verdict)
    assert office.history("lea") == ["made", "withdrawn" if play == "warm_up" else "upgraded"]


def test_business_customers_are_handed_over_from_warm(office: Office) -> None:
    office.hold("lea", "call", temperature="cold")
    assert office.work() == []
    assert office.firings("lea") == [("call", 1, "held")]
    office.hold("lea", "call", temperature="warm")
    office.hold("lea", "call", temperature="hot")
    assert [(work.state, work.cause) for work in office.work()] == [("waiting", 1)]
    assert office.firings("lea") == [("call", 1, "made")]


def test_consumers_are_handed_over_hot_alone(server: Server) -> None:
    sections = "lifecycle: {profile: b2c}\nqueues: {sales: {people: [ann]}}"
    rules = "  - {id: call, when: score >= 50, do: handoff, to: sales}"
    office = Office(server, model_text(sections, rules), ["ann"])
    office.hold("lea", "call", temperature="warm")
    assert office.work() == []
    office.hold("lea", "call", temperature="hot")
    assert len(office.work()) == 1


def test_what_was_held_and_holds_no_more_is_given_up(office: Office) -> None:
    office.hold("lea", "call", temperature="cold")
    office.hold("lea", "warm_up", temperature="cold")
    office.hold("lea", "call", temperature="hot")
    office.hold("lea", "call", temperature="hot", score=8000)
    assert office.firings("lea") == [
        ("call", 1, "nothing"), ("warm_up", 2, "told"), ("call", 3, "made"),
    ]  # fmt: skip
    assert len(office.work()) == 1


def test_plays_without_work_are_told(office: Office) -> None:
    told = Told()
    for name, play in (("lea", "hook"), ("max", "warm_up"), ("eve", "rest")):
        verdict = office.verdict(name, play)
        office.follow(verdict, tell=told)
        office.follow(verdict, tell=told)
    with office.server.database.read() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.entry)).all()
    assert [(row.target, row.kind) for row in rows] == [
        ("erp", "play.fired"),
        ("crm", "play.fired"),
    ]
    assert '"lead_id":"lea"' in rows[0].payload
    assert '"do":"nurture"' in rows[1].payload
    assert office.work() == []


def test_waiting_work_stands_where_its_score_is_now(office: Office) -> None:
    for name, score in (("lea", 7000), ("max", 7100)):
        office.hold(name, "call", score=score)
    office.hold("lea", "call", score=8000)
    order = sorted(office.work(), key=lambda work: work.turn)
    assert [office.name_of(work) for work in order] == ["lea", "max"]


def test_a_territory_is_kept_with_the_work_and_others_go_elsewhere(server: Server) -> None:
    sections = """
lifecycle: taxonomy
queues:
  sales: {people: [zoe]}
  regions:
    territories: [{when: "country = 'FR'", to: ann}, {when: "country = 'DE'", to: [ben]}]
    otherwise: sales
"""
    rules = "  - {id: call, when: score >= 60, do: handoff, to: regions}"
    office = Office(server, model_text(sections, rules), ["ann", "ben", "zoe"])
    office.hold("lea", "call", places={"regions": 1})
    office.hold("max", "call", places={"regions": 2})
    office.hold("eve", "call")
    office.assign()
    assert {office.name_of(w): (w.queue, w.owner) for w in office.work()} == {
        "lea": ("regions", "ann"), "max": ("regions", "ben"), "eve": ("sales", "zoe"),
    }  # fmt: skip


def test_a_model_without_a_lifecycle_makes_no_work(server: Server) -> None:
    office = Office(server, model_text(""), ["ann"])
    office.hold("lea", "call")
    assert office.work() == []


def test_many_leads_cost_a_few_statements(office: Office) -> None:
    judged = [office.verdict(f"lead {n}", "call", score=6000 + n) for n in range(300)]
    said: list[str] = []

    def hear(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    engine = office.server.database.engine
    event.listen(engine, "before_cursor_execute", hear)
    office.follow(*judged)
    event.remove(engine, "before_cursor_execute", hear)
    assert len(office.work()) == 300
    assert len(said) < 25
