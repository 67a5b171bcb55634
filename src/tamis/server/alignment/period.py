"""The period of a report: its days, and how long leads are followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tamis.server.clock import day_in, instant_of, micros

DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True, slots=True)
class Span:
    """Instants from `begin` up to `end`, without it; what came after `now` is not known.

    `follow` is how many microseconds after its milestone a lead is followed; None: to the end.
    """

    begin: int
    end: int
    now: int
    follow: int | None = None

    def holds(self, at: int | None) -> bool:
        """Whether an instant lies in it and is past; None: no."""
        return at is not None and self.begin <= at < min(self.end, self.now + 1)

    def until(self, at: int) -> int:
        """Up to when a lead is followed that reached a milestone at an instant."""
        return self.end if self.follow is None else at + self.follow

    def is_over(self, at: int) -> bool:
        """Whether the time for which such a lead is followed is over, or ends with the period."""
        return self.follow is None or at + self.follow <= self.now

    @property
    def last(self) -> int:
        """The latest instant of which it asks anything."""
        return min(self.now, self.end - 1 + (self.follow or 0))


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both in, in a time zone; `follow` in days, None: to the end."""

    first: date
    last: date
    zone: str
    follow: int | None = None

    def span(self, now: int) -> Span:
        """Its instants."""
        follow = None if self.follow is None else self.follow * DAY
        end = self._midnight(self.last + timedelta(days=1))
        return Span(self._midnight(self.first), end, now, follow)

    def _midnight(self, day: date) -> int:
        return micros(datetime.combine(day, time(), ZoneInfo(self.zone)))

    def months(self) -> list[date]:
        """The first days of the calendar months that it touches."""
        found, month = [], self.first.replace(day=1)
        while month <= self.last:
            found.append(month)
            month = (month + timedelta(days=31)).replace(day=1)
        return found

    def month_of(self, at: int) -> date:
        """The first day of the month of an instant."""
        return day_in(self.zone, instant_of(at)).replace(day=1)

    def is_whole(self, month: date) -> bool:
        """Whether all days of a month lie in it."""
        after = (month + timedelta(days=31)).replace(day=1)
        return self.first <= month and after - timedelta(days=1) <= self.last
