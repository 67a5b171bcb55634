"""Two servers on one store: each message is one's; where one is killed, the other finishes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from threading import Event

from tests.server.delivery import at_work
from tests.server.delivery.receiver import OK, Got, Receiver, Reply
from tests.server.delivery.sending import configured, put, row, sender, states, webhook

from tamis.server.clock import SetClock, SystemClock
from tamis.server.delivery import outbox
from tamis.server.store.database import Database

MESSAGES = 120
ROOT = Path(__file__).resolve().parents[3]


def test_two_senders_claim_each_message_once(store_url: str, there: Receiver) -> None:
    clock, all_came = SystemClock(), Event()

    def answer(_: Got) -> Reply:
        if len(there.got) >= MESSAGES:
            all_came.set()
        return OK

    there.answer = answer
    stores = [Database(store_url), Database(store_url)]
    keys = [put(stores[0], clock, "hook", n, lead=n // 3) for n in range(MESSAGES)]
    hook = configured("hook", webhook(there.address, clock), at_once=3)
    senders = [sender(store, clock, hook, seed=n) for n, store in enumerate(stores)]
    for one in senders:
        one.start()
    assert all_came.wait(60)
    for one in senders:
        one.stop()
    assert Counter(there.keys) == Counter(keys)
    assert set(states(stores[0]).values()) == {"sent"}
    numbers = [got.told["data"]["number"] for got in there.taken]
    by_lead = [[n for n in numbers if n // 3 == lead] for lead in range(MESSAGES // 3)]
    assert by_lead == [sorted(found) for found in by_lead]
    for store in stores:
        store.close()


def test_one_is_killed_mid_delivery_and_the_other_finishes(
    database: Database, store_url: str, there: Receiver
) -> None:
    began = Event()

    def answer(_: Got) -> Reply:
        if len(there.got) == 6:
            # It has come here, and is never answered.
            began.set()
            return Reply(after=there.closing, cut=True)
        return OK

    there.answer = answer
    keys = [put(database, SystemClock(), "hook", n, lead=n // 2) for n in range(20)]
    kill_when(began, store_url, there.address)
    assert len(there.taken) == 5
    held = there.got[5].key
    assert row(database, held).leased_by is not None
    clock = SetClock(SystemClock().now())
    other = sender(database, clock, configured("hook", webhook(there.address, clock)))
    other.work_off()
    # The message that was on its way is still the killed one's, and so is its lead.
    behind = 2 if keys.index(held) % 2 == 0 else 1
    assert len(there.taken) == 20 - behind
    clock.pass_by(timedelta(microseconds=outbox.LEASE))
    other.work_off()
    assert sorted(there.keys) == sorted(keys)
    assert Counter(got.key for got in there.got) == Counter([*keys, held])
    assert set(states(database).values()) == {"sent"}


def kill_when(happened: Event, store: str, address: str) -> None:
    """Run a sender in a process of its own, and kill it when something has happened."""
    paths = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    words = [sys.executable, at_work.__file__, store, address]
    process = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": paths})
    try:
        assert happened.wait(60)
    finally:
        process.kill()
        process.wait()
