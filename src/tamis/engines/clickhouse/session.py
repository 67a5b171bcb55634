"""A session of ClickHouse: holds temporary tables, runs queries, writes results."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlglot import exp

from tamis.engines.arrow_files import write_batches
from tamis.engines.base import OutputKind
from tamis.engines.clickhouse.place import Place
from tamis.engines.clickhouse.types import arrow_type, as_declared, declared, values
from tamis.engines.held_steps import parted
from tamis.errors import EngineError
from tamis.sql.chain import Constants
from tamis.sql.dialects import corrected
from tamis.sql.relation import Relation

if TYPE_CHECKING:
    import pyarrow

SETTINGS: dict[str, str | int] = {
    "join_use_nulls": 1,  # a row without a match has nulls, not zeros
    "prefer_column_name_to_alias": 1,  # a name in WHERE is the column, not what SELECT makes of it
    "input_format_null_as_default": 0,
    "decimal_check_overflow": 1,
    "short_circuit_function_evaluation": "force_enable",  # what a CASE guards is not computed
    "session_timezone": "UTC",
}
SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT]?)(i?)B?", re.IGNORECASE)


class ClickHouse:
    """A session of ClickHouse at a place; `memory` such as "2GB" bounds each of its statements.

    Raises: EngineError for a memory limit that is none.
    """

    dialect = "clickhouse"

    def __init__(self, place: Place, *, memory: str | None = None) -> None:
        self._place = place
        self._held: set[str] = set()
        limit = {"max_memory_usage": bytes_of(memory)} if memory else {}
        for name, value in (SETTINGS | limit).items():
            place.run(f"SET {name} = {value!r}")

    def typed(self, relation: Relation, paths: Sequence[str]) -> None:
        """Make Parquet files that hold a relation's columns readable. Raises: SourceError."""
        self._named_anew(relation.name)
        columns = ", ".join(declared(column) for column in relation.columns)
        self._place.parquet(relation.name, columns, paths)

    def load(self, constants: Constants) -> None:
        """Hold a small table."""
        name = constants.relation.name
        columns = ", ".join(declared(column) for column in constants.relation.columns)
        self._named_anew(name)
        self._place.run(f"CREATE TEMPORARY TABLE {name} ({columns}) ENGINE = Memory")
        if constants.rows:
            lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in constants.rows)
            self._place.fill(name, lines.encode(), "JSONCompactEachRow")

    def view(self, name: str, query: exp.Query) -> None:
        """Give a query a name, to be run whenever it is read."""
        self._named_anew(name)
        self._place.run(f"CREATE TEMPORARY VIEW {name} AS {self._sql(query)}")

    def keep(self, name: str, query: exp.Query) -> None:
        """Run a query now and hold its rows, on disk, under a name."""
        with self._made_once(query) as rest:
            self._hold(name, rest)

    def _hold(self, name: str, query: exp.Query) -> None:
        self._named_anew(name)
        self._place.run(f"CREATE TEMPORARY TABLE {name} ENGINE = Log AS {self._sql(query)}")

    @contextmanager
    def _made_once(self, query: exp.Query) -> Iterator[exp.Query]:
        """The query with those of its steps held that ClickHouse would make several times.

        It knows a WITH as a text that stands in for its name.
        """
        apart, rest = parted(query)
        try:
            for name, step in apart:
                self._hold(name, step)
            yield rest
        finally:
            self.drop(name for name, _ in apart)

    def drop(self, names: Iterable[str]) -> None:
        """Forget relations that are held."""
        for name in self._held.intersection(names):
            self._place.run(f"DROP TEMPORARY TABLE {name}")
            self._held.discard(name)

    def _named_anew(self, name: str) -> None:
        self.drop([name])
        self._held.add(name)

    def names(self, query: exp.Query) -> tuple[str, ...]:
        """The names of a query's columns."""
        made = {part.alias: part.this for part in query.ctes}
        source = query.args.get("from_")
        if query.is_star and source and source.this.name in made:
            return tuple(made[source.this.name].named_selects)
        return tuple(self._schema(query).names)

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        """All rows of a query; for small results."""
        with self._made_once(query) as rest:
            table = self._place.table(self._sql(rest))
        return list(zip(*(values(c) for c in table.itercolumns()), strict=True))

    def arrow(self, query: exp.Query) -> object:
        """The rows of a query as an Arrow table."""
        import pyarrow as pa  # noqa: PLC0415 (an optional package)

        schema = self._schema(query)
        return pa.Table.from_batches(self._batches(query, schema), schema)

    def write(self, query: exp.Query, path: Path, kind: OutputKind) -> int:
        """Write the rows of a query to a file; gives their number."""
        schema = self._schema(query)
        return write_batches(self._batches(query, schema), schema, path, kind)

    def progress(self) -> float:
        """How much of the running query is done, 0 to 1."""
        return self._place.progress()

    def _batches(self, query: exp.Query, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
        with self._made_once(query) as rest:
            for batch in self._place.batches(self._sql(rest)):
                yield as_declared(batch, schema)

    def _schema(self, query: exp.Query) -> pyarrow.Schema:
        import pyarrow as pa  # noqa: PLC0415 (an optional package)

        described = self._place.table(f"DESCRIBE TABLE ({self._sql(query)})")
        shown = zip(described["name"].to_pylist(), described["type"].to_pylist(), strict=True)
        return pa.schema([(name, arrow_type(type_)) for name, type_ in shown])

    def _sql(self, query: exp.Query) -> str:
        return corrected(query, self.dialect).sql(self.dialect)

    def close(self) -> None:
        """End the session and free what it holds."""
        self._place.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def bytes_of(memory: str) -> int:
    """A size in words, as a number of bytes: 2GB, 512 MiB. Raises: EngineError for none.

    >>> bytes_of("1.5GB"), bytes_of("1KiB")
    (1500000000, 1024)
    """
    found = SIZE.fullmatch(memory.strip())
    if not found:
        message = f"`{memory}` is no size of memory: write 2GB or 512MB"
        raise EngineError(message)
    base = 1024 if found[3] else 1000
    return int(float(found[1]) * base ** " KMGT".index(found[2].upper() or " "))
