"""Small tables filled again and again, and statements that wait for them: for live scores.

Planning a statement costs more than running it over a few rows, so it is planned once; its tables
stay, and only their rows change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb

from tamis.sql.relation import Relation, Type

if TYPE_CHECKING:
    import pyarrow


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
        self._empty.add(name)
        if rows:
            self._empty.discard(name)
            self._connection.register("tamis__filling", arrow(relation, rows))
            self._connection.execute(f"INSERT INTO {name} SELECT * FROM tamis__filling")

    def run(self, sql: str) -> list[tuple[object, ...]]:
        """All rows of a statement, planned the first time it is run."""
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
    columns = [
        pa.array(values, types[one.type])
        for one, values in zip(relation.columns, zip(*rows, strict=True), strict=True)
    ]
    return pa.table(columns, names=list(relation.column_names))
