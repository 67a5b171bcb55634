"""A working week: for each weekday the spans of local time in which people work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tamis.errors import UserError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FULL_DAY = 24 * 60
OFF = "none"
CLOCK = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])")
HINT_SPAN = "write spans as `09:00-12:30 14:00-18:00`"
HINT_DAYS = f"write weekdays as `mon`, `mon-fri` or `mon,wed`; known: {', '.join(WEEKDAYS)}"


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """From `begin` (included) to `end` (not included), in minutes of local time since midnight.

    Raises: UserError when it is empty, goes backwards or leaves the day.
    """

    begin: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.begin < self.end <= FULL_DAY:
            hint = "over midnight, write `22:00-24:00`, and `00:00-06:00` on the next day"
            found = f"the working hours `{self}` do not go forward in a day"
            raise UserError(found, hint=hint)

    def __str__(self) -> str:
        return f"{_clock(self.begin)}-{_clock(self.end)}"

    @property
    def minutes(self) -> int:
        """Its length on a day without a change of the clocks."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Week:
    """Working hours, `days[0]` those of Monday; a day off has none. Spans stand in order.

    Raises: UserError when spans of a day overlap, or when no day has any.
    """

    days: tuple[tuple[Span, ...], ...]

    def __post_init__(self) -> None:
        for name, spans in zip(WEEKDAYS, self.days, strict=True):
            for one, other in pairwise(spans):
                if other.begin < one.end:
                    found = f"the working hours of {name} overlap: `{one}` and `{other}`"
                    raise UserError(found, hint="write them in order, one after the other")
        if not any(self.days):
            hint = 'give a day hours, as `mon-fri: "09:00-18:00"`'
            raise UserError("the week has no working hours", hint=hint)

    def __str__(self) -> str:
        named = zip(WEEKDAYS, self.days, strict=True)
        return "; ".join(f"{name} {' '.join(map(str, spans))}" for name, spans in named if spans)

    def spans(self, day: date) -> tuple[Span, ...]:
        """The working hours of a day by its weekday; empty: a day off."""
        return self.days[day.weekday()]

    @property
    def minutes(self) -> int:
        """Working minutes of a whole week."""
        return sum(span.minutes for spans in self.days for span in spans)

    @property
    def day_minutes(self) -> int:
        """Working minutes of a mean working day, rounded down to a minute.

        >>> read_week({"mon-thu": "09:00-17:00", "fri": "09:00-13:00"}).day_minutes
        432
        """
        return self.minutes // sum(bool(spans) for spans in self.days)


def read_week(written: Mapping[str, str]) -> Week:
    """A week as the model file writes it; days that are not named are off, as `none` is.

    >>> print(read_week({"mon-tue": "09:00-12:30 14:00-18:00", "sat": "09:00-12:00"}))
    mon 09:00-12:30 14:00-18:00; tue 09:00-12:30 14:00-18:00; sat 09:00-12:00

    Raises: UserError with what was found and how to write it; the caller knows the place.
    """
    found: dict[int, tuple[Span, ...]] = {}
    for names, hours in written.items():
        spans = tuple(_spans(hours))
        for weekday in _weekdays(names):
            if weekday in found:
                message = f"the hours of {WEEKDAYS[weekday]} are given twice"
                raise UserError(message, hint=HINT_DAYS)
            found[weekday] = spans
    return Week(tuple(found.get(weekday, ()) for weekday in range(7)))


def _weekdays(written: str) -> Iterator[int]:
    for part in written.split(","):
        first, dash, last = (name.strip().lower() for name in part.partition("-"))
        ends = [first, last] if dash else [first]
        if not set(ends) <= set(WEEKDAYS):
            message = f"`{written}` names no weekdays"
            raise UserError(message, hint=HINT_DAYS)
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(ends[-1])
        # `sun-thu` goes over the end of the week.
        yield from ((begin + step) % 7 for step in range((end - begin) % 7 + 1))


def _spans(written: str) -> Iterator[Span]:
    for part in written.split() if written.strip() != OFF else ():
        begin, dash, end = part.partition("-")
        if not dash:
            message = f"`{part}` is no span of working hours"
            raise UserError(message, hint=HINT_SPAN)
        yield Span(_minute(begin, part), _minute(end, part))


def _minute(written: str, span: str) -> int:
    found = CLOCK.fullmatch(written)
    minute = int(found[1]) * 60 + int(found[2]) if found else FULL_DAY + 1
    if minute > FULL_DAY:
        message = f"`{written}` in `{span}` is no time of day"
        raise UserError(message, hint=HINT_SPAN)
    return minute


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def every_day(days: Sequence[int], *spans: Span) -> Week:
    """A week with the same hours on some weekdays, Monday being 0."""
    return Week(tuple(spans if weekday in days else () for weekday in range(7)))


DEFAULT_WEEK = every_day(range(5), Span(9 * 60, 18 * 60))
"""Monday to Friday, 09:00 to 18:00."""
