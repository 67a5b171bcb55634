"""Small tables filled again and again, and statements that wait for them: for live scores.

To read a long statement and find its names costs more than to run it over a few rows, so it is
prepared once. Its tables must be tables: a prepared statement goes on reading the frame that a name
stood for when it was first run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb

from tamis.sql.relation import Relation, Type

if TYPE_CHECKING:
    import pyarrow

FILLING = "tamis__filling"


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
            self._connection.register(FILLING, arrow(relation, rows))
            self._connection.execute(f"INSERT INTO {name} SELECT * FROM {FILLING}")  # noqa: S608
        else:
            self._empty.add(name)

    def run(self, sql: str) -> list[tuple[object, ...]]:
        """All rows of a statement, prepared the first time it is run."""
        if sql not in self._prepared:
            name = f"tamis__{len(self._prepared)}"
            self._connection.execute(f"PREPARE {name} AS {sql}")
            self._prepared[sql] = name
        return self._connection.execute(f"EXECUTE {self._prepared[sql]}").fetchall()


def arrow(relation: Relation, rows: Sequence[Sequence[object]]) -> pyarrow.Table:
    """Rows as an Arrow table with the types of a relation."""
    import pyarrow as pa  # noqa: PLC0415 (an optional package)

    types: dict[Type, pa.DataType] = {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.decimal128(24, 6),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "timestamp": pa.timestamp("us"),
        "wide": pa.decimal128(38, 0),
    }
    values = list(zip(*rows, strict=True)) or [()] * len(relation.columns)
    columns = [
        pa.array(given, types[one.type])
        for one, given in zip(relation.columns, values, strict=True)
    ]
    return pa.table(columns, names=list(relation.column_names))
