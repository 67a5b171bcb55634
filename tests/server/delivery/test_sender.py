"""The sender at receivers that refuse, hang, fail for an hour: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Event

import pytest
from tests.server.delivery.receiver import OK, Got, Receiver, Reply, receiver
from tests.server.delivery.sending import (
    configured,
    http,
    put,
    row,
    sender,
    states,
    webhook,
)

from tamis.server.clock import SetClock, micros
from tamis.server.delivery.message import Message, Result, Retry, Sent
from tamis.server.delivery.outbox import due
from tamis.server.store.database import Database
from tamis.server.store.tables import delivery


def test_what_waits_is_sent_once(database: Database, clock: SetClock, there: Receiver) -> None:
    keys = [put(database, clock, "hook", n, lead=n % 3) for n in range(9)]
    one = sender(database, clock, configured("hook", webhook(there.address, clock)))
    assert one.work_off() == 9
    assert one.work_off() == 0
    assert sorted(there.keys) == sorted(keys)
    assert set(states(database).values()) == {"sent"}
    by_lead = [[g.told["data"]["number"] for g in there.taken if g.told["data"]["number"] % 3 == n]
               for n in range(3)]  # fmt: skip
    assert by_lead == [sorted(numbers) for numbers in by_lead]


def test_an_hour_of_500_loses_nothing_and_sends_nothing_twice(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    begun = clock.now()

    def answer(_: Got) -> Reply:
        return OK if clock.now() - begun >= timedelta(hours=1) else Reply(500)

    there.answer = answer
    hook = configured("hook", webhook(there.address, clock))
    with receiver() as well:
        other = configured("other", webhook(well.address, clock))
        one = sender(database, clock, hook, other)
        keys = [put(database, clock, "hook", n, lead=n // 2) for n in range(20)]
        flowing = []
        for step in range(180):
            flowing.append(put(database, clock, "other", step, lead=1))
            one.work_off()
            # The rest keeps flowing, all the while.
            assert well.keys == flowing
            if clock.now() - begun < timedelta(hours=1):
                assert there.taken == []
            clock.pass_by(timedelta(minutes=1))
    assert sorted(there.keys) == sorted(keys)
    assert max(Counter(there.keys).values()) == 1
    assert {states(database)[key] for key in keys} == {"sent"}
    numbers = [got.told["data"]["number"] for got in there.taken]
    assert all(numbers.index(2 * n) < numbers.index(2 * n + 1) for n in range(10))
    # It was not asked more often than is of use: a thousandfold load is no way to get well.
    assert 20 < len(there.got) < 600


def test_a_receiver_that_hangs_gets_the_same_key_again(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    there.answer = lambda _: Reply(after=there.closing)
    key = put(database, clock, "hook", 1)
    hook = configured("hook", webhook(there.address, clock, http()))
    one = sender(database, clock, hook)
    one.work_off()
    assert row(database, key).error == "`127.0.0.1` did not answer in time"
    there.answer = lambda _: OK
    clock.pass_by(timedelta(minutes=1))
    one.work_off()
    assert [got.key for got in there.got] == [key, key]
    assert states(database) == {key: "sent"}


def test_a_connection_that_is_cut_is_tried_again(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    there.answer = lambda _: Reply(cut=True)
    key = put(database, clock, "hook", 1)
    one = sender(database, clock, configured("hook", webhook(there.address, clock)))
    one.work_off()
    assert states(database) == {key: "waiting"}
    there.answer = lambda _: OK
    clock.pass_by(timedelta(minutes=1))
    one.work_off()
    assert states(database) == {key: "sent"}


def test_a_redirect_to_a_private_address_delivers_nothing_there_and_loses_nothing(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    port = there.address.rpartition(":")[2]
    with receiver() as well:
        there.answer = lambda _: Reply(307, {"Location": f"http://127.0.0.2:{port}/inside"})
        moved, other = put(database, clock, "hook", 1), put(database, clock, "well", 1)
        client = http(5.0, ("127.0.0.1",))
        hook = configured("hook", webhook(there.address, clock, client))
        one = sender(database, clock, hook, configured("well", webhook(well.address, clock)))
        one.work_off()
        assert states(database) == {moved: "waiting", other: "sent"}
        assert "127.0.0.2, an address of this machine" in row(database, moved).error
        assert [got.path for got in there.got] == ["/hook"]
    there.answer = lambda _: OK
    clock.pass_by(timedelta(minutes=1))
    one.work_off()
    assert states(database)[moved] == "sent"


def test_a_slow_target_holds_up_nobody(database: Database, clock: SetClock) -> None:
    with receiver() as slow, receiver() as quick:
        slow.answer = lambda _: Reply(after=slow.closing)
        came = Event()

        def answer(_: Got) -> Reply:
            if len(quick.got) == 30:
                came.set()
            return OK

        quick.answer = answer
        for n in range(30):
            put(database, clock, "slow", n)
            put(database, clock, "quick", n)
        at_slow = configured("slow", webhook(slow.address, clock, http(20.0)), at_once=2)
        at_quick = configured("quick", webhook(quick.address, clock))
        one = sender(database, clock, at_slow, at_quick)
        one.start()
        assert came.wait(20)
        assert len(slow.got) <= 2
        assert one.alive
        slow.closing.set()
        one.stop()
        assert not one.alive
    with database.read() as connection:
        assert connection.execute(delivery.outbox.select().where(
            delivery.outbox.c.leased_by.is_not(None)
        )).all() == []  # fmt: skip


def test_what_a_target_refuses_is_a_dead_letter_at_once(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    there.answer = lambda got: Reply(422) if got.told["data"]["number"] == 1 else OK
    first = put(database, clock, "hook", 1, lead=5)
    second = put(database, clock, "hook", 2, lead=5)
    one = sender(database, clock, configured("hook", webhook(there.address, clock)))
    one.work_off()
    assert states(database) == {first: "dead", second: "sent"}
    assert row(database, first).error == "answered 422"
    assert row(database, first).payload == '{"number":1}'


def test_a_target_that_says_when_is_let_alone_until_then(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    there.answer = lambda _: Reply(429, {"Retry-After": "600"})
    for n in range(5):
        put(database, clock, "hook", n)
    hook = configured("hook", webhook(there.address, clock))
    one = sender(database, clock, hook)
    one.work_off()
    assert len(there.got) == 1
    there.answer = lambda _: OK
    clock.pass_by(timedelta(seconds=599))
    one.work_off()
    # Another server, or this one after it was started again, has been told too.
    sender(database, clock, hook).work_off()
    assert len(there.got) == 1
    clock.pass_by(timedelta(seconds=1))
    one.work_off()
    assert len(there.taken) == 5


def test_a_date_in_retry_after_is_understood(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    there.answer = lambda _: Reply(503, {"Retry-After": "Sun, 22 Nov 2026 09:10:00 GMT"})
    key = put(database, clock, "hook", 1)
    one = sender(database, clock, configured("hook", webhook(there.address, clock)))
    one.work_off()
    assert row(database, key).next_at == micros(clock.now()) + 600_000_000


def test_it_is_given_up_after_days_and_not_by_a_clock_that_jumps(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    there.answer = lambda _: Reply(500)
    key = put(database, clock, "hook", 1)
    one = sender(database, clock, configured("hook", webhook(there.address, clock)))
    clock.pass_by(timedelta(days=30))
    one.work_off()
    assert states(database) == {key: "waiting"}
    for _ in range(7):
        assert states(database) == {key: "waiting"}
        clock.pass_by(timedelta(hours=1))
        one.work_off()
    assert states(database) == {key: "dead"}


def test_each_pause_is_drawn_and_they_grow(
    sqlite_database: Database, clock: SetClock, there: Receiver
) -> None:
    there.answer = lambda _: Reply(500)
    keys = [put(sqlite_database, clock, "hook", n) for n in range(3)]
    hook = configured("hook", webhook(there.address, clock))
    sender(sqlite_database, clock, hook).work_off()
    pauses = {row(sqlite_database, key).next_at - micros(clock.now()) for key in keys}
    assert len(pauses) == 3
    assert all(500_000 <= pause <= 2_500_000 for pause in pauses)


class Broken:
    """A target with a fault: what it raises has a secret in it."""

    kinds = frozenset({"status.changed"})

    def send(self, message: Message) -> Result:  # noqa: ARG002
        raise ValueError("the key is hunter2")


class Waits:
    """A target that says how long to wait, whatever that is."""

    kinds = frozenset({"status.changed"})

    def __init__(self, after: float) -> None:
        self.after, self.sent = after, 0

    def send(self, message: Message) -> Result:  # noqa: ARG002
        self.sent += 1
        return Retry("later", self.after) if self.sent == 1 else Sent()


def test_a_targets_fault_stops_nobody_and_tells_no_secret(
    database: Database, clock: SetClock, there: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    broken, well = put(database, clock, "broken", 1), put(database, clock, "hook", 1)
    hook = configured("hook", webhook(there.address, clock))
    sender(database, clock, configured("broken", Broken()), hook).work_off()
    assert states(database) == {broken: "waiting", well: "sent"}
    assert row(database, broken).error == "a fault of the program: ValueError"
    assert "delivery failed" in caplog.text
    assert "hunter2" not in caplog.text


def test_no_target_makes_a_message_wait_for_more_than_a_day(
    database: Database, clock: SetClock
) -> None:
    key, target = put(database, clock, "crm", 1), Waits(1e9)
    one = sender(database, clock, configured("crm", target))
    one.work_off()
    clock.pass_by(timedelta(hours=23))
    one.work_off()
    assert target.sent == 1
    clock.pass_by(timedelta(hours=1))
    one.work_off()
    assert states(database) == {key: "sent"}


def test_messages_to_a_target_that_is_not_there_wait_for_it(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    key = put(database, clock, "new", 1)
    sender(database, clock).work_off()
    clock.pass_by(timedelta(days=9))
    sender(database, clock).work_off()
    assert states(database) == {key: "waiting"}
    sender(database, clock, configured("new", webhook(there.address, clock))).work_off()
    assert there.keys == [key]


@pytest.mark.parametrize("which", ["due", "earlier"])
def test_a_look_reads_no_row_that_was_sent(sqlite_database: Database, which: str) -> None:
    """Those that wait have indexes of their own, which the statements as they are run do use."""
    o = delivery.outbox
    chosen = o.select().where(o.c.target == "crm", due(1)).order_by(o.c.next_at, o.c.entry)
    compiled = chosen.limit(1).compile(sqlite_database.engine)
    values = tuple(compiled.params[name] for name in compiled.positiontup)
    with sqlite_database.read() as connection:
        plan = [
            row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        ]
    used = [line for line in plan if "INDEX" in line]
    assert not any("SCAN" in line or "TEMP B-TREE" in line for line in plan), plan
    if which == "due":
        assert "ix_outbox_due (target=? AND next_at<?)" in used[0]
    else:
        assert "ix_outbox_of_lead (target=? AND lead=? AND entry<?)" in used[1]
        assert "ix_outbox_of_line (target=? AND line=? AND entry<?)" in used[2]


def test_what_comes_behind_a_failed_message_waits_with_it(
    database: Database, clock: SetClock, there: Receiver
) -> None:
    there.answer = lambda _: Reply(500, {"Retry-After": "3600"})
    first = put(database, clock, "hook", 1, lead=5)
    behind = put(database, clock, "hook", 2, lead=5)
    one = sender(database, clock, configured("hook", webhook(there.address, clock)))
    one.work_off()
    clock.pass_by(timedelta(minutes=1))
    later = put(database, clock, "hook", 3, lead=5)
    next_at = row(database, first).next_at
    assert next_at == micros(clock.now()) + 59 * 60_000_000
    assert row(database, behind).next_at == row(database, later).next_at == next_at
    there.answer = lambda _: OK
    clock.pass_by(timedelta(minutes=59))
    one.work_off()
    assert there.keys == [first, behind, later]
