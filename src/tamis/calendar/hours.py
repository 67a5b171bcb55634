"""Hours at work of a person or a team, and counting in them, exact to the microsecond."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from tamis.calendar.absence import Absence
from tamis.calendar.public_holidays import NO_HOLIDAYS, Holidays
from tamis.calendar.week import DEFAULT_WEEK, Span, Week
from tamis.calendar.zone import DAY, FIRST_YEAR, LAST_YEAR, Stretch, stretches, zone
from tamis.errors import InternalError, UserError

NOTHING = timedelta()
MINUTE = timedelta(minutes=1)
Open = tuple[datetime, datetime]
"""Instants of UTC from the first (included) to the second (not) at which somebody works."""


@dataclass(frozen=True)
class Hours:
    """When somebody works: whenever the clock on the wall is in a span of a day at work.

    A day that is a holiday or an absence is none. The hours are those that pass: a span over the
    hour that is skipped in spring is shorter, over the one that comes twice in autumn longer.

    Instants have an offset; those answered are in UTC. Time is counted from 2000 to 2100.
    """

    week: Week = DEFAULT_WEEK
    zone: str = "UTC"
    holidays: Holidays = NO_HOLIDAYS
    absences: tuple[Absence, ...] = field(default=())

    def __post_init__(self) -> None:
        # An unknown zone is said at once, not at the first deadline.
        _ = self._zone

    @cached_property
    def _zone(self) -> ZoneInfo:
        return zone(self.zone)

    def works_on(self, day: date) -> bool:
        """Whether a local day has any working hours: no day off, holiday or absence."""
        if not self.week.spans(day) or day in self.holidays:
            return False
        return not any(day in absence for absence in self.absences)

    def is_open(self, instant: datetime) -> bool:
        """Whether somebody works at an instant.

        >>> paris = Hours(zone="Europe/Paris")
        >>> paris.is_open(datetime(2026, 11, 23, 8, tzinfo=UTC))
        True
        """
        moment = self._counted(instant)
        return any(begin <= moment < end for begin, end in self._open(moment.date()))

    def next_open(self, instant: datetime) -> datetime:
        """The instant itself when somebody works at it, else the first one at which somebody does.

        Raises: UserError when nobody works before 2101.
        """
        for begin, _ in self._from(self._counted(instant)):
            return begin
        raise _no_more()

    def after(self, start: datetime, minutes: int | timedelta) -> datetime:
        """The earliest instant at which that much time at work has passed since `start`.

        No time at all has passed at `start` itself; a deadline may be the end of a span.

        >>> paris = Hours(zone="Europe/Paris")
        >>> friday = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
        >>> print(paris.after(friday, 60))
        2026-11-23 08:30:00+00:00

        Raises: UserError when there is not that much time before 2101.
        """
        left = minutes if isinstance(minutes, timedelta) else minutes * MINUTE
        if left < NOTHING:
            found = f"time at work goes forward, not by {left}"
            raise InternalError(found)
        first = self._counted(start)
        if not left:
            return first
        for begin, end in self._from(first):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        raise _no_more()

    def _counted(self, instant: datetime) -> datetime:
        """An instant of the years that are counted, in UTC."""
        moment = _utc(instant)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            found = f"time at work is counted from 2000 to 2100, not at {moment}"
            raise UserError(found)
        return moment

    def _from(self, start: datetime) -> Iterator[Open]:
        """What is open from an instant to the end of 2100, in order."""
        day = start.date()
        while day.year <= LAST_YEAR:
            for begin, end in self._open(day):
                if end > start:
                    yield max(begin, start), end
            day += DAY

    def _open(self, day: date) -> list[Open]:
        """What is open of a day of UTC, in order: instants of three local days fall on it.

        Local days would not do: clocks set back over midnight show a day again after the next.
        """
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        near = (part for step in (-1, 0, 1) for part in self._of_day(day + step * DAY))
        parts = ((max(begin, midnight), min(end, midnight + DAY)) for begin, end in near)
        return sorted((begin, end) for begin, end in parts if begin < end)

    def _of_day(self, day: date) -> Iterator[Open]:
        """What is open of a local day, in order."""
        if not self.works_on(day):
            return
        for stretch in stretches(self._zone, day):
            for span in self.week.spans(day):
                begin, end = _within(stretch, day, span)
                if begin < end:
                    yield begin, end


def _within(stretch: Stretch, day: date, span: Span) -> Open:
    """The part of a day's span that lies in a stretch; backwards when none does."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - stretch.offset
    begin, end = midnight + span.begin * MINUTE, midnight + span.end * MINUTE
    return max(begin, stretch.begin), min(end, stretch.end)


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        found = f"an instant needs an offset: {instant}"
        raise InternalError(found)
    return instant.astimezone(UTC)


def _no_more() -> UserError:
    hint = "look at the working hours, holidays and absences"
    return UserError("there is not enough time at work before 2101", hint=hint)
