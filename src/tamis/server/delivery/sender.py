"""The sender: takes what waits in the outbox to its targets, each in threads of its own.

A thread claims one message, sends it outside of any transaction, and settles it in the transaction
in which it claims the next. Nothing is held while a target is waited for but a lease on one row.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from random import Random
from threading import Event, Lock, Thread
from typing import Final, Protocol
from uuid import uuid4

from sqlalchemy import Connection

from tamis.server.clock import Clock, micros
from tamis.server.delivery import audiences, outbox, states
from tamis.server.delivery.backoff import pause
from tamis.server.delivery.configuration import Configured, Targets
from tamis.server.delivery.message import Message, Refused, Result, Retry, Sent
from tamis.server.delivery.outbox import LONGEST_PAUSE, SECOND, SKEW, Claimed, Settled
from tamis.server.store.database import Database, StoreError

LOG = logging.getLogger("tamis.server.delivery")
PAUSE: Final = 1.0
"""Seconds between looks at what there is to send."""
IN_STEP: Final = 60 * SECOND
"""Between looks at who belongs to an audience."""
IN_A_ROW: Final = 3
"""Failures one after the other, after which a target is let alone for a while."""
LONGEST_REST: Final = 60.0
"""Seconds of it, at most: its messages have pauses of their own."""
ERROR: Final = 500
"""Characters kept of a reason."""


class Counts(Protocol):
    """Where it is counted what becomes of messages."""

    def delivery(self, target: str, result: str) -> None:
        """One attempt: sent, retried or refused."""


Fill = Callable[[Message], Message]
"""What a message gets when it is sent: the lead's record as it is then."""


def as_it_is(message: Message) -> Message:
    """The message alone."""
    return message


class Lane:
    """One target's way: how it has been lately, and the event that wakes its threads."""

    def __init__(self, configured: Configured, random: Random) -> None:
        self.configured, self._random = configured, random
        self.waiting = Event()
        self._lock = Lock()
        self._failures, self._rests_until = 0, 0

    def rests(self, now: int, told: int) -> bool:
        """Whether nothing is to be sent now: `told` is until when the target itself has asked."""
        rests = now < told <= now + LONGEST_PAUSE + SKEW
        return rests or now < self._rests_until <= now + LONGEST_PAUSE

    def went(self, now: int, *, well: bool) -> None:
        """Note how an attempt went."""
        with self._lock:
            self._failures = 0 if well else self._failures + 1
            if self._failures < IN_A_ROW:
                self._rests_until = 0
            else:
                rest = min(pause(self._failures - IN_A_ROW + 1, self._random), LONGEST_REST)
                self._rests_until = now + int(rest * SECOND)


