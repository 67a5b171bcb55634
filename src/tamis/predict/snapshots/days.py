"""Which past days to take: those whose horizon is over, not before what is known begins."""

from __future__ import annotations

from datetime import date, timedelta

from tamis.errors import SourceError

MOST_DAYS = 24
"""Older days than these many add rows, and little that still holds."""


def days_to_take(
    first: date, last: date, horizon: int, every: int | None = None, since: date | None = None
) -> tuple[date, ...]:
    """Past days `every` days apart (a third of the horizon), in order.

    Outcomes are known from the day `first` to the day `last`: the latest day is the one whose
    horizon is over on the last. It is taken in any case; others only if not before the first. None
    lies before `since`, the day of a declared change of market.

    Raises: SourceError when since then no horizon is over.

    >>> [str(day) for day in days_to_take(date(2026, 3, 1), date(2026, 7, 31), 90)]
    ['2026-03-03', '2026-04-02', '2026-05-02']
    """
    latest = last - timedelta(days=horizon)
    if since and latest < since:
        message = f"since {since} no {horizon} days are over: outcomes are known until {last}"
        raise SourceError(message, None, "wait, or learn with a shorter --horizon")
    step = timedelta(days=every or max(horizon // 3, 1))
    found = [latest - step * back for back in range(MOST_DAYS)]
    begin = max(first, since) if since else first
    return tuple(sorted(day for day in found if day == latest or day >= begin))
