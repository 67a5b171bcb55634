"""The grid over time: who moved between cells day by day, and what became of who was in one.

Counted from the history of scores, which tells every change of a cell. Both go through all changes
of the time asked for: seconds for a million leads, so pages ask in the background.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, Connection, Select, case, cast, func, select, type_coerce

from tamis.server.clock import day_of, micros
from tamis.server.models.switched import shown_then
from tamis.server.models.versions import Version
from tamis.server.read.changes import SHOWN
from tamis.server.scoring.entries import entry_before
from tamis.server.store.tables import models, people, scoring

H, S, V, U = scoring.score_history, scoring.scores, models.versions, people.outcomes


@dataclass(frozen=True)
class Move:
    """How many leads went from one cell to another on a day; the empty name is none."""

    day: int
    before: str
    after: str
    leads: int


@dataclass(frozen=True)
class Converted:
    """Leads without an outcome that were in a cell on a day, and how many were won since."""

    leads: int
    won: int


def moves(connection: Connection, version: Version, since: int) -> list[Move]:
    """Moves between cells after a day (number), in the order of days; a lead may move often."""
    before, after = (_cell(connection, one) for one in (H.c.before, H.c.after))
    query = (
        select(H.c.day, before, after, func.count())
        .where(*_of_model(connection, version, since), before != after)
        .group_by(H.c.day, before, after)
        .order_by(H.c.day)
    )
    return [Move(*row) for row in connection.execute(query)]


def converted(connection: Connection, version: Version, day: int) -> Mapping[str, Converted]:
    """Of each cell at the end of a day (number): leads without outcome, and those won since."""
    first = (
        select(H.c.lead, func.min(H.c.entry).label("entry"))
        .where(*_of_model(connection, version, day))
        .group_by(H.c.lead)
        .subquery()
    )
    cell = case(
        (first.c.entry.is_(None), func.coalesce(S.c.cell, "")), else_=_cell(connection, H.c.before)
    )
    end = _end(version, day)
    decided = select(U.c.lead).where(U.c.at < end)
    won = select(U.c.lead).where(U.c.at >= end, U.c.outcome == "won")
    known = S.outerjoin(first, first.c.lead == S.c.lead).outerjoin(H, H.c.entry == first.c.entry)
    query: Select[Any] = (
        select(cell, func.count(), func.sum(case((S.c.lead.in_(won), 1), else_=0)))
        .select_from(known)
        .where(S.c.version_key == version.version_key, S.c.lead.not_in(decided))
        .group_by(cell)
    )
    return {name: Converted(leads, won or 0) for name, leads, won in connection.execute(query)}


def first_day(connection: Connection, version: Version) -> int | None:
    """The first day of the model's history; None without any."""
    keys = select(V.c.version_key).where(V.c.model == version.name)
    query = select(H.c.day).where(H.c.version_key.in_(keys)).order_by(H.c.entry).limit(1)
    return connection.scalar(query)


def _of_model(connection: Connection, version: Version, day: int) -> tuple[Any, ...]:
    """Changes after a day that were shown, of whatever version of the model was active."""
    shown = select(V.c.version_key).where(V.c.model == version.name, V.c.state.in_(SHOWN))
    after = H.c.entry > entry_before(connection, _end(version, day))
    return after, H.c.day > day, H.c.version_key.in_(shown), shown_then(H)


def _end(version: Version, day: int) -> int:
    """The instant at which a day of the model's zone ends (microseconds)."""
    next_day = day_of(day + 1)
    return micros(datetime.combine(next_day, time(), ZoneInfo(version.model.timezone)))


def _cell(connection: Connection, verdict: Any) -> Any:  # noqa: ANN401 (SQLAlchemy's trees)
    """The cell in the JSON of a verdict; the empty name for none and for who is excluded."""
    # SQLite reads JSON in texts, and makes a number of what is cast to it.
    is_sqlite = connection.dialect.name == "sqlite"
    said = type_coerce(verdict, JSON) if is_sqlite else cast(verdict, JSON)
    return func.coalesce(said["cell"].as_string(), "")
