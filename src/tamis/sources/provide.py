"""From tables as delivered to the input relations of the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from tamis.engines.base import Session
from tamis.facts.inputs import inputs
from tamis.facts.plan import Plan, Shape
from tamis.model.spec import Model
from tamis.sources.options import Options
from tamis.sql.chain import SQL_TYPES
from tamis.sql.write import column, named

Table = object
"""A file, a glob, a list of files, a data frame, or a sequence of mappings."""


@dataclass(frozen=True)
class Counts:
    """What was read and what was left out, for the run's report."""

    leads: int = 0
    accounts: int = 0
    events: int = 0
    unknown_leads: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class Provided:
    """The shape of the data now readable by the chain, and the counts."""

    shape: Shape
    counts: Counts


def provide(
    session: Session,
    model: Model,
    as_of: date,
    *,
    leads: Table,
    accounts: Table | None,
    events: Table | None,
    options: Options,
) -> Provided:
    """Make the input relations of the chain readable in the session."""
    del options
    tables = {"lead_rows": leads, "account_rows": accounts, "event_rows": events}
    found: dict[str, Sequence[Mapping[str, object]]] = {k: v for k, v in tables.items() if v is not None}  # type: ignore[misc]
    has = {name: {key for row in rows for key in row} for name, rows in found.items()}
    shape = Shape(
        accounts="account_rows" in found,
        events="event_rows" in found,
        valid_from="valid_from" in has["lead_rows"],
        event_ids="event_id" in has.get("event_rows", ()),
        bots="bot" in has.get("event_rows", ()),
    )
    for relation in inputs(Plan(model, as_of, shape)):
        rows = found[relation.name]
        raw = {c.name: [row.get(c.name.partition("__")[2] or c.name) for row in rows] for c in relation.columns}
        session.columns(f"{relation.name}_raw", raw)
        typed = [named(exp.cast(column(c.name), SQL_TYPES[c.type]), c.name) for c in relation.columns]
        session.keep(relation.name, exp.select(*typed).from_(f"{relation.name}_raw"))
    return Provided(shape, Counts())
