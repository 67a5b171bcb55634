"""The people who get work: when they work, when they are away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from tamis.calendar import NO_HOLIDAYS, Absence, Holidays, Hours, Week, read_holidays
from tamis.calendar.week import Span
from tamis.errors import UserError
from tamis.model.lifecycle.work import Week as Written
from tamis.model.spec import Model
from tamis.server.clock import day_of
from tamis.server.store.among import among
from tamis.server.store.tables import access
from tamis.server.store.tables.work import absences, handoffs
from tamis.server.work.handoffs import HELD


@dataclass(frozen=True)
class Person:
    """Somebody who may get work.

    `zone` and `country` null: those of the model; `manager` is a login, null: the queue says whom
    to tell. `absences` are days of their own zone.
    """

    login: str
    name: str
    email: str | None
    zone: str | None
    country: str | None
    manager: str | None
    disabled: bool
    absences: tuple[Absence, ...] = ()

    def hours(self, model: Model) -> Hours:
        """When they work for a model: its week, in their zone, with their country's holidays."""
        holidays = self.country or model.service.holidays
        return hours_of(model.service.week, self.zone or model.timezone, holidays, self.absences)

    def is_away(self, model: Model, instant: datetime) -> bool:
        """Whether an instant is on a day of an absence."""
        zone = self.hours(model).zone
        day = instant.astimezone(ZoneInfo(zone)).date()
        return any(day in absence for absence in self.absences)


def team_hours(model: Model) -> Hours:
    """When a model's queues work, while nobody has the work: its week, zone and holidays."""
    return hours_of(model.service.week, model.timezone, model.service.holidays, ())


@lru_cache(maxsize=1000)
def hours_of(
    week: Written, zone: str, holidays: str | None, absences: tuple[Absence, ...]
) -> Hours:
    """Hours at work; a zone or country that is not known any more counts as UTC, or as none."""
    spans = tuple(tuple(Span(one.start, one.end) for one in day) for day in week)
    known = _holidays(holidays)
    try:
        return Hours(Week(spans), zone, known, absences)
    except UserError:
        return Hours(Week(spans), "UTC", known, absences)


def _holidays(written: str | None) -> Holidays:
    try:
        return read_holidays(written) if written else NO_HOLIDAYS
    except UserError:
        return NO_HOLIDAYS


def people_named(connection: Connection, logins: Collection[str]) -> dict[str, Person]:
    """Those of some logins who exist, with their absences."""
    if not logins:
        return {}
    away: defaultdict[str, list[Absence]] = defaultdict(list)
    a, u = absences.c, access.users.c
    for row in connection.execute(select(absences).where(among(a.login, logins))):
        away[row.login].append(Absence(day_of(row.first_day), day_of(row.last_day)))
    columns = (u.login, u.name, u.email, u.zone, u.country, u.manager, u.disabled)
    rows = connection.execute(select(*columns).where(among(u.login, logins)))
    return {row.login: Person(*row, tuple(sorted(away[row.login]))) for row in rows}


def open_work(connection: Connection, logins: Collection[str]) -> dict[str, int]:
    """How much open work each of some people has, in all queues: assigned and accepted."""
    h = handoffs.c
    held = among(h.owner, logins) & h.state.in_(HELD)
    counted = select(h.owner, func.count()).where(held).group_by(h.owner)
    return dict.fromkeys(logins, 0) | {row[0]: row[1] for row in connection.execute(counted)}
