"""What each engine is, as data: how it is asked for, what it needs, and what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Why = Literal["not made", "not yet possible", "never"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that an engine does not do, by the name of the case that shows it, and why."""

    case: str
    why: Why
    reason: str


@dataclass(frozen=True, slots=True)
class Capabilities:
    """An engine: the module that opens it, what to install for it, and where it can run.

    `module` has a function `open_engine(memory, spill, master)`. `extra` is what `pip install
    tamis[extra]` adds; empty: nothing. `master` says in words what names the place where it runs;
    empty: it runs in this process alone.
    """

    module: str
    extra: str = ""
    master: str = ""
    gaps: tuple[Gap, ...] = ()


ENGINES: Mapping[str, Capabilities] = {
    "duckdb": Capabilities("tamis.engines.duckdb"),
    "spark": Capabilities("tamis.engines.spark", "spark", "a Spark master, as spark://host:7077"),
    "clickhouse": Capabilities(
        "tamis.engines.clickhouse", "clickhouse", "a ClickHouse server, as http://host:8123"
    ),
    "postgres": Capabilities(
        "tamis.engines.postgres", "postgres", "a PostgreSQL server, as postgresql://host/database"
    ),
}
"""The engines by the name that `--engine` takes."""
