"""Runs a model given as a mapping over rows, on a real engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from tests.strategies import written

from tamis.engines.base import Engine
from tamis.engines.duckdb import DuckDB
from tamis.facts.plan import Plan
from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.run import Result, judge
from tamis.sources import Options, Provided, provide
from tamis.sources.hand_over import hand_over

Row = dict[str, Any]


@dataclass(frozen=True)
class Ran:
    """What a run gave, as rows."""

    scores: list[Row]
    contributions: list[Row]
    accounts: list[Row]
    counters: dict[str, int]


def ran(
    model: Mapping[str, Any],
    leads: list[Row],
    accounts: list[Row],
    events: list[Row],
    as_of: date,
    *,
    adjustments: list[Row] | None = None,
    **shape: bool,
) -> Ran:
    """The result of a run on DuckDB; `shape` overrules what the data are seen to be like."""
    with DuckDB(threads=1) as session:
        facts = (leads, accounts, events)
        return _rows(judged(session, model, facts, as_of, adjustments=adjustments, **shape))


def ran_on(
    engine: Engine,
    model: Mapping[str, Any],
    rows: tuple[list[Row], list[Row], list[Row]],
    as_of: date,
    *,
    adjustments: list[Row] | None = None,
) -> Ran:
    """The result of a run on another engine, of leads, accounts and events that DuckDB has read."""
    loaded = checked_model(written(dict(model)), "model.yaml")
    with DuckDB(threads=1) as reader:
        provided = provided_of(reader, loaded, rows, as_of, adjustments)
        hand_over(reader, engine, Plan(loaded, as_of, provided.shape))
        return _rows(judge(engine, loaded, as_of, provided))


def judged(
    session: DuckDB,
    model: Mapping[str, Any],
    rows: tuple[list[Row], list[Row], list[Row]],
    as_of: date,
    *,
    adjustments: list[Row] | None = None,
    **shape: bool,
) -> Result:
    """A result that the session still holds."""
    loaded = checked_model(written(dict(model)), "model.yaml")
    provided = provided_of(session, loaded, rows, as_of, adjustments)
    forced = replace(provided, shape=replace(provided.shape, **shape))
    return judge(session, loaded, as_of, forced)


def provided_of(
    session: DuckDB,
    loaded: Model,
    rows: tuple[list[Row], list[Row], list[Row]],
    as_of: date,
    adjustments: list[Row] | None = None,
) -> Provided:
    """The facts that a session can read now."""
    dated = {f.name for f in loaded.fields if f.type == "timestamp"} | {"timestamp", "valid_from"}
    zone = ZoneInfo(loaded.timezone)
    tables = {
        name: [_instants(row, dated, zone) for row in table] if table or name == "leads" else None
        for name, table in zip(("leads", "accounts", "events"), rows, strict=True)
    }
    given = adjustments or None
    return provide(session, loaded, as_of, **tables, options=Options(), adjustments=given)


def _rows(result: Result) -> Ran:
    accounts = result.accounts.rows() if result.model.accounts else []
    counts = {"unknown_leads": result.counts.unknown_leads, "unreadable": result.counts.unreadable}
    return Ran(result.scores.rows(), result.contributions.rows(), accounts, counts)


def _instants(row: Row, dated: set[str], zone: ZoneInfo) -> Row:
    """Instants in UTC without offset; a date alone for an instant is its local midnight."""
    return {name: _instant(value, zone) if name in dated else value for name, value in row.items()}


def _instant(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return datetime.combine(value, time(), tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    return value
