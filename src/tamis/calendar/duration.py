"""Durations at work: `30m`, `4h`, `2d`, `1w`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Literal, cast

from tamis.calendar.week import Week
from tamis.errors import UserError

WRITTEN = re.compile(r"([1-9][0-9]{0,4})\s*([mhdw])")
Unit = Literal["m", "h", "d", "w"]


@dataclass(frozen=True, slots=True)
class Duration:
    """A number, from 1, of working minutes (`m`), hours (`h`), days (`d`) or weeks (`w`).

    A day is a mean working day of the week in which it is counted, a week all its working hours:
    `1d` of somebody who works four hours a day is four hours.
    """

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    def minutes(self, week: Week) -> int:
        """The working minutes that it means in a week.

        >>> from tamis.calendar.week import DEFAULT_WEEK
        >>> read_duration("2d").minutes(DEFAULT_WEEK)
        1080
        """
        sizes = {"m": 1, "h": 60, "d": week.day_minutes, "w": week.minutes}
        return self.count * sizes[self.unit]

    def share(self, week: Week, of: Fraction) -> timedelta:
        """A share of it as time at work, for `remind: 50%`; rounded down to a microsecond.

        >>> from tamis.calendar.week import DEFAULT_WEEK
        >>> print(read_duration("45m").share(DEFAULT_WEEK, Fraction(1, 2)))
        0:22:30
        """
        return timedelta(microseconds=int(self.minutes(week) * 60_000_000 * of))


def read_duration(written: str) -> Duration:
    """A duration as the model file writes it.

    Raises: UserError; the caller knows the place.
    """
    found = WRITTEN.fullmatch(written.strip())
    if not found:
        hint = "write time at work as `30m`, `4h`, `2d` or `1w`"
        message = f"`{written}` is no time at work"
        raise UserError(message, hint=hint)
    return Duration(int(found[1]), cast(Unit, found[2]))
