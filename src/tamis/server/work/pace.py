"""How fast a queue's work is given to people, and when what waits is likely to be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from tamis.errors import UserError
from tamis.server.clock import instant_of
from tamis.server.store.tables.work import handoffs
from tamis.server.work.people import team_hours
from tamis.server.work.queues import Desk

DAY: Final = 86_400 * 1_000_000
WEEKS: Final = 28 * DAY
SHORTEST: Final = 7 * DAY
"""Work that began later than this says nothing of a pace."""
FEWEST: Final = 5
"""Fewer assignments say nothing either."""
MOST: Final = 1000
"""The latest assignments are looked at, so many at most: these say enough, however short."""


@dataclass(frozen=True)
class Pace:
    """Hand-offs given a day, the weekend's days among them; null: not known."""

    per_day: float | None

    def day(self, position: int, desk: Desk | None, now: int) -> date | None:
        """The day on which what is at a position, from 1, is likely to be given; null: not known.

        A day on which the queue works.
        """
        if self.per_day is None or desk is None:
            return None
        ahead = min(position / self.per_day, 3650)
        hours = team_hours(desk.model)
        try:
            opens = hours.next_open(instant_of(now) + timedelta(days=int(ahead)))
        except UserError:
            return None
        return opens.astimezone(ZoneInfo(hours.zone)).date()


def pace_of(connection: Connection, queue: str, now: int) -> Pace:
    """The pace of a queue over the last four weeks, or since its first work in them."""
    h = handoffs.c
    recent = (h.queue == queue) & (h.assigned_at > now - WEEKS) & (h.assigned_at < now)
    latest = select(h.assigned_at).where(recent).order_by(h.assigned_at.desc()).limit(MOST)
    given = latest.subquery().c.assigned_at
    number, first = connection.execute(select(func.count(), func.min(given))).one()
    if number < FEWEST or (now - first < SHORTEST and number < MOST):
        return Pace(None)
    return Pace(number / ((now - first) / DAY))
