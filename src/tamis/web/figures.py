"""Figures that take long to count: counted in the background, shown with the time they are of."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from tamis.server.clock import Clock

LOG = logging.getLogger(__name__)
T = TypeVar("T")
PATIENCE = 0.1
"""Seconds that a page waits for figures: those of a small company come at once."""
MOST = 100
"""Figures remembered at once."""
EACH = 3
"""First counts of one person that wait at once; the page asks again for what is beyond."""
GIVEN_UP = 30.0
"""Seconds after which nobody waits any more for what was never counted: pages ask every second."""


@dataclass(frozen=True)
class Figure(Generic[T]):
    """What was counted, and the instant it is of; a new count may be under way."""

    value: T
    at: datetime


@dataclass
class _Asked:
    """A question: its latest figure, the count under way and whose, when it was asked last."""

    figure: Figure[Any] | None = None
    error: Exception | None = None
    counting: Future[Any] | None = None
    at: float = 0.0
    who: str = ""


class Figures:
    """Counts what pages ask for, one after the other, and remembers it for a while.

    A page that asks for what is not known yet is given None; it asks again in a moment. What is
    older than a page wants is still shown, while it is counted anew. What nobody waits for any more
    when its turn comes is not counted: whoever asks for every period there is, and goes, keeps
    nobody waiting.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[Hashable, _Asked] = OrderedDict()
        self._lock = threading.Lock()
        self._counter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="figures")

    def of(
        self,
        key: Hashable,
        count: Callable[[], T],
        keep: timedelta = timedelta(minutes=5),
        who: str = "",
    ) -> Figure[T] | None:
        """The figure of a key, at most `keep` old or being counted anew; None: not counted yet.

        `who` asks, where there are many keys to ask for: at most 3 first counts of theirs wait.

        Raises: what the count raised, once; the next call counts again.
        """
        asked = self._asked(key, count, keep, who)
        counting = asked.counting
        if asked.figure is None and counting is not None:
            try:
                counting.result(PATIENCE)
            except TooLong:
                return None
            except Exception:  # noqa: BLE001, S110 (it is raised below, for every caller alike)
                pass
        if asked.figure is None and asked.error is not None:
            error, asked.error = asked.error, None
            raise error
        return asked.figure

    def forget(self) -> None:
        """Count everything anew: something was changed by hand."""
        with self._lock:
            self._known.clear()

    def close(self) -> None:
        """Finish what is being counted, and nothing that waits."""
        self._counter.shutdown(cancel_futures=True)

    def _asked(self, key: Hashable, count: Callable[[], T], keep: timedelta, who: str) -> _Asked:
        with self._lock:
            asked = self._known.setdefault(key, _Asked())
            self._known.move_to_end(key)
            asked.at = time.monotonic()
            while len(self._known) > MOST:
                _, forgotten = self._known.popitem(last=False)
                if forgotten.counting is not None:
                    forgotten.counting.cancel()
            old = asked.figure is None or self._clock.now() - asked.figure.at > keep
            is_idle = asked.error is None and asked.counting is None
            if old and is_idle and (asked.figure or self._may_wait(who)):
                asked.who = who
                asked.counting = self._counter.submit(self._count, asked, count)
            return asked

    def _may_wait(self, who: str) -> bool:
        theirs = [one for one in self._known.values() if who and one.who == who]
        return sum(bool(one.counting and not one.figure) for one in theirs) < EACH

    def _count(self, asked: _Asked, count: Callable[[], T]) -> None:
        at = self._clock.now()
        try:
            if asked.figure is not None or time.monotonic() - asked.at < GIVEN_UP:
                asked.figure = Figure(count(), at)
        except Exception as error:  # noqa: BLE001 (it is raised again to who asks)
            LOG.warning("figures could not be counted: %s", type(error).__name__)
            # Who is shown an older figure is not told; the next call counts again.
            asked.error = error if asked.figure is None else None
        finally:
            # Not before who asked has noted the count: it would be under way for ever.
            with self._lock:
                asked.counting = None
