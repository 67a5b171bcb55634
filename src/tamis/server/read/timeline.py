"""The timeline of a lead: its events and outcomes, the latest first, machines' events marked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, Select, select, tuple_

from tamis.server.clock import written
from tamis.server.read.answering import json_of
from tamis.server.read.answers import Moment, Timeline
from tamis.server.read.cursor import LARGEST, opened, sealed
from tamis.server.store.tables import messages, people

E, U = messages.events, people.outcomes
Place = tuple[int, int, int]
"""When, outcome before event (1, 0), key: the order of the timeline, from the latest."""


def timeline(connection: Connection, lead: int, cursor: str | None, limit: int) -> Timeline:
    """Moments of a lead. Raises: Problem 400 for a bad cursor."""
    place = tuple(opened("timeline", cursor, int, int, int)) if cursor is not None else None
    found = [
        *_moments(connection, _events(lead), 0, place, limit + 1),
        *_moments(connection, _outcomes(lead), 1, place, limit + 1),
    ]
    found.sort(key=lambda one: one[0], reverse=True)
    page = Timeline([_told(kind, row) for (_, kind, _), row in found[:limit]])
    if len(found) > limit:
        page.next = sealed("timeline", *found[limit - 1][0])
    return page


def _events(lead: int) -> Select[Any]:
    return select(E, E.c.event_key.label("key")).where(E.c.lead == lead, E.c.event.is_not(None))


def _outcomes(lead: int) -> Select[Any]:
    return select(U, U.c.outcome_key.label("key")).where(U.c.lead == lead)


def _moments(
    connection: Connection,
    query: Select[Any],
    kind: int,
    place: tuple[int | str, ...] | None,
    limit: int,
) -> list[tuple[Place, Row[Any]]]:
    at, key = query.selected_columns.at, query.selected_columns.key
    if place is not None:
        # Of the same instant, behind the place stand a lesser kind's all, a greater one's none.
        then, least, last = place
        bound = last if kind == least else (LARGEST if kind < int(least) else -1)
        query = query.where(tuple_(at, key) < tuple_(then, bound))
    rows = connection.execute(query.order_by(at.desc(), key.desc()).limit(limit))
    return [((row.at, kind, row.key), row) for row in rows]


def _told(kind: int, row: Row[Any]) -> Moment:
    if kind:
        amount = None if row.amount is None else Decimal(row.amount).scaleb(-6)
        return Moment(
            type="outcome", at=written(row.at), name=row.outcome, id=row.outcome_id, amount=amount
        )
    return Moment(
        type="event",
        at=written(row.at),
        name=row.event,
        id=row.message_id,
        kind=row.kind,
        properties=json_of(row.properties),
        bot=row.bot,
    )
