"""The bell: whoever wrote scores rings it, and those who listen for changes look."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from weakref import WeakSet

from tamis.server.problems import Problem


@dataclass(frozen=True)
class Pace:
    """How listeners are served; times in seconds.

    Attributes:
        listeners: how many may listen at once.
        each: how many pages of one person may: their browser opens no more connections than six.
        gather: how long a listener waits for more after the bell rang.
        poll: how long it waits for the bell before it looks: another process may have written.
        heartbeat: how long nothing is sent at most.
        longest: how long a listener stays; it comes back where it left, and is known anew.
        page: changes read at once: what a slow listener holds in memory.
    """

    listeners: int = 64
    each: int = 3
    gather: float = 0.1
    poll: float = 3.0
    heartbeat: float = 15.0
    longest: float = 900.0
    page: int = 200


PACE = Pace()


class Ear:
    """One who listens; `who` for pages. It counts as long as it is held by somebody."""

    def __init__(self, who: str = "") -> None:
        self.who = who
        self._loop = asyncio.get_running_loop()
        self._rung = asyncio.Event()

    def wake(self) -> None:
        """Told from any thread that there is something."""
        # The loop of one who has gone may be closed.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._rung.set)

    async def heard(self, seconds: float) -> bool:
        """Wait for the bell, or for some time; whether it rang."""
        try:
            await asyncio.wait_for(self._rung.wait(), seconds)
        except TimeoutError:
            return False
        self._rung.clear()
        return True


class Bell:
    """Wakes those who listen; `close` sends them home."""

    def __init__(self, pace: Pace = PACE) -> None:
        self.pace = pace
        self.closed = False
        self._lock = Lock()
        self._ears: WeakSet[Ear] = WeakSet()

    def ring(self) -> None:
        """Wake everybody; from any thread, without waiting."""
        with self._lock:
            ears = list(self._ears)
        for ear in ears:
            ear.wake()

    def listen(self, who: str = "") -> Ear:
        """Begin to listen, in an event loop; `who` is whose page it is, empty for a program.

        Raises: Problem 429 when too many do, or too many pages of one person.
        """
        with self._lock:
            own = sum(ear.who == who for ear in self._ears) if who else 0
            if len(self._ears) >= self.pace.listeners or own >= self.pace.each:
                raise too_many_listeners()
            ear = Ear(who)
            self._ears.add(ear)
        return ear

    def leave(self, ear: Ear) -> None:
        """Listen no more."""
        with self._lock:
            self._ears.discard(ear)

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._ears)

    def close(self) -> None:
        """End every stream: the server stops."""
        self.closed = True
        self.ring()


def too_many_listeners() -> Problem:
    """What is answered to one listener too many."""
    detail = "as many listen to changes as may: poll `GET /v1/leads?order=changed` instead"
    headers = {"Retry-After": "30"}
    return Problem(429, "too-many-listeners", "Too many listeners", detail, headers=headers)
