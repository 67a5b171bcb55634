"""Mornings at work: when work comes back that somebody put aside until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from tamis.calendar import Hours
from tamis.errors import UserError
from tamis.server.work.handoffs import Handoff
from tamis.server.work.people import team_hours
from tamis.server.work.queues import floor

MORNING = 9
"""The hour at which a day begins for whom no hours are known."""


@dataclass(frozen=True)
class Mornings:
    """When somebody begins to work, after `now`, in whose zone days are meant and answered.

    `hours` are null where no version of the model is active any more.
    """

    now: datetime
    hours: Hours | None

    @classmethod
    def of(cls, connection: Connection, now: datetime, work: Handoff) -> Mornings:
        """Those of who has the work; of the team where nobody has it."""
        known = floor(connection)
        model, person = known.models.get(work.model), known.people.get(work.owner or "")
        if model is None:
            return cls(now, None)
        return cls(now, person.hours(model) if person else team_hours(model))

    def from_(self, day: datetime) -> datetime:
        """The first instant at work of a day or after it.

        >>> saturday = datetime(2026, 11, 21, 15, tzinfo=ZoneInfo("Europe/Paris"))
        >>> print(Mornings(saturday, Hours(zone="Europe/Paris")).from_(saturday))
        2026-11-23 09:00:00+01:00
        """
        midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
        if self.hours is not None:
            try:
                zone = ZoneInfo(self.hours.zone)
                local = midnight.replace(tzinfo=zone)
                return self.hours.next_open(local).astimezone(self.now.tzinfo)
            except UserError:
                pass
        return midnight.replace(hour=MORNING)

    def after(self, days: int) -> datetime:
        """The first morning at work after some days (1: that of tomorrow, or after it)."""
        return self.from_(self.now + timedelta(days=days))

    @property
    def offered(self) -> list[datetime]:
        """The next morning at work, and the one of next week; of Sundays that after it."""
        next_, monday = self.after(1), 7 - self.now.weekday()
        week = self.after(monday)
        return [next_, week if week > next_ else self.after(monday + 7)]
