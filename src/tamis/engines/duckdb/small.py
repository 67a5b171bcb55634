"""Small tables given again and again under the same names: for live scores.

A statement over them is read anew each time: one that is prepared would go on reading what its
tables held when it was first run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import duckdb

from tamis.sql.relation import Relation, Type

if TYPE_CHECKING:
    import pyarrow


class SmallTables:
    """The small tables of one connection, each an Arrow table under a name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._empty: set[str] = set()

    def fill(self, relation: Relation, rows: Sequence[Sequence[object]]) -> None:
        """Put rows under a relation's name; values are in the order of the columns."""
        name = relation.name
        if not rows and name in self._empty:
            return
        self._connection.register(name, arrow(relation, rows))
        self._empty.add(name) if not rows else self._empty.discard(name)


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
