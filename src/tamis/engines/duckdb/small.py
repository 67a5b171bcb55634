"""Small tables whose rows are given anew for each question, and statements that wait for them.

To plan a long statement costs ten times what it takes to run it over a few rows, so it is planned
once. That holds only for statements that read no table of the catalogue: before each run of another
one the engine looks whether its tables changed, and plans it anew. So the rows stay in Python, and
the engine is given them when a statement that stands ready reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from tamis.sql.chain import SQL_TYPES
from tamis.sql.relation import Relation, Type
from tamis.sql.write import column, named

ARROW: Mapping[Type, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.decimal128(24, 6),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    # Arrow has no whole numbers of 128 bits: they are read from text.
    "wide": pa.string(),
}


class SmallTables:
    """The small tables of one connection, and the statements prepared over them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables: dict[str, _Table] = {}
        self._prepared = 0

    def declare(self, relation: Relation, rows: Sequence[Sequence[object]] = ()) -> None:
        """Make a table that statements can read, with its first rows."""
        self._tables[relation.name] = _Table(relation)
        self.fill(relation.name, rows)

    def fill(self, name: str, rows: Sequence[Sequence[object]]) -> None:
        """The rows that a table has from now on, in the order of its columns."""
        self._tables[name].hold(rows)

    def prepare(self, query: exp.Select) -> str:
        """Plan a query over declared tables; gives the name by which to run it."""
        name = f"tamis__{self._prepared}"
        self._prepared += 1
        wide = [one for one in self._tables.values() if one.is_wide]
        typed = exp.select("*").from_(query.subquery("q"))
        for one in wide:
            typed = typed.with_(one.name, as_=one.typed(), copy=False)
        # The engine finds Python's objects by the names of variables where it is called.
        scope = {one.source: one for one in self._tables.values()}
        sql = f"PREPARE {name} AS {typed.sql('duckdb')}"
        exec("connection.execute(sql)", {"connection": self._connection, "sql": sql, **scope})  # noqa: S102
        return name

    def run(self, name: str) -> list[tuple[object, ...]]:
        """All rows of a prepared query."""
        return self._connection.execute(f"EXECUTE {name}").fetchall()


class _Table:
    """Rows that whoever reads them is given as a stream, by Arrow's PyCapsule interface.

    `source` is the name under which it is read: the relation's, where no type is to be told.
    """

    def __init__(self, relation: Relation) -> None:
        self.name, self._columns = relation.name, relation.columns
        self.is_wide = any(one.type == "wide" for one in self._columns)
        self.source = f"{self.name}__rows" if self.is_wide else self.name
        self._schema = pa.schema([(one.name, ARROW[one.type]) for one in self._columns])
        self._held = self._schema.empty_table()

    def typed(self) -> exp.Select:
        """The rows, with types that Arrow does not have."""
        columns = [
            named(exp.cast(column(one.name), SQL_TYPES["wide"]), one.name)
            if one.type == "wide"
            else column(one.name)
            for one in self._columns
        ]
        return exp.select(*columns).from_(self.source)

    def hold(self, rows: Sequence[Sequence[object]]) -> None:
        """Hold other rows."""
        if not rows:
            self._held = self._schema.empty_table()
            return
        arrays: list[Any] = []
        for field, one, values in zip(
            self._schema, self._columns, zip(*rows, strict=True), strict=True
        ):
            given = [v if v is None else str(v) for v in values] if one.type == "wide" else values
            arrays.append(pa.array(given, field.type))
        self._held = pa.Table.from_arrays(arrays, schema=self._schema)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._held.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self._schema.__arrow_c_schema__()
