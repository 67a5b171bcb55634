"""The days that are played: the instants at which the clock of the demonstration stands still.

Each day costs a second, for the scores of a day are of their own: one day a week at first, then
each day of work.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Europe/Paris")
WEEKS: Final = 14
"""How long ago the company began with Tamis: longer than a report looks back by itself."""
DAILY: Final = timedelta(days=11)
"""How long each day of work is played."""
HOURS: Final = (time(9, 15), time(11, 30), time(15, 0), time(17, 30))
"""When there is a look at what came in."""
MONDAY: Final = 0
SATURDAY: Final = 5


def beginning(now: datetime, weeks: int = WEEKS) -> datetime:
    """The midnight on which the company began, on a Monday."""
    day = now.astimezone(ZONE).date() - timedelta(weeks=weeks)
    return _at(day - timedelta(days=day.weekday()), time(0))


def instants(now: datetime, weeks: int = WEEKS) -> Iterator[datetime]:
    """Every instant of a look, from the beginning to now, which is the last one.

    >>> from itertools import islice
    >>> for look in islice(instants(datetime(2026, 11, 22, 20, tzinfo=UTC), 4), 3, 6):
    ...     print(look)
    2026-10-19 15:30:00+00:00
    2026-10-26 08:15:00+00:00
    2026-10-26 10:30:00+00:00
    """
    today = now.astimezone(ZONE).date()
    day = beginning(now, weeks).astimezone(ZONE).date()
    while day <= today:
        if _is_played(day, today):
            yield from (at for hour in HOURS if (at := _at(day, hour)) < now)
        day += timedelta(days=1)
    yield now


def _is_played(day: date, today: date) -> bool:
    return day.weekday() < SATURDAY and (day.weekday() == MONDAY or today - day < DAILY)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, ZONE).astimezone(UTC)
