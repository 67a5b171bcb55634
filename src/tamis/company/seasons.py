"""The generated company's year: how busy each day is, and the days its mails go out."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import accumulate

#: Cells of an ordinary working day. A cell is the grain of random days: busier days hold more.
WORKING_DAY = 10
_WEEKEND = 2
_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
_TUESDAY = 1


def cells(day: date) -> int:
    """How busy a day is, in cells of its own: 1 (a holiday) to 12 (a September Tuesday)."""
    if (day.month, day.day) in _HOLIDAYS:
        return 1
    usual = _WEEKEND if day.weekday() >= 5 else WORKING_DAY
    return max(1, round(usual * _season(day)))


def _season(day: date) -> float:
    """The factor of the time of year: France is away in August and around Christmas."""
    if day.month == 8:
        return 0.4
    if (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3):
        return 0.35
    return 1.2 if day.month in (1, 3, 9, 11) else 1.0


def calendar(first: date, days: int, campaigns: list[date]) -> list[tuple[int, int, date, int]]:
    """One row per day: (its first cell, how many it has, the day, number of the next campaign)."""
    listed = [first + timedelta(days=offset) for offset in range(days)]
    starts = accumulate(map(cells, listed), initial=0)
    return [
        (start, cells(day), day, sum(campaign <= day for campaign in campaigns))
        for start, day in zip(starts, listed, strict=False)
    ]


def campaign_days(first: date, days: int, pace: float) -> list[date]:
    """The days on which the newsletter goes out: Tuesdays, every two weeks at pace 1."""
    tuesday = first + timedelta(days=(_TUESDAY - first.weekday()) % 7)
    weeks = max(1, round(2 / pace)) if pace > 0 else days
    last = first + timedelta(days=days - 1)
    count = max(0, (last - tuesday).days // (7 * weeks) + 1)
    return [tuesday + timedelta(weeks=weeks * number) for number in range(count)]
