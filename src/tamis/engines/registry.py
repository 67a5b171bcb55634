"""Engines by name, each imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tamis.engines.base import Session
from tamis.errors import UsageError


def _duckdb(memory: str | None, spill: Path | None) -> Session:
    from tamis.engines.duckdb import DuckDB  # noqa: PLC0415 (on demand)

    return DuckDB(memory=memory, spill=spill)


ENGINES: Mapping[str, Callable[[str | None, Path | None], Session]] = {"duckdb": _duckdb}
"""How to open each engine, with a bound on memory and a directory to spill to."""


def open_session(
    name: str = "duckdb", *, memory: str | None = None, spill: Path | None = None
) -> Session:
    """A session of an engine. Raises: UsageError for a name that is no engine."""
    if name not in ENGINES:
        message = f"unknown engine `{name}`; there is {', '.join(ENGINES)}"
        raise UsageError(message)
    return ENGINES[name](memory, spill)
