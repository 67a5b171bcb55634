"""Absences: days on which somebody gets no new work, and on which no time to respond passes.

An absence counts for promises made after it is recorded; work that somebody has stays with them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select

from tamis.server import audit
from tamis.server.clock import day_number, day_of, micros
from tamis.server.models.said import is_plain, refused, said
from tamis.server.problems import Problem, not_found
from tamis.server.security.guards import Caller
from tamis.server.store.among import among
from tamis.server.store.keys import row_of
from tamis.server.store.tables import access
from tamis.server.store.tables.work import absences
from tamis.server.work.answers import Absence, Absences, NewAbsence
from tamis.server.work.people import people_named
from tamis.server.work.rights import MARKETING, SALES

A: Final = absences.c
DAY: Final = 86_400 * 1_000_000
LONGEST_ABOUT: Final = 200
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
"""The days that business time knows."""


def listed(
    connection: Connection, caller: Caller, at: datetime, login: str | None = None
) -> Absences:
    """Absences that are not over, by first day; sales see those of theirs and of their team."""
    # A day may go on elsewhere that is over here.
    today = micros(at) // DAY - 1
    chosen = select(absences).where(A.last_day >= today)
    if login is not None:
        chosen = chosen.where(A.login == login)
    if caller.role == SALES:
        chosen = chosen.where(among(A.login, _team(connection, caller.who)))
    rows = connection.execute(chosen.order_by(A.first_day, A.absence)).all()
    changeable = _changeable(connection, caller)
    return Absences([_absence(row, hidden=not changeable(row.login)) for row in rows])


def add(connection: Connection, caller: Caller, at: datetime, new: NewAbsence) -> Absence:
    """Record an absence of oneself or one's team. Raises: Problem 400, 403, 404."""
    login = new.login or caller.who
    _refuse_others(connection, caller, login)
    if not is_plain(login) or not people_named(connection, [login]):
        detail = f"there is no user `{login}`"
        raise not_found(detail)
    if not FIRST <= new.first_day <= new.last_day <= LAST:
        detail = "last_day"
        raise refused(detail, f"give the first day, then the last, from {FIRST} to {LAST}")
    row = {
        "login": login,
        "first_day": day_number(new.first_day),
        "last_day": day_number(new.last_day),
        "about": said("about", new.about, longest=LONGEST_ABOUT),
    }
    made = connection.execute(insert(absences).values(row).returning(absences)).one()
    audit.record(connection, at, caller.who, "absence.add", f"user:{login}")
    return _absence(made)


def remove(connection: Connection, caller: Caller, at: datetime, absence: int) -> Absence:
    """Take an absence back: they are there after all. Raises: Problem 403, 404."""
    row = row_of(connection, select(absences), A.absence, absence)
    if row is None:
        detail = f"there is no absence {absence}"
        raise not_found(detail)
    _refuse_others(connection, caller, row.login)
    connection.execute(delete(absences).where(A.absence == absence))
    audit.record(connection, at, caller.who, "absence.remove", f"user:{row.login}")
    return _absence(row)


def _refuse_others(connection: Connection, caller: Caller, login: str) -> None:
    if not _changeable(connection, caller)(login):
        detail = f"{caller.who} does not answer for the absences of `{login}`"
        raise Problem(403, "not-allowed", "Not allowed", detail)


def _changeable(connection: Connection, caller: Caller) -> Any:  # noqa: ANN401 (a function)
    """Whose absences somebody may change: sales their own and their team's, marketing their own."""
    if caller.role == MARKETING:
        return {caller.who}.__contains__
    if caller.role == SALES:
        return _team(connection, caller.who).__contains__
    return lambda _: True


def _team(connection: Connection, login: str) -> set[str]:
    """A person, and those whose manager they are."""
    u = access.users.c
    return {login, *connection.scalars(select(u.login).where(u.manager == login))}


def _absence(row: Row[Any], *, hidden: bool = False) -> Absence:
    about = "" if hidden else row.about
    return Absence(row.absence, row.login, day_of(row.first_day), day_of(row.last_day), about)
