"""The list of leads: in the order of calling, or by change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from tamis.server.clock import micros
from tamis.server.models.versions import Version
from tamis.server.problems import Problem, bad_request
from tamis.server.read.answering import plain
from tamis.server.read.answers import LeadPage
from tamis.server.read.catalogue import today
from tamis.server.read.changes import SHOWN, V
from tamis.server.read.cursor import digest, opened, sealed
from tamis.server.read.fresh import Stored, fresh
from tamis.server.read.verdicts import H, L, S, scored, scored_lead
from tamis.server.scoring.entries import entry_before
from tamis.server.server import Server

HOUR = 3_600_000_000
"""Microseconds by which a clock that was set back may have put changes out of order."""
LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Wanted:
    """Which leads a list holds; empty lists and None: any."""

    play: Sequence[str] = ()
    cell: Sequence[str] = ()
    stage: Sequence[str] = ()
    temperature: Sequence[str] = ()
    owner: Sequence[str] = ()
    account_id: Sequence[str] = ()
    lead_id: Sequence[str] = ()
    min_score: Decimal | None = None
    max_score: Decimal | None = None
    excluded: bool | None = None

    def applied(self, query: Select[Any]) -> Select[Any]:
        """The query with its conditions. Raises: Problem 400."""
        for name in ("play", "cell", "stage", "temperature", "owner", "account_id", "lead_id"):
            values = [plain(name, value) for value in getattr(self, name)]
            column = (L if name in ("owner", "account_id", "lead_id") else S).c[name]
            if values:
                query = query.where(_any_of(column, values))
        if self.min_score is not None:
            query = query.where(S.c.score >= _least(self.min_score))
        if self.max_score is not None:
            query = query.where(S.c.score <= -_least(-self.max_score))
        if self.excluded is not None:
            query = query.where(S.c.excluded.is_(self.excluded))
        return query

    @property
    def verdicts(self) -> dict[str, Sequence[str]]:
        """What a model must have said of the leads."""
        return {name: getattr(self, name) for name in ("play", "cell", "stage", "temperature")}

    @property
    def digest(self) -> str:
        """A fingerprint of the question."""
        return digest([getattr(self, field.name) for field in fields(self)])


def _any_of(column: Any, values: Sequence[str]) -> Any:  # noqa: ANN401 (SQLAlchemy's trees)
    """Whether a column has one of the values; the empty text means none."""
    named = column.in_([value for value in values if value])
    return (named | column.is_(None)) if "" in values else named


def _least(bound: Decimal) -> int:
    """The least number of hundredths that reaches a bound. Raises: Problem 400."""
    if not bound.is_finite() or abs(bound) > LARGEST:
        raise bad_request("`min_score` and `max_score` are numbers, such as 49.5")
    return int((bound * 100).to_integral_value("ROUND_CEILING"))


@dataclass(frozen=True)
class Asked:
    """A question for a page of leads."""

    version: Version
    wanted: Wanted
    cursor: str | None
    limit: int
    with_fields: bool


def by_turn(server: Server, connection: Connection, asked: Asked) -> LeadPage:
    """Leads in the order of calling."""
    query = asked.wanted.applied(scored(asked.version, fields=asked.with_fields))
    if asked.cursor is not None:
        values = opened("turn", asked.cursor, int, str, int, str)
        _same_filters(values[1], asked)
        if values[0] != asked.version.version_key:
            raise _other_version()
        place = tuple_(S.c.turn, S.c.lead_id)
        query = query.where(place > tuple_(values[2], values[3]))
    found = _rows(connection, query.order_by(S.c.turn, S.c.lead_id).limit(asked.limit + 1))
    rows, more = found[: asked.limit], len(found) > asked.limit
    page = _page(server, connection, asked, rows)
    if more:
        last = rows[-1]
        mark = (asked.version.version_key, asked.wanted.digest)
        page.next = sealed("turn", *mark, last["turn"], last["lead_id"])
    return page


def by_change(server: Server, connection: Connection, asked: Asked, since: str | None) -> LeadPage:
    """Leads by their latest change, the earliest first, after a cursor or an instant.

    A cursor goes on when another version has become active: the switch changed every lead that the
    two judge otherwise, and left the others where they were.
    """
    query = asked.wanted.applied(scored(asked.version, fields=asked.with_fields))
    place = (0, 0)
    if asked.cursor is not None or (since is not None and not since[:1].isdigit()):
        values = opened("change", asked.cursor or since or "", int, str, int, int)
        _same_filters(values[1], asked)
        _goes_on(connection, int(values[0]), asked)
        place = (int(values[2]), int(values[3]))
    elif since is not None:
        instant = _instant(since)
        place = (entry_before(connection, instant - HOUR), 0)
        query = query.where(H.c.at >= instant)
    query = query.where(tuple_(S.c.changed, S.c.lead) > tuple_(*place))
    found = _rows(connection, query.order_by(S.c.changed, S.c.lead).limit(asked.limit + 1))
    rows, more = found[: asked.limit], len(found) > asked.limit
    page = _page(server, connection, asked, rows)
    if rows:
        place = (rows[-1]["changed"], rows[-1]["lead"])
    page.resume = sealed("change", asked.version.version_key, asked.wanted.digest, *place)
    page.next = page.resume if more else None
    return page


def _same_filters(wanted: object, asked: Asked) -> None:
    if wanted != asked.wanted.digest:
        raise bad_request("`cursor` goes on with the same filters: begin without one")


def _goes_on(connection: Connection, key: int, asked: Asked) -> None:
    """Raises: Problem 400 for a cursor of another model, or of a version beside the active one."""
    if key == asked.version.version_key:
        return
    former = select(V.c.model).where(V.c.version_key == key, V.c.state.in_(SHOWN))
    if asked.version.state != "active" or connection.scalar(former) != asked.version.name:
        raise _other_version()


def _other_version() -> Problem:
    return bad_request("`cursor` is of another version of the model: begin without one")


def _rows(connection: Connection, query: Select[Any]) -> list[Stored]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _page(server: Server, connection: Connection, asked: Asked, rows: Sequence[Stored]) -> LeadPage:
    day = today(asked.version, server.clock)
    current = fresh(server, connection, asked.version, rows)
    return LeadPage([scored_lead(asked.version, row, day) for row in current])


def _instant(text: str) -> int:
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        detail = "`changed_since` is a cursor or an instant, such as 2026-11-22T09:00:00Z"
        raise bad_request(detail) from error
    try:
        return micros(read if read.tzinfo else read.replace(tzinfo=UTC))
    except OverflowError as error:
        raise bad_request("`changed_since` is out of reach") from error
