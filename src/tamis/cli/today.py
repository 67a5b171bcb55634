"""The one place of the command line that looks at the clock."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo


def today(zone: str = "UTC") -> date:
    """The calendar day it is now in a time zone."""
    return datetime.now(tz=ZoneInfo(zone)).date()  # noqa: TID251 (a command line needs to know the day)
