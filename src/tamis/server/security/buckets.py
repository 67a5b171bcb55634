"""Buckets: how often something may happen, in bounded memory; a restart forgets.

A bucket per name holds `capacity` tries and fills by `per_minute`. Of many names those used last
are kept.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from tamis.server.problems import Problem

MINUTE = 60_000_000
"""Microseconds."""
MOST = 10_000
"""Names remembered."""


@dataclass
class Buckets:
    """Buckets by name; instants are microseconds.

    >>> logins = Buckets(capacity=1, per_minute=1)
    >>> logins.take("ada", 0), logins.take("ada", 0), logins.take("ada", MINUTE)
    (0, 60, 0)
    """

    capacity: int
    per_minute: float
    most: int = MOST
    _left: OrderedDict[str, tuple[float, int]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str, at: int) -> int:
        """Take one try: 0, or the whole seconds to wait when none is left."""
        with self._lock:
            left = self._filled(name, at)
            short = left < 1
            self._keep(name, left if short else left - 1, at)
        return math.ceil((1 - left) * 60 / self.per_minute) if short else 0

    def give_back(self, name: str, at: int) -> None:
        """Put one try back, for one that should not have counted."""
        with self._lock:
            self._keep(name, min(self._filled(name, at) + 1, self.capacity), at)

    def forget(self, name: str) -> None:
        """Begin anew for a name."""
        with self._lock:
            self._left.pop(name, None)

    def __len__(self) -> int:
        return len(self._left)

    def _filled(self, name: str, at: int) -> float:
        left, since = self._left.get(name, (float(self.capacity), at))
        # A clock that was set back fills nothing.
        return min(left + max(at - since, 0) / MINUTE * self.per_minute, self.capacity)

    def _keep(self, name: str, left: float, at: int) -> None:
        self._left[name] = (left, at)
        self._left.move_to_end(name)
        while len(self._left) > self.most:
            self._left.popitem(last=False)


def too_many(what: str, wait: int, headers: Mapping[str, str] | None = None) -> Problem:
    """The answer to one who must wait some seconds."""
    detail = f"{what}: try again in {wait} s"
    told = {**(headers or {}), "Retry-After": str(wait)}
    return Problem(429, "too-many-requests", "Too many requests", detail, headers=told)
