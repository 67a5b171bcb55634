"""Small tables filled again and again, and statements that wait for them: for live scores.

To read a long statement and find its names costs more than to run it over a few rows, so it is
prepared once. Its tables must be tables: a prepared statement goes on reading the frame that a name
stood for when it was first run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import duckdb

from tamis.sql.chain import SQL_TYPES
from tamis.sql.relation import Relation


class SmallTables:
    """The tables of one connection; each exists, with the columns of its relation."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._empty: set[str] = set()
        self._prepared: dict[str, str] = {}

    def fill(self, relation: Relation, rows: Sequence[Sequence[object]]) -> None:
        """Put rows in place of what a table holds; values are in the order of the columns."""
        name = relation.name
        if not rows and name in self._empty:
            return
        self._connection.execute(f"TRUNCATE {name}")
        if rows:
            self._empty.discard(name)
            lists = [list(values) for values in zip(*rows, strict=True)]
            self._connection.execute(_insert(relation), lists)
        else:
            self._empty.add(name)

    def run(self, sql: str) -> list[tuple[object, ...]]:
        """All rows of a statement, prepared the first time it is run."""
        if sql not in self._prepared:
            name = f"tamis__{len(self._prepared)}"
            self._connection.execute(f"PREPARE {name} AS {sql}")
            self._prepared[sql] = name
        return self._connection.execute(f"EXECUTE {self._prepared[sql]}").fetchall()


@lru_cache(maxsize=256)
def _insert(relation: Relation) -> str:
    """The statement that takes a list of values for each column.

    To register a frame would be a change of the catalogue, after which every prepared statement is
    planned anew whenever it is run.
    """
    lists = ", ".join(
        f"unnest(${place}::{SQL_TYPES[one.type].sql('duckdb')}[])"
        for place, one in enumerate(relation.columns, start=1)
    )
    return f"INSERT INTO {relation.name} SELECT {lists}"
