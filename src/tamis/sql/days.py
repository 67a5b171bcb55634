"""Days: from an instant in UTC to a calendar day of the model's zone, without the engine's data.

A day is a whole number: days since 1970-01-01. The offsets of a zone become one CASE over instants,
newest first, because most events are recent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlglot import exp

from tamis.sql.write import one_of, tree

EPOCH = date(1970, 1, 1)
FIRST_YEAR = 1970
EARLIEST_DAY = date(1900, 1, 1)
LATEST_DAY = date(2200, 12, 31)
"""The as-of days that can be asked for, both included: offsets are known up to the last."""


def number(day: date) -> int:
    """The day as a number: days since 1970-01-01.

    >>> number(date(1970, 1, 2))
    1
    """
    return (day - EPOCH).days


@dataclass(frozen=True, slots=True)
class Offset:
    """From the UTC instant `since` on, local time is UTC plus `seconds`."""

    since: datetime
    seconds: int


def offsets(zone: str, until: date) -> tuple[Offset, ...]:
    """The offsets of a zone up to the end of the year after `until`, oldest first.

    The first one holds for all earlier instants too: offsets before 1970 are not followed, nor
    those after the year that follows `LATEST_DAY`.
    Raises: zoneinfo.ZoneInfoNotFoundError for a name that is no zone.
    """
    return _offsets(zone, min(max(until.year, FIRST_YEAR), LATEST_DAY.year) + 2)


@lru_cache(maxsize=64)
def _offsets(zone: str, year: int) -> tuple[Offset, ...]:
    """The offsets before a year: they take a while to find, and a year of days has the same."""
    info = ZoneInfo(zone)
    instant, end = (datetime(one, 1, 1, tzinfo=UTC) for one in (FIRST_YEAR, year))
    found = [Offset(instant.replace(tzinfo=None), _seconds(info, instant))]
    while instant < end:
        following = instant + timedelta(days=1)
        if _seconds(info, following) != found[-1].seconds:
            change = _change(info, instant, following)
            found.append(Offset(change.replace(tzinfo=None), _seconds(info, change)))
        instant = following
    return tuple(found)


def _seconds(info: ZoneInfo, instant: datetime) -> int:
    offset = instant.astimezone(info).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _change(info: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second of the new offset between two instants, by halving."""
    old = _seconds(info, before)
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if _seconds(info, middle) == old:
            before = middle
        else:
            after = middle
    return after


def timestamp(instant: datetime) -> exp.Expr:
    """A timestamp literal in UTC."""
    literal = exp.Literal.string(instant.isoformat(sep=" "))
    # Made without a copy or a parse: a zone has some hundred of them.
    return exp.Cast(this=literal, to=exp.DType.TIMESTAMP.into_expr())


def first_instant(number_: int, zone: str, until: date) -> datetime | None:
    """The UTC instant that begins a calendar day of a zone, or None where no single instant does.

    Where clocks go back over midnight, the end of a day comes twice, and its hours mix with those
    of the next day.
    """
    known = offsets(zone, until)
    for before, after in pairwise(known):
        last = after.since + timedelta(seconds=before.seconds) - timedelta(microseconds=1)
        if (after.since + timedelta(seconds=after.seconds)).date() < last.date():
            return None
    midnight = _midnight(number_)
    begun = [offset for first, offset in _midnights(known) if midnight >= first]
    return midnight - timedelta(seconds=(begun[-1] if begun else known[0]).seconds)


def _midnight(number_: int) -> datetime:
    widest = min(max(number_, number(date.min) + 2), number(date.max) - 2)
    return datetime.combine(EPOCH + timedelta(days=widest), datetime.min.time())


def timestamp_of_day(number_: int) -> exp.Expr:
    """The UTC midnight that begins a day, as a literal; beyond the calendar, its first or last."""
    return timestamp(_midnight(number_))


def date_literal(day: date) -> exp.Expr:
    """A date literal."""
    return exp.cast(exp.Literal.string(day.isoformat()), exp.DType.DATE)


def local_date(instant: exp.Expr, zone: str, until: date) -> exp.Expr:
    """The calendar date, in `zone`, of a UTC timestamp expression."""
    known = offsets(zone, until)
    if known[0].seconds == 0 and len(known) == 1:
        return exp.cast(instant, exp.DType.DATE)
    arms = [
        (exp.GTE(this=instant.copy(), expression=timestamp(offset.since)), _interval(offset))
        for offset in reversed(known[1:])
    ]
    local = exp.Add(this=instant.copy(), expression=one_of(arms, _interval(known[0])))
    return exp.Cast(this=local, to=exp.DType.DATE.into_expr())


def _interval(offset: Offset) -> exp.Expr:
    # A literal in each arm: PostgreSQL multiplies no expression into an interval.
    return exp.Interval(this=exp.Literal.string(str(offset.seconds)), unit=exp.var("SECOND"))


def day_number(day: exp.Expr) -> exp.Expr:
    """The number of a date expression."""
    epoch = date_literal(EPOCH)
    return exp.cast(exp.DateDiff(this=day, expression=epoch, unit=exp.var("DAY")), exp.DType.INT)


def day_of_number(number_: exp.Expr) -> exp.Expr:
    """The date of a day number expression."""
    added = exp.DateAdd(this=date_literal(EPOCH), expression=number_, unit=exp.var("DAY"))
    return exp.cast(added, exp.DType.DATE)


def local_midnight(day: exp.Expr, zone: str, until: date) -> exp.Expr:
    """A UTC instant that lies on the given calendar date of `zone`: its first, where it has one.

    The inverse of `local_date`, for a date alone where a timestamp is meant.
    """
    start = exp.cast(day, exp.DType.TIMESTAMP)
    known = offsets(zone, until)
    if known[0].seconds == 0 and len(known) == 1:
        return start
    arms = [
        (tree(":d >= :first", d=start, first=timestamp(first)), _interval(offset))
        for first, offset in reversed(_midnights(known))
    ]
    return tree(":d - :by", d=start, by=one_of(arms, _interval(known[0])))


def _midnights(known: tuple[Offset, ...]) -> tuple[tuple[datetime, Offset], ...]:
    """Each offset but the first, with the first local midnight that it begins, oldest first.

    Where clocks go back to midnight, that midnight comes twice: the first of the two is the day's
    beginning, and still has the offset before.
    """
    found = []
    for before, after in pairwise(known):
        local = after.since + timedelta(seconds=max(before.seconds, after.seconds))
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        found.append((day if local == day else day + timedelta(days=1), after))
    return tuple(found)
