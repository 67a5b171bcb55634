"""Whose question is answered: the latest of a person; what a slider asked before is dropped."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

MOST = 500
"""People remembered at once."""


@dataclass
class _Person:
    """One person's questions: the number of the latest and its page, whether one is answered."""

    latest: int = 0
    page: str = ""
    answering: bool = False


class Turns:
    """Questions of people, one at a time for each; a browser that has moved on is not answered.

    One more question may wait: a later one takes its place, also when another page asks it. So
    nobody holds more than two threads.
    """

    def __init__(self) -> None:
        self._people: OrderedDict[str, _Person] = OrderedDict()
        self._changed = Condition()

    def latest(self, who: str) -> int:
        """The number of a person's latest question, from 1; 0: they have asked nothing."""
        with self._changed:
            return self._people[who].latest if who in self._people else 0

    def page(self, who: str) -> str:
        """The page that asked the latest question of a person; empty: none has."""
        with self._changed:
            return self._people[who].page if who in self._people else ""

    @contextmanager
    def taken(self, who: str, page: str) -> Iterator[bool]:
        """Wait for the person's turn; whether the question is still their latest then."""
        with self._changed:
            found = self._asked(who, page)
            number = found.latest
            self._changed.notify_all()
            self._changed.wait_for(lambda: not found.answering or found.latest != number)
            is_latest = found.latest == number
            found.answering = found.answering or is_latest
        try:
            yield is_latest
        finally:
            if is_latest:
                with self._changed:
                    found.answering = False
                    self._changed.notify_all()

    def _asked(self, who: str, page: str) -> _Person:
        """Note a question."""
        found = self._people.setdefault(who, _Person())
        self._people.move_to_end(who)
        while len(self._people) > MOST:
            self._people.popitem(last=False)
        found.latest, found.page = found.latest + 1, page
        return found
