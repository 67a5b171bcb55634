"""DuckDB: the default engine, in process. The one place where its driver is imported."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
from sqlglot import exp

from tamis.engines.base import OutputKind, Scan
from tamis.errors import EngineError, Place, SourceError
from tamis.sql.chain import SQL_TYPES, Constants

COPY_OPTIONS: Mapping[OutputKind, str] = {
    "parquet": "FORMAT parquet, COMPRESSION zstd",
    "csv": "FORMAT csv, HEADER",
    "jsonl": "FORMAT json",
}


class DuckDB:
    """A session of DuckDB in memory, which spills to a directory of its own when memory is short.

    `memory` such as "2GB" bounds it (default: four fifths of the machine's); `spill` is the directory to
    make the spill folder in (default: the system's temporary directory).
    Raises: EngineError for a memory limit that DuckDB does not understand.
    """

    dialect = "duckdb"

    def __init__(
        self, *, memory: str | None = None, threads: int | None = None, spill: Path | None = None
    ) -> None:
        self._spill = Path(tempfile.mkdtemp(prefix="tamis-", dir=spill))
        config: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self._spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if memory:
            config["memory_limit"] = memory
        if threads:
            config["threads"] = threads
        try:
            self._connection = duckdb.connect(config=config)
        except duckdb.Error as error:
            shutil.rmtree(self._spill, ignore_errors=True)
            raise EngineError(f"DuckDB did not start: {_first_line(error)}") from error
        self._connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false")

    def scan(self, name: str, scan: Scan) -> None:
        """Make files readable under a name. Raises: SourceError when they cannot be read."""
        try:
            self._scan(name, scan)
        except duckdb.Error as error:
            raise SourceError(_first_line(error), Place(", ".join(scan.paths))) from error

    def _scan(self, name: str, scan: Scan) -> None:
        if scan.kind in ("duckdb", "sqlite"):
            self._attach(name, scan)
            return
        paths = list(scan.paths)
        match scan.kind:
            case "csv":
                relation = self._connection.read_csv(
                    paths,  # type: ignore[arg-type]
                    header=True,
                    all_varchar=True,
                    delimiter=scan.delimiter,
                    quotechar=scan.quote,
                    escapechar=scan.quote,
                    strict_mode=True,
                )
            case "parquet":
                relation = self._connection.read_parquet(paths, union_by_name=True)
            case "jsonl":
                relation = self._connection.read_json(paths, format="newline_delimited")  # type: ignore[arg-type]
        relation.create_view(name, replace=True)

    def _attach(self, name: str, scan: Scan) -> None:
        (path,) = scan.paths
        self._connection.execute(f"ATTACH {exp.Literal.string(path).sql('duckdb')} AS {name}__file (READ_ONLY)")
        table = exp.table_(exp.to_identifier(scan.table, quoted=True), catalog=f"{name}__file")
        self.view(name, exp.select("*").from_(table))

    def frame(self, name: str, frame: object) -> None:
        """Make a data frame readable under a name. Raises: SourceError for what is no frame."""
        try:
            self._connection.register(name, frame)
        except (duckdb.Error, TypeError) as error:
            message = f"a data frame with the Arrow interface is expected, not a {type(frame).__name__}"
            raise SourceError(message) from error

    def types(self, name: str) -> Mapping[str, exp.DataType]:
        """The columns of a relation, in order, with their types."""
        described = self.execute(f"DESCRIBE {exp.table_(name).sql('duckdb', identify=True)}")
        return {str(row[0]): exp.DataType.build(str(row[1]), dialect="duckdb") for row in described}

    def load(self, constants: Constants) -> None:
        """Hold a small table."""
        columns = constants.relation.columns
        declared = ", ".join(f'"{c.name}" {SQL_TYPES[c.type].sql("duckdb")}' for c in columns)
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {constants.relation.name} ({declared})")
        if constants.rows:
            lists = [list(values) for values in zip(*constants.rows, strict=True)]
            unnested = ", ".join(f"unnest(${place})" for place in range(1, len(columns) + 1))
            self._connection.execute(f"INSERT INTO {constants.relation.name} SELECT {unnested}", lists)

    def view(self, name: str, query: exp.Query) -> None:
        """Give a query a name, to be run whenever it is read."""
        self._run(f"CREATE OR REPLACE TEMP VIEW {name} AS {query.sql('duckdb')}")

    def keep(self, name: str, query: exp.Query) -> None:
        """Run a query now and hold its rows under a name."""
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS {query.sql('duckdb')}")

    def drop(self, names: Iterable[str]) -> None:
        """Forget relations that are held."""
        for name in names:
            self._connection.execute(f"DROP TABLE IF EXISTS {name}")

    def columns(self, name: str, columns: Mapping[str, list[object]]) -> None:
        """Hold columns of Python values, all of one length, under a name."""
        selected = ", ".join(
            f"unnest(${place}) AS {exp.to_identifier(column, quoted=True).sql('duckdb')}"
            for place, column in enumerate(columns, start=1)
        )
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {selected}", list(columns.values()))

    def names(self, query: exp.Query) -> tuple[str, ...]:
        """The names of a query's columns."""
        return tuple(str(row[0]) for row in self.execute(f"DESCRIBE {query.sql('duckdb')}"))

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        """All rows of a query; for small results."""
        return self.execute(query.sql("duckdb"))

    def execute(self, sql: str) -> list[tuple[object, ...]]:
        """All rows of our own constant SQL."""
        return self._run(sql).fetchall()

    def arrow(self, query: exp.Query) -> object:
        """The rows of a query as an object with the Arrow interface."""
        return self._run_relation(query)

    def _run_relation(self, query: exp.Query) -> object:
        try:
            return self._connection.sql(query.sql("duckdb")).execute()
        except duckdb.Error as error:
            raise _explained(error) from error

    def write(self, query: exp.Query, path: Path, kind: OutputKind) -> int:
        """Write the rows of a query to a file; gives their number."""
        target = exp.Literal.string(str(path)).sql("duckdb")
        written = self.execute(f"COPY ({query.sql('duckdb')}) TO {target} ({COPY_OPTIONS[kind]})")
        return int(str(written[0][0]))

    def progress(self) -> float:
        """How much of the running query is done, 0 to 1."""
        return max(float(self._connection.query_progress()), 0.0) / 100

    def _run(self, sql: str, parameters: Sequence[object] | None = None) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(sql, parameters)
        except duckdb.Error as error:
            raise _explained(error) from error

    def close(self) -> None:
        """End the session and remove its spill folder."""
        self._connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _explained(error: duckdb.Error) -> EngineError | SourceError:
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError(_first_line(error), hint="give more with --memory, or more disk space to spill to")
    if isinstance(error, duckdb.IOException):
        return EngineError(_first_line(error), hint="is there disk space, and are the files still there?")
    if isinstance(error, duckdb.InvalidInputException | duckdb.ConversionException):
        return SourceError(str(error).strip())
    return EngineError(str(error).strip(), hint="this looks like a bug of Tamis: please report it")
