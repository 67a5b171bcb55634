"""Days of a time zone as stretches of UTC between changes of the clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tamis.errors import UserError

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The years in which time is counted."""
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Local time is UTC plus `offset` from `begin` (included) to `end` (not), instants of UTC."""

    begin: datetime
    end: datetime
    offset: timedelta


def zone(name: str) -> ZoneInfo:
    """A time zone by its name.

    Raises: UserError; the caller knows the place.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        # What is not found is a KeyError, a folder an OSError, `../x` a ValueError.
        found = f"`{name}` is no time zone"
        raise UserError(found, hint="write it as `Europe/Paris`") from error


@lru_cache(maxsize=20_000)
def stretches(zone: ZoneInfo, day: date) -> tuple[Stretch, ...]:
    """The stretches that hold all instants of a local day, in order: two where the clocks change.

    They may hold instants of its neighbours, too. No zone changes its clocks twice within a day.
    """
    midnight, next_midnight = datetime.combine(day, time()), datetime.combine(day + DAY, time())
    offsets = [
        _local_offset(zone, moment.replace(fold=fold))
        for moment in (midnight, next_midnight)
        for fold in (0, 1)
    ]
    begin = midnight.replace(tzinfo=UTC) - max(offsets)
    end = next_midnight.replace(tzinfo=UTC) - min(offsets)
    if len(set(offsets)) == 1:
        return (Stretch(begin, end, offsets[0]),)
    change = _change(zone, begin, end)
    before, after = _offset(zone, begin), _offset(zone, end)
    return (Stretch(begin, change, before), Stretch(change, end, after))


def _change(zone: ZoneInfo, begin: datetime, end: datetime) -> datetime:
    """The first instant with the offset of `end`, to the second, as changes are."""
    before = _offset(zone, begin)
    while end - begin > SECOND:
        middle = begin + (end - begin) // SECOND // 2 * SECOND
        begin, end = (middle, end) if _offset(zone, middle) == before else (begin, middle)
    return end


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _local_offset(zone: ZoneInfo, local: datetime) -> timedelta:
    return local.replace(tzinfo=zone).utcoffset() or timedelta()