class Sender:
    """Sends what is due: in threads of its own, or once, here and now, by `work_off`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        targets: Targets,
        random: Random,
        counts: Counts | None = None,
        *,
        fill: Fill = as_it_is,
    ) -> None:
        self._database, self._clock, self._targets = database, clock, targets
        self._random, self._counts, self._fill = random, counts, fill
        # Two of one process too: a lease is of one sender alone.
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._lanes = {one.name: Lane(one, random) for one in targets}
        self._stopping = Event()
        self._looked_at: int | None = None
        self._threads = [Thread(target=self._look, name="tamis-sender", daemon=True)]
        for lane in self._lanes.values():
            name = f"tamis-to-{lane.configured.name}"
            self._threads += [
                Thread(target=self._work, args=(lane,), name=name, daemon=True)
                for _ in range(lane.configured.at_once)
            ]

    @property
    def alive(self) -> bool:
        """Whether every thread works."""
        return all(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End when what is on its way has been answered, or its time is over."""
        self._stopping.set()
        for lane in self._lanes.values():
            lane.waiting.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def work_off(self) -> int:
        """Send everything that is due now; gives the number of attempts."""
        self.keep_in_step()
        return sum(self._drain(self._lanes[name]) for name in self._due())

    # ---------------------------------------------------------------- threads

    def _look(self) -> None:
        while not self._stopping.is_set():
            try:
                self.keep_in_step()
                for name in self._due():
                    self._lanes[name].waiting.set()
            except Exception as error:  # noqa: BLE001 (the next look tries again)
                _failed("look", error)
            self._stopping.wait(PAUSE)

    def _work(self, lane: Lane) -> None:
        while not self._stopping.is_set():
            lane.waiting.wait()
            # Before the work: what comes meanwhile wakes it again.
            lane.waiting.clear()
            try:
                self._drain(lane)
            except Exception as error:  # noqa: BLE001
                _failed(lane.configured.name, error)

    def keep_in_step(self) -> None:
        """Put what has changed in audiences into the outbox, and mend it, where it is time to."""
        now = micros(self._clock.now())
        before = self._looked_at
        if before is not None and 0 <= now - before < IN_STEP:
            return
        with self._database.write() as connection:
            outbox.mend(connection, now)
        for audience in self._targets.audiences:
            audiences.keep_in_step(self._database, audience, now)
        self._looked_at = now

    # ---------------------------------------------------------------- one message after the other

    def _due(self) -> list[str]:
        now = micros(self._clock.now())
        with self._database.read() as connection:
            told = states.resting(connection)
            awake = [n for n, lane in self._lanes.items() if not lane.rests(now, told.get(n, 0))]
            return outbox.due_targets(connection, now, awake)

    def _drain(self, lane: Lane) -> int:
        number, settled, rest = 0, None, 0
        while True:
            claimed = self._next(lane, settled, rest)
            if claimed is None:
                return number
            number += 1
            settled, rest = self._attempt(lane, claimed)

    def _next(self, lane: Lane, settled: Settled | None, rest: int) -> Claimed | None:
        """Settle a message and claim another one. What was answered must not get lost."""
        while True:
            try:
                with self._database.write() as connection:
                    return self._exchange(connection, lane, settled, rest)
            except StoreError:
                if settled is None or self._stopping.wait(PAUSE):
                    raise

    def _exchange(
        self, connection: Connection, lane: Lane, settled: Settled | None, rest: int
    ) -> Claimed | None:
        name, now = lane.configured.name, micros(self._clock.now())
        if settled is not None:
            outbox.settle(connection, self.name, settled)
        if rest:
            states.put(connection, name, states.RESTS_UNTIL, str(rest))
        told = int(states.get(connection, name, states.RESTS_UNTIL) or 0)
        if self._stopping.is_set() or lane.rests(now, told):
            return None
        return outbox.claim(connection, name, self.name, now)

    def _attempt(self, lane: Lane, claimed: Claimed) -> tuple[Settled, int]:
        """Send a message; gives what it came to, and until when the target is to rest (0: not)."""
        message, configured = claimed.message, lane.configured
        result = _sent(configured, claimed, self._fill)
        now = micros(self._clock.now())
        lane.went(now, well=not isinstance(result, Retry))
        if self._counts is not None:
            self._counts.delivery(configured.name, NAMES[type(result)])
        if not isinstance(result, Retry):
            return _settled(message.entry, result, now), 0
        drawn = pause(message.attempt, self._random)
        wait = min(int(max(drawn, result.after or 0.0) * SECOND), LONGEST_PAUSE)
        rest = now + wait if result.rest else 0
        enough = message.attempt >= outbox.FEWEST_ATTEMPTS
        state = "dead" if enough and now - claimed.since >= configured.give_up else "waiting"
        return Settled(message.entry, state, now, result.reason[:ERROR], now + wait), rest


NAMES: Final = {Sent: "sent", Retry: "retried", Refused: "refused"}


def _settled(entry: int, result: Sent | Refused, now: int) -> Settled:
    if isinstance(result, Sent):
        return Settled(entry, "sent", now)
    return Settled(entry, "dead", now, result.reason[:ERROR])


def _sent(configured: Configured, claimed: Claimed, fill: Fill) -> Result:
    try:
        return configured.target.send(fill(claimed.message))
    except Exception as error:  # noqa: BLE001 (a target's fault is no end of the others)
        # Its text may hold what was sent, or a key.
        _failed(configured.name, error)
        return Retry(f"a fault of the program: {type(error).__name__}")


def _failed(what: str, error: Exception) -> None:
    fields = {"target": what, "error": type(error).__name__}
    LOG.error("delivery failed", extra={"fields": fields})
