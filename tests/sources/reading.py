"""Reads tables into a session as a run does, and hands back what the chain would see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tamis.engines.duckdb import DuckDB
from tamis.model.document import Problems
from tamis.model.load import read_model
from tamis.model.spec import Model
from tamis.sources import Counts, Options, provide

AS_OF = date(2026, 11, 21)
Row = dict[str, Any]


def model(zone: str = "Europe/Paris", **fields: dict[str, str]) -> Model:
    """A model that declares the fields of `lead`, `account` and `event`."""
    lines = ["tamis: 1", "name: m", f"timezone: {zone}", "fields:"]
    for table in ("lead", "account", "event"):
        lines.append(f"  {table}:")
        lines += [f"    {name}: {kind}" for name, kind in fields.get(table, {"x": "text"}).items()]
    lines.append('dimensions: {fit: {rules: [{id: r, event: "*", points: 1}]}}')
    found = read_model("\n".join(lines), "model.yaml", Problems())
    assert found is not None
    return found


@dataclass(frozen=True)
class Read:
    """The input relations as rows, by our own names, and what was counted."""

    leads: list[Row]
    accounts: list[Row]
    events: list[Row]
    counts: Counts
    shape: Any


def read(
    about: Model,
    leads: object = (),
    accounts: object = None,
    events: object = None,
    options: Options | None = None,
) -> Read:
    """What the chain would see of the tables."""
    with DuckDB(threads=1) as session:
        found = provide(
            session,
            about,
            AS_OF,
            leads=leads,
            accounts=accounts,
            events=events,
            options=options or Options(),
        )

        def rows(name: str, *, there: bool) -> list[Row]:
            if not there:
                return []
            names = [one.partition("__")[2] or one for one in session.types(name)]
            held = session.execute(f"SELECT * FROM {name} ORDER BY ALL")
            return [dict(zip(names, row, strict=True)) for row in held]

        return Read(
            rows("lead_rows", there=True),
            rows("account_rows", there=accounts is not None),
            rows("event_rows", there=events is not None),
            found.counts,
            found.shape,
        )


def column(of: list[Row], name: str) -> list[Any]:
    """One column of the rows."""
    return [row[name] for row in of]
