"""DuckDB: the default engine, in process. The one package where its driver is imported."""

from __future__ import annotations

from tamis.engines.duckdb.session import DuckDB

__all__ = ["DuckDB"]
