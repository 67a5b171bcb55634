"""A session of DuckDB: holds tables and views, runs queries, writes results."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import duckdb
from sqlglot import exp

from tamis.engines.base import OutputKind, Scan
from tamis.engines.duckdb.files import Files, in_order
from tamis.engines.duckdb.json_text import is_json, json_text
from tamis.engines.duckdb.wording import explained, first_line
from tamis.errors import EngineError, SourceError
from tamis.sql.chain import SQL_TYPES, Constants
from tamis.sql.relation import Relation

if TYPE_CHECKING:
    from tamis.engines.duckdb.small import SmallTables

COPY_OPTIONS: Mapping[OutputKind, str] = {
    "parquet": "FORMAT parquet, COMPRESSION snappy",
    "csv": "FORMAT csv, HEADER",
    "jsonl": "FORMAT json",
}


SETTINGS = """
    SET TimeZone = 'UTC';
    SET enable_progress_bar = true;
    SET enable_progress_bar_print = false;
    SET preserve_insertion_order = false
"""
"""The progress bar is what `progress` asks, so it is on, and prints nothing."""


class DuckDB:
    """A session of DuckDB in memory, which spills to a directory of its own when memory is short.

    `memory` such as "2GB" bounds it (default: four fifths of the machine's); `spill` is where
    to make the spill folder (default: the system's temporary directory).
    Raises: EngineError for a memory limit that DuckDB does not understand.
    """

    dialect = "duckdb"
    parses = True

    def __init__(
        self,
        *,
        memory: str | None = None,
        threads: int | None = None,
        spill: Path | None = None,
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
            msg = f"DuckDB did not start: {first_line(error)}"
            raise EngineError(msg) from error
        self._files = Files(self._connection)
        self._connection.execute(SETTINGS)

    def scan(self, name: str, scan: Scan) -> None:
        """Make files readable under a name. Raises: SourceError when they cannot be read."""
        self._files.scan(name, scan)

    def typed(self, relation: Relation, paths: Sequence[str]) -> None:
        """Make Parquet files that hold a relation's columns readable. Raises: SourceError."""
        self.scan(relation.name, Scan("parquet", tuple(paths)))

    def tables(self, path: str) -> tuple[str, ...]:
        """The names of the tables and views in a DuckDB file. Raises: SourceError."""
        return self._files.tables(path)

    def unpack(self, path: Path, target: Path) -> None:
        """Unpack a text in UTF-8 compressed with zstd. Raises: SourceError when it cannot be."""
        self._files.unpack(path, target)

    def is_ordered(self, paths: Sequence[str], column: str) -> bool:
        """Whether Parquet files hold a timestamp column so nearly in order that row groups part it.

        They do when the spans of the row groups add up to no more than three times the whole span.
        """
        return bool(self.rows(in_order(paths, column))[0][0])

    def frame(self, name: str, frame: object) -> None:
        """Make a data frame readable under a name. Raises: SourceError for what is no frame."""
        try:
            self._connection.register(name, frame)
        except (duckdb.Error, TypeError) as error:
            message = (
                f"a data frame with the Arrow interface is expected, not a {type(frame).__name__}"
            )
            raise SourceError(message) from error

    def texts(
        self, name: str, columns: Sequence[str], batches: Iterable[Sequence[Sequence[str | None]]]
    ) -> None:
        """Hold rows of texts that come in batches, under a name; every column is text."""
        declared = ", ".join(f"{_quoted(c)} VARCHAR" for c in columns)
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} ({declared})")
        for batch in batches:
            self._fill(name, batch, cast="::VARCHAR[]")

    def load(self, constants: Constants) -> None:
        """Hold a small table."""
        name, columns = constants.relation.name, constants.relation.columns
        declared = ", ".join(f'"{c.name}" {SQL_TYPES[c.type].sql("duckdb")}' for c in columns)
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} ({declared})")
        if constants.rows:
            self._fill(name, constants.rows)

    def _fill(self, name: str, rows: Sequence[Sequence[object]], cast: str = "") -> None:
        lists = [list(values) for values in zip(*rows, strict=True)]
        unnested = ", ".join(f"unnest(${place}{cast})" for place in range(1, len(lists) + 1))
        self._run(f"INSERT INTO {name} SELECT {unnested}", lists)

    def columns(self, name: str, columns: Mapping[str, list[object]]) -> None:
        """Hold columns of Python values, all of one length, under a name."""
        selected = ", ".join(
            f"unnest(${place}) AS {_quoted(column)}" for place, column in enumerate(columns, 1)
        )
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {selected}", list(columns.values())
        )

    def scratch(self) -> Path:
        """A folder for files of the session; it vanishes with it."""
        return self._spill

    def utc(self, instant: exp.Expr) -> exp.Expr:
        """The UTC timestamp of an instant with a time zone."""
        # A cast would ask the zone database for each row: twenty times slower.
        instant = exp.cast(instant, exp.DType.TIMESTAMPTZ)
        return exp.func(
            "make_timestamp", exp.func("epoch_us", instant, dialect="duckdb"), dialect="duckdb"
        )

    def finite(self, time: exp.Expr) -> exp.Expr:
        """The day or time itself."""
        return time

    def is_json(self, text: exp.Expr) -> exp.Expr:
        """Whether a text is well-formed JSON."""
        return is_json(text)

    def json_text(self, text: exp.Expr, name: str) -> exp.Expr:
        """A member of a JSON object as text; null where there is none or the text is no JSON."""
        return json_text(text, name)

    def member(self, struct: exp.Expr, name: str) -> exp.Expr:
        """A field of a struct."""
        return exp.Anonymous(this="struct_extract", expressions=[struct, exp.Literal.string(name)])

    def types(self, name: str) -> Mapping[str, exp.DataType]:
        """The columns of a relation, in order, with their types."""
        described = self.execute(f"DESCRIBE {exp.table_(name).sql('duckdb', identify=True)}")
        return {str(row[0]): _type(str(row[1])) for row in described}

    def names(self, query: exp.Query) -> tuple[str, ...]:
        """The names of a query's columns."""
        return tuple(str(row[0]) for row in self.execute(f"DESCRIBE {query.sql('duckdb')}"))

    def view(self, name: str, query: exp.Query) -> None:
        """Give a query a name, to be run whenever it is read."""
        self._run(f"CREATE OR REPLACE TEMP VIEW {name} AS {query.sql('duckdb')}")

    def keep(self, name: str, query: exp.Query) -> None:
        """Run a query now and hold its rows under a name."""
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS {query.sql('duckdb')}")

    def drop(self, names: Iterable[str]) -> None:
        """Forget relations, be they held, views or frames."""
        for name in names:
            for kind in ("TABLE", "VIEW"):
                # It is an error to drop one kind where the other has the name.
                with suppress(duckdb.CatalogException):
                    self._connection.execute(f"DROP {kind} IF EXISTS {name}")

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        """All rows of a query; for small results."""
        return self.execute(query.sql("duckdb"))

    def execute(self, sql: str) -> list[tuple[object, ...]]:
        """All rows of our own constant SQL."""
        with self._told():
            return self._connection.execute(sql).fetchall()

    @cached_property
    def _small(self) -> SmallTables:
        # Imported here: it needs pyarrow, which comes with the server.
        from tamis.engines.duckdb.small import SmallTables  # noqa: PLC0415

        return SmallTables(self._connection)

    def declare(self, relation: Relation, rows: Sequence[Sequence[object]] = ()) -> None:
        """Make a small table whose rows `fill` gives anew, for prepared queries alone."""
        with self._told():
            self._small.declare(relation, rows)

    def fill(self, name: str, rows: Sequence[Sequence[object]]) -> None:
        """The few rows that a declared table has from now on."""
        self._small.fill(name, rows)

    def prepare(self, query: exp.Select) -> str:
        """Plan a query over declared tables once; gives the name by which `prepared` runs it."""
        with self._told():
            return self._small.prepare(query)

    def prepared(self, name: str) -> list[tuple[object, ...]]:
        """All rows of a prepared query, over the rows that its tables have now."""
        with self._told():
            return self._small.run(name)

    def arrow(self, query: exp.Query) -> object:
        """The rows of a query as an Arrow table."""
        with self._told():
            return self._connection.sql(query.sql("duckdb")).to_arrow_table()

    def write(self, query: exp.Query, path: Path, kind: OutputKind) -> int:
        """Write the rows of a query to a file; gives their number."""
        target = exp.Literal.string(str(path)).sql("duckdb")
        written = self.execute(f"COPY ({query.sql('duckdb')}) TO {target} ({COPY_OPTIONS[kind]})")
        return int(str(written[0][0]))

    def write_parts(
        self, query: exp.Query, folder: Path, by: str, name: str
    ) -> Mapping[int, Sequence[str]]:
        """Write rows to Parquet files by the value of a column; gives the files of each value."""
        target = exp.Literal.string(str(folder)).sql("duckdb")
        pattern = exp.Literal.string(f"{name}_{{i}}").sql("duckdb")
        self.execute(
            f"COPY ({query.sql('duckdb')}) TO {target} (FORMAT parquet, COMPRESSION snappy, "
            f"PARTITION_BY ({by}), WRITE_PARTITION_COLUMNS, FILENAME_PATTERN {pattern}, "
            "OVERWRITE_OR_IGNORE)"
        )
        found: dict[int, list[str]] = {}
        for file in sorted(folder.glob(f"{by}=*/{name}_*.parquet")):
            value = int(file.parent.name.partition("=")[2])
            found.setdefault(value, []).append(str(file.relative_to(folder)))
        return found

    def progress(self) -> float:
        """How much of the running query is done, 0 to 1."""
        return max(float(self._connection.query_progress()), 0.0) / 100

    def _run(self, sql: str, parameters: Sequence[object] | None = None) -> None:
        with self._told():
            self._connection.execute(sql, parameters)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Errors in our words. Rows are fetched inside too: some errors come with them only."""
        try:
            yield
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        except duckdb.Error as error:
            raise explained(error, self._files.parquet) from error
        except RuntimeError as error:
            # What DuckDB raises where Python has seen Ctrl-C first.
            if "interrupt" in str(error).lower():
                raise KeyboardInterrupt from error
            raise

    def close(self) -> None:
        """End the session and remove its spill folder."""
        self._connection.close()
        shutil.rmtree(self._spill, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _type(shown: str) -> exp.DataType:
    # DuckDB shows the type of a column of nulls in quotes.
    if shown == "TIMESTAMPTZ_NS":
        # SQLGlot does not know it; what we do with an instant does not depend on its precision.
        return exp.DataType.build("TIMESTAMPTZ", dialect="duckdb")
    return exp.DataType.build(shown.strip('"') if shown == '"NULL"' else shown, dialect="duckdb")


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("duckdb")
