"""The clock: the one place of the server that knows what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from tamis.sql.days import EPOCH

INSTANT_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Clock(Protocol):
    """Tells the instant; time is an argument everywhere below."""

    def now(self) -> datetime:
        """The instant, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that stands where it is set: for tests and demonstrations.

    >>> clock = SetClock(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    >>> clock.pass_by(timedelta(hours=1))
    >>> clock.now().day
    23
    """

    instant: datetime

    def now(self) -> datetime:
        """The instant, in UTC."""
        return self.instant

    def pass_by(self, time: timedelta) -> None:
        """Move on."""
        self.instant += time


def micros(instant: datetime) -> int:
    """Microseconds since 1970-01-01 UTC: how the store holds instants.

    >>> micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (instant - INSTANT_ZERO) // MICROSECOND


def instant_of(stored: int) -> datetime:
    """The instant that the store holds as microseconds."""
    return INSTANT_ZERO + stored * MICROSECOND


def written(stored: int) -> str:
    """An instant of the store in ISO 8601, UTC, milliseconds unless it has finer parts.

    >>> written(1_000_000)
    '1970-01-01T00:00:01.000Z'
    """
    precision = "microseconds" if stored % 1000 else "milliseconds"
    return instant_of(stored).isoformat(timespec=precision).replace("+00:00", "Z")


def day_in(zone: str, instant: datetime) -> date:
    """The calendar day of an instant in a time zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def day_number(day: date) -> int:
    """Days since 1970-01-01: how the store holds days."""
    return (day - EPOCH).days


def day_of(stored: int) -> date:
    """The day that the store holds as a number."""
    return EPOCH + timedelta(days=stored)
