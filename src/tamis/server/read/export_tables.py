"""What is exported: every table as it is kept, and facts in the shape that `tamis score` reads.

A table is read in pages, by its key, so that a million rows take no more memory than a few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Connection, FromClause, Row, Select, select, tuple_
from sqlalchemy.sql import ColumnElement

from tamis.model.spec import FieldType
from tamis.server.clock import day_of, instant_of
from tamis.server.read.answering import ENCODER, json_of
from tamis.server.read.changes import said
from tamis.server.scoring.typed import Cell
from tamis.server.store.tables import messages, models, people, scoring

PAGE = 5000
"""Rows that are read at once."""
Kind = Literal["instant", "day", "hundredths", "thousandths", "millionths", "cents", "verdict"]
"""How the store holds what is exported as something else."""
Cells = list[Cell]


@dataclass(frozen=True)
class Exported:
    """A table to export: its columns with their types, and how to read and write a row.

    `key` are the columns that order it. `made` gives the cells of a row; None leaves it out.
    """

    name: str
    columns: Sequence[tuple[str, FieldType]]
    query: Select[Any]
    key: Sequence[ColumnElement[Any]]
    made: Callable[[Sequence[Row[Any]], Connection], Iterator[Cells]]

    def page(
        self, connection: Connection, behind: Sequence[Any] | None, size: int = PAGE
    ) -> tuple[list[Cells], Sequence[Any] | None]:
        """Some rows behind a key, and the key to go on from; None at the end."""
        keys = [column.label(f"key_{place}") for place, column in enumerate(self.key)]
        query = self.query.add_columns(*keys).order_by(*self.key).limit(size)
        if behind is not None:
            query = query.where(tuple_(*self.key) > tuple_(*behind))
        rows = connection.execute(query).all()
        cells = list(self.made(rows, connection))
        last = list(rows[-1])[-len(keys) :] if len(rows) == size else None
        return cells, last

    def pages(self, connection: Connection) -> Iterator[list[Cells]]:
        """Every row, in pages, as one transaction sees them."""
        behind: Sequence[Any] | None = None
        while True:
            cells, behind = self.page(connection, behind)
            if cells:
                yield cells
            if behind is None:
                return


SHOWN: Mapping[Kind, tuple[FieldType, Callable[[Any], Cell]]] = {
    "instant": ("timestamp", lambda stored: instant_of(stored).replace(tzinfo=None)),
    "day": ("date", day_of),
    "hundredths": ("number", lambda stored: Decimal(stored).scaleb(-2)),
    "thousandths": ("number", lambda stored: Decimal(stored).scaleb(-3)),
    "millionths": ("number", lambda stored: Decimal(stored).scaleb(-6)),
    "cents": ("text", lambda stored: _json({"dimensions": json_of(stored)}, "dimensions")),
    "verdict": ("text", lambda stored: _json(json_of(stored))),
}


def _json(stored: Mapping[str, Any], member: str | None = None) -> str:
    told = said(stored)
    return ENCODER.encode(told[member] if member else told).decode()


@dataclass(frozen=True)
class Shown:
    """A column as it is kept and as it is exported; a FieldType means as it is."""

    name: str
    column: ColumnElement[Any]
    kind: Kind | Literal["text", "integer", "boolean"] = "text"

    @property
    def type(self) -> FieldType:
        """The type that it is exported in."""
        return SHOWN[self.kind][0] if self.kind in SHOWN else self.kind  # type: ignore[index,return-value]

    def cell(self, stored: Any) -> Cell:  # noqa: ANN401 (what the store holds)
        """A cell as it is exported."""
        if stored is None or self.kind not in SHOWN:
            return stored  # type: ignore[no-any-return]
        return SHOWN[self.kind][1](stored)  # type: ignore[index]


def _kept(
    name: str,
    source: FromClause,
    key: Sequence[ColumnElement[Any]],
    *shown: Shown,
) -> Exported:
    """A table as it is kept; `source` is what its columns are selected from."""

    def made(rows: Sequence[Row[Any]], _: Connection) -> Iterator[Cells]:
        for row in rows:
            yield [one.cell(value) for one, value in zip(shown, row[: len(shown)], strict=True)]

    query = select(*(one.column.label(one.name) for one in shown)).select_from(source)
    return Exported(name, [(one.name, one.type) for one in shown], query, key, made)


L, A, I_, U = people.leads, people.accounts, people.identities, people.outcomes
E, S, H, M = messages.events, scoring.scores, scoring.score_history, people.adjustments
C, V = people.consents, models.versions
OF_LEAD = Shown("lead_id", L.c.lead_id)

KEPT: Mapping[str, Exported] = {
    one.name: one
    for one in (
        _kept(
            "leads",
            L,
            [L.c.lead],
            OF_LEAD,
            Shown("account_id", L.c.account_id),
            Shown("owner", L.c.owner),
            Shown("fields", L.c.fields),
            Shown("first_at", L.c.first_at, "instant"),
            Shown("last_at", L.c.last_at, "instant"),
            Shown("opted_out", L.c.opted_out, "boolean"),
        ),
        _kept(
            "accounts",
            A,
            [A.c.account],
            Shown("account_id", A.c.account_id),
            Shown("fields", A.c.fields),
            Shown("first_at", A.c.first_at, "instant"),
        ),
        _kept(
            "events",
            E.outerjoin(L, L.c.lead == E.c.lead),
            [E.c.event_key],
            Shown("message_id", E.c.message_id),
            OF_LEAD,
            Shown("kind", E.c.kind),
            Shown("event", E.c.event),
            Shown("timestamp", E.c.at, "instant"),
            Shown("received_at", E.c.received_at, "instant"),
            Shown("user_id", E.c.user_id),
            Shown("anonymous_id", E.c.anonymous_id),
            Shown("properties", E.c.properties),
            Shown("context", E.c.context),
            Shown("bot", E.c.bot),
        ),
        _kept(
            "outcomes",
            U.join(L, L.c.lead == U.c.lead),
            [U.c.outcome_key],
            Shown("outcome_id", U.c.outcome_id),
            OF_LEAD,
            Shown("outcome", U.c.outcome),
            Shown("timestamp", U.c.at, "instant"),
            Shown("amount", U.c.amount, "millionths"),
        ),
        _kept(
            "scores",
            S.join(V, (V.c.version_key == S.c.version_key) & (V.c.state == "active")),
            [S.c.version_key, S.c.lead],
            Shown("model", V.c.model),
            Shown("version", V.c.number, "integer"),
            Shown("lead_id", S.c.lead_id),
            Shown("as_of", S.c.as_of, "day"),
            Shown("excluded", S.c.excluded, "boolean"),
            Shown("dimensions", S.c.dimensions, "cents"),
            Shown("grades", S.c.grades),
            Shown("score", S.c.score, "hundredths"),
            Shown("cell", S.c.cell),
            Shown("temperature", S.c.temperature),
            Shown("stage", S.c.stage),
            Shown("play", S.c.play),
            Shown("known", S.c.known, "hundredths"),
            Shown("next_change", S.c.next_change, "day"),
        ),
        _kept(
            "score_history",
            H.join(V, V.c.version_key == H.c.version_key).join(L, L.c.lead == H.c.lead),
            [H.c.entry],
            Shown("entry", H.c.entry, "integer"),
            OF_LEAD,
            Shown("model", V.c.model),
            Shown("version", V.c.number, "integer"),
            Shown("at", H.c.at, "instant"),
            Shown("day", H.c.day, "day"),
            Shown("cause", H.c.cause),
            Shown("messages", H.c.messages),
            Shown("score_before", H.c.score_before, "hundredths"),
            Shown("score_after", H.c.score_after, "hundredths"),
            Shown("before", H.c.before, "verdict"),
            Shown("after", H.c.after, "verdict"),
        ),
        _kept(
            "identities",
            I_.join(L, L.c.lead == I_.c.lead),
            [I_.c.kind, I_.c.value],
            Shown("kind", I_.c.kind),
            Shown("value", I_.c.value),
            OF_LEAD,
            Shown("since", I_.c.at, "instant"),
        ),
        _kept(
            "consents",
            C.join(L, L.c.lead == C.c.lead),
            [C.c.lead, C.c.purpose, C.c.at],
            OF_LEAD,
            Shown("purpose", C.c.purpose),
            Shown("at", C.c.at, "instant"),
            Shown("given", C.c.given, "boolean"),
            Shown("source", C.c.source),
        ),
        _kept(
            "adjustments",
            M.join(L, L.c.lead == M.c.lead),
            [M.c.adjustment],
            Shown("adjustment", M.c.adjustment, "integer"),
            OF_LEAD,
            Shown("model", M.c.model),
            Shown("dimension", M.c.dimension),
            Shown("points", M.c.points, "thousandths"),
            Shown("reason", M.c.reason),
            Shown("made_by", M.c.made_by),
            Shown("made_at", M.c.made_at, "instant"),
            Shown("first_day", M.c.first_day, "day"),
            Shown("last_day", M.c.last_day, "day"),
            Shown("withdrawn_at", M.c.withdrawn_at, "instant"),
        ),
    )
}
"""Every table, as it is kept."""
