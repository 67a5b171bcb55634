"""DuckDB: the default engine, in process. The one package where its driver is imported."""

from __future__ import annotations

from pathlib import Path

from tamis.engines.duckdb.session import DuckDB

__all__ = ["DuckDB", "open_engine"]


def open_engine(memory: str | None, spill: Path | None, master: str | None) -> DuckDB:
    """A session in this process. Raises: EngineError for a memory limit that it does not know."""
    assert not master
    return DuckDB(memory=memory, spill=spill)
