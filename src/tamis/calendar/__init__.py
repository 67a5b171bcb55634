"""Business time: weeks of working hours, public holidays, absences, and counting in them.

Pure: instants are arguments, nothing here asks what time it is.
"""

from __future__ import annotations

from tamis.calendar.absence import Absence
from tamis.calendar.duration import Duration, read_duration
from tamis.calendar.hours import Hours
from tamis.calendar.public_holidays import NO_HOLIDAYS, Holidays, read_holidays
from tamis.calendar.week import DEFAULT_WEEK, Span, Week, read_week

__all__ = [
    "DEFAULT_WEEK",
    "NO_HOLIDAYS",
    "Absence",
    "Duration",
    "Holidays",
    "Hours",
    "Span",
    "Week",
    "read_duration",
    "read_holidays",
    "read_week",
]
