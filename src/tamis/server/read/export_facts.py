"""Facts for a batch: leads, accounts, events, outcomes, manual points as `tamis score` reads them.

Scored with the same model on the same day, they give the scores of the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from tamis.model.spec import Field, FieldType, Model, Table
from tamis.server.clock import day_of, instant_of
from tamis.server.read.answering import json_of
from tamis.server.read.export_tables import Cells, Exported
from tamis.server.scoring.known import KnownLead
from tamis.server.scoring.typed import Cell, UnreadableError, cell, cells, value_in
from tamis.server.store.tables import messages, people

L, A, E = people.leads, people.accounts, messages.events
U, M = people.outcomes, people.adjustments
Made = Callable[[Row[Any]], Cells | None]


def facts(model: Model) -> Mapping[str, Exported]:
    """The tables that a batch with the model reads; people who opted out are left out."""
    tables = (_leads(model), _accounts(model), _events(model), _outcomes(), _adjustments(model))
    return {table.name: table for table in tables}


def _exported(
    name: str,
    columns: Sequence[tuple[str, FieldType]],
    query: Any,  # noqa: ANN401 (a select of any columns)
    key: Any,  # noqa: ANN401 (a column)
    made: Made,
) -> Exported:
    def all_made(rows: Sequence[Row[Any]], _: Connection) -> Iterator[Cells]:
        return (found for found in map(made, rows) if found is not None)

    return Exported(name, columns, query, [key], all_made)


def _fields(model: Model, table: Table, *taken: str) -> tuple[Field, ...]:
    return tuple(field for field in model.fields_of(table) if field.name not in taken)


def _columns(fields: Sequence[Field]) -> list[tuple[str, FieldType]]:
    return [(field.name, field.type) for field in fields]


def known_cells(values: Mapping[str, object], fields: Sequence[Field], zone: ZoneInfo) -> Cells:
    """The declared fields; what cannot be read is not known, as in live scoring."""
    return [_known(values, field, zone) for field in fields]


def _known(values: Mapping[str, object], field: Field, zone: ZoneInfo) -> Cell:
    try:
        return cell(value_in(values, field.name), field.type, zone)
    except UnreadableError:
        return None


def _leads(model: Model) -> Exported:
    fields, zone = _fields(model, "lead", "lead_id", "account_id"), ZoneInfo(model.timezone)
    columns = (L.c.lead, L.c.lead_id, L.c.account_id, L.c.fields, L.c.first_at)

    def made(row: Row[Any]) -> Cells:
        lead = KnownLead(row.lead, row.lead_id, row.account_id, row.fields, row.first_at, False)  # noqa: FBT003
        return [row.lead_id, row.account_id, *known_cells(lead.values, fields, zone)]

    shown: list[tuple[str, FieldType]] = [("lead_id", "text"), ("account_id", "text")]
    query = select(*columns).where(L.c.opted_out.is_(False))
    return _exported("leads", [*shown, *_columns(fields)], query, L.c.lead, made)


def _accounts(model: Model) -> Exported:
    fields, zone = _fields(model, "account", "account_id"), ZoneInfo(model.timezone)

    def made(row: Row[Any]) -> Cells:
        return [row.account_id, *known_cells(json_of(row.fields), fields, zone)]

    query = select(A.c.account_id, A.c.fields)
    columns: list[tuple[str, FieldType]] = [("account_id", "text"), *_columns(fields)]
    return _exported("accounts", columns, query, A.c.account, made)


def _events(model: Model) -> Exported:
    fixed: list[tuple[str, FieldType]] = [
        ("lead_id", "text"),
        ("event", "text"),
        ("timestamp", "timestamp"),
        ("event_id", "text"),
        ("bot", "boolean"),
    ]
    fields, zone = _fields(model, "event", *(name for name, _ in fixed)), ZoneInfo(model.timezone)

    def made(row: Row[Any]) -> Cells | None:
        found = cells(json_of(row.properties), fields, zone)
        if found is None:
            # As everywhere: an event with a cell that cannot be read counts for nothing.
            return None
        at = instant_of(row.at).replace(tzinfo=None)
        return [row.lead_id, row.event, at, row.message_id, row.bot is not None, *found]

    query = (
        select(L.c.lead_id, E.c.event, E.c.at, E.c.message_id, E.c.bot, E.c.properties)
        .select_from(E.join(L, L.c.lead == E.c.lead))
        .where(L.c.opted_out.is_(False), E.c.event.is_not(None))
    )
    return _exported("events", [*fixed, *_columns(fields)], query, E.c.event_key, made)


def _outcomes() -> Exported:
    def made(row: Row[Any]) -> Cells:
        amount = None if row.amount is None else Decimal(row.amount).scaleb(-6)
        return [row.lead_id, row.outcome, instant_of(row.at).replace(tzinfo=None), amount]

    query = (
        select(L.c.lead_id, U.c.outcome, U.c.at, U.c.amount)
        .select_from(U.join(L, L.c.lead == U.c.lead))
        .where(L.c.opted_out.is_(False))
    )
    columns: list[tuple[str, FieldType]] = [("lead_id", "text"), ("outcome", "text")]
    columns += [("timestamp", "timestamp"), ("amount", "number")]
    return _exported("outcomes", columns, query, U.c.outcome_key, made)


def _adjustments(model: Model) -> Exported:
    def made(row: Row[Any]) -> Cells:
        last = None if row.last_day is None else day_of(row.last_day)
        points = Decimal(row.points).scaleb(-3)
        return [row.lead_id, row.dimension, points, day_of(row.first_day), last, row.reason]

    query = (
        select(L.c.lead_id, M.c.dimension, M.c.points, M.c.first_day, M.c.last_day, M.c.reason)
        .select_from(M.join(L, L.c.lead == M.c.lead))
        .where(
            L.c.opted_out.is_(False),
            M.c.model == model.name,
            M.c.withdrawn_at.is_(None),
            M.c.dimension.in_([dimension.name for dimension in model.dimensions]),
        )
    )
    columns: list[tuple[str, FieldType]] = [("lead_id", "text"), ("dimension", "text")]
    columns += [("points", "number"), ("first_day", "date"), ("last_day", "date")]
    return _exported("adjustments", [*columns, ("reason", "text")], query, M.c.adjustment, made)
