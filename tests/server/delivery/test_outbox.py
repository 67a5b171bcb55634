"""The outbox: each cause once, the order of a lead, leases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.server.delivery.sending import put, row, states

from tamis.server.clock import SetClock, micros
from tamis.server.delivery import outbox
from tamis.server.delivery.message import Message
from tamis.server.delivery.outbox import OfLead, Settled
from tamis.server.store.database import Database


def claim(database: Database, clock: SetClock, sender: str = "one") -> Message | None:
    with database.write() as connection:
        found = outbox.claim(connection, "crm", sender, micros(clock.now()))
    return None if found is None else found.message


def settle(database: Database, entry: int, state: str, sender: str = "one", **more) -> bool:
    with database.write() as connection:
        return outbox.settle(connection, sender, Settled(entry, state, 0, **more))


def test_one_cause_is_put_once(database: Database, clock: SetClock) -> None:
    with database.write() as connection:
        told = [
            outbox.put(connection, target, kind, 1, {}, cause, at=micros(clock.now()))
            for target, kind, cause in (
                ("crm", "status.changed", "7"),
                ("crm", "status.changed", "7"),
                ("crm", "status.changed", "8"),
                ("crm", "handoff.assigned", "7"),
                ("mail", "status.changed", "7"),
            )
        ]
    assert told == [True, False, True, True, True]


def test_many_are_put_as_one_is(database: Database, clock: SetClock) -> None:
    def put_both(name: str) -> None:
        now = micros(clock.now())
        told = [OfLead(lead, {"a": lead}, f"{name}-{lead}") for lead in (5, 6)]
        with database.write() as connection:
            outbox.put_many(connection, "crm", "status.changed", told, now)

    put_both("first")
    put_both("first")
    one, other = claim(database, clock), claim(database, clock)
    assert [(each.lead, each.payload) for each in (one, other)] == [(5, {"a": 5}), (6, {"a": 6})]
    assert one.key == outbox.key_of("crm", "status.changed", "first-5")
    later = micros(clock.now()) + 60_000_000
    settle(database, one.entry, "waiting", next_at=later)
    settle(database, other.entry, "sent")
    put_both("second")
    found = {row(database, outbox.key_of("crm", "status.changed", f"second-{n}")) for n in (5, 6)}
    # What waits behind another message of its lead is not tried before that.
    assert {each.lead: each.next_at > micros(clock.now()) for each in found} == {5: True, 6: False}


def test_a_message_that_was_sent_is_not_put_again(database: Database, clock: SetClock) -> None:
    key = put(database, clock, "crm", 1)
    settle(database, claim(database, clock).entry, "sent")
    put(database, clock, "crm", 1)
    assert states(database) == {key: "sent"}
    assert row(database, key).payload == "{}"


def test_what_the_caller_undoes_is_not_in_the_outbox(database: Database, clock: SetClock) -> None:
    def change() -> None:
        with database.write() as connection:
            outbox.put(connection, "crm", "status.changed", 1, {}, "7", at=micros(clock.now()))
            raise KeyError

    with pytest.raises(KeyError):
        change()
    assert states(database) == {}


def test_the_second_message_of_a_lead_waits_for_the_first(
    database: Database, clock: SetClock
) -> None:
    first = put(database, clock, "crm", 1, lead=5)
    second = put(database, clock, "crm", 2, lead=5)
    other = put(database, clock, "crm", 3, lead=6)
    claimed = claim(database, clock)
    assert claimed.key == first
    assert claim(database, clock).key == other
    assert claim(database, clock) is None
    later = micros(clock.now()) + 60_000_000
    assert settle(database, claimed.entry, "waiting", next_at=later)
    # The first one has failed: the second one waits with it.
    assert claim(database, clock) is None
    clock.pass_by(timedelta(minutes=1))
    assert claim(database, clock).key == first
    settle(database, claimed.entry, "sent")
    assert claim(database, clock).key == second


def test_a_dead_message_lets_the_later_ones_of_its_lead_pass(
    database: Database, clock: SetClock
) -> None:
    put(database, clock, "crm", 1, lead=5)
    second = put(database, clock, "crm", 2, lead=5)
    settle(database, claim(database, clock).entry, "dead", error="answered 400")
    assert claim(database, clock).key == second


def test_messages_of_a_line_keep_their_order(database: Database, clock: SetClock) -> None:
    now = micros(clock.now())
    with database.write() as connection:
        for cause, line in (("1", "a"), ("2", "a"), ("3", "b"), ("4", None), ("5", None)):
            outbox.put(
                connection, "crm", "audience.added", None, {"n": cause}, cause, at=now, line=line
            )
    found = []
    while (claimed := claim(database, clock)) is not None:
        found.append(claimed.payload["n"])
    assert found == ["1", "3", "4", "5"]


def test_a_lease_is_of_one_sender_until_it_runs_out(database: Database, clock: SetClock) -> None:
    key = put(database, clock, "crm", 1)
    held = claim(database, clock, "one")
    assert claim(database, clock, "other") is None
    clock.pass_by(timedelta(microseconds=outbox.LEASE))
    again = claim(database, clock, "other")
    assert (again.key, again.attempt) == (key, 2)
    # The first sender comes back: a failure of its own is nobody's any more.
    assert not settle(database, held.entry, "waiting", "one", next_at=0)
    assert not settle(database, held.entry, "dead", "one")
    assert states(database) == {key: "waiting"}
    # That the target has it is true, whoever says so.
    assert settle(database, held.entry, "sent", "one")
    assert states(database) == {key: "sent"}
    assert not settle(database, held.entry, "dead", "other")


def test_a_clock_that_was_set_back_holds_nothing_up(database: Database, clock: SetClock) -> None:
    claimed_key, failed_key = put(database, clock, "crm", 1), put(database, clock, "crm", 2)
    assert claim(database, clock).key == claimed_key
    failed = claim(database, clock)
    settle(database, failed.entry, "waiting", next_at=micros(clock.now()) + outbox.LONGEST_PAUSE)
    clock.pass_by(timedelta(days=-300))
    assert claim(database, clock, "other") is None
    with database.write() as connection:
        outbox.mend(connection, micros(clock.now()))
    found = {claim(database, clock, "other").key, claim(database, clock, "other").key}
    assert found == {claimed_key, failed_key}


def test_a_server_whose_clock_is_a_little_behind_leaves_a_fresh_lease_alone(
    database: Database, clock: SetClock
) -> None:
    put(database, clock, "crm", 1)
    assert claim(database, clock) is not None
    clock.pass_by(timedelta(seconds=-30))
    with database.write() as connection:
        outbox.mend(connection, micros(clock.now()))
    assert claim(database, clock, "other") is None
