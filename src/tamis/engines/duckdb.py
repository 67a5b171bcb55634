"""DuckDB: the default engine, in process. The one place where its driver is imported."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
from sqlglot import exp

from tamis.engines.base import FILE_COLUMN, OutputKind, Scan
from tamis.errors import EngineError, Place, SourceError
from tamis.sql.chain import SQL_TYPES, Constants

COPY_OPTIONS: Mapping[OutputKind, str] = {
    "parquet": "FORMAT parquet, COMPRESSION snappy",
    "csv": "FORMAT csv, HEADER",
    "jsonl": "FORMAT json",
}


SETTINGS = """
    SET TimeZone = 'UTC';
    SET enable_progress_bar_print = false;
    SET preserve_insertion_order = false
"""


class DuckDB:
    """A session of DuckDB in memory, which spills to a directory of its own when memory is short.

    `memory` such as "2GB" bounds it (default: four fifths of the machine's); `spill` is where
    to make the spill folder (default: the system's temporary directory).
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
            msg = f"DuckDB did not start: {_first_line(error)}"
            raise EngineError(msg) from error
        self._catalogs: dict[str, str] = {}
        self._parquet: tuple[str, ...] = ()
        self._connection.execute(SETTINGS)

    def scan(self, name: str, scan: Scan) -> None:
        """Make files readable under a name. Raises: SourceError when they cannot be read."""
        try:
            self._scan(name, scan)
        except duckdb.Error as error:
            raise _unreadable(error, scan.paths, parquet=scan.kind == "parquet") from error

    def _scan(self, name: str, scan: Scan) -> None:
        match scan.kind:
            case "csv":
                self._scan_csv(name, scan)
            case "parquet":
                self._parquet += scan.paths
                relation = self._connection.read_parquet(
                    _literal(scan.paths),
                    union_by_name=len(scan.paths) > 1,
                    hive_partitioning=False,
                )
                relation.project(f"*, filename AS {FILE_COLUMN}").create_view(name, replace=True)
            case "jsonl":
                self._scan_json(name, scan)
            case _:
                self._attach(name, scan)

    def _scan_csv(self, name: str, scan: Scan) -> None:
        relation = self._connection.read_csv(
            _literal(scan.paths),  # type: ignore[arg-type]
            header=True,
            auto_detect=False,
            columns=dict.fromkeys(scan.columns, "VARCHAR"),
            skiprows=scan.skip,
            delimiter=scan.delimiter,
            quotechar=scan.quote,
            escapechar=scan.quote,
            strict_mode=True,
            hive_partitioning=False,
            filename=FILE_COLUMN,
            # With no text for null, an empty cell too many is an error and not dropped.
            na_values=NEVER,
        )
        cells = [
            f"nullif({c}, '') AS {c}" for c in (_quoted(c).sql("duckdb") for c in scan.columns)
        ]
        relation.project(", ".join([*cells, FILE_COLUMN])).create_view(name, replace=True)

    def _scan_json(self, name: str, scan: Scan) -> None:
        """Every member as text: DuckDB would guess types by the first rows, and fail later."""
        objects = exp.func(
            "read_json_objects",
            exp.array(*map(exp.Literal.string, _literal(scan.paths))),
            exp.PropertyEQ(this=exp.to_identifier("format"), expression=exp.Literal.string("auto")),
            exp.PropertyEQ(this=exp.to_identifier("filename"), expression=exp.true()),
            dialect="duckdb",
        )
        rows = exp.select("*").from_(exp.Table(this=objects))
        named = (
            "SELECT DISTINCT unnest(json_keys(json)) AS name "
            "FROM ({}) WHERE json_type(json) = 'OBJECT'"
        )
        found = self._connection.execute(named.format(rows.sql("duckdb"))).fetchall()
        # The first row's order is the file's; members that come later are put behind, by name.
        keys = exp.select(exp.func("json_keys", exp.column("json"), dialect="duckdb"))
        top = keys.from_(rows.subquery("r")).limit(1).sql("duckdb")
        first = self._connection.execute(top).fetchall()
        order = {member: place for place, member in enumerate(first[0][0] if first else ())}
        members = sorted(
            (str(row[0]) for row in found), key=lambda m: (order.get(m, len(order)), m)
        )
        columns = [
            exp.alias_(self.json_text(exp.column("json"), m), m, quoted=True) for m in members
        ]
        self.view(
            name,
            exp.select(*columns, exp.alias_(exp.column("filename"), FILE_COLUMN)).from_(
                exp.Table(this=objects)
            ),
        )

    def _attach(self, name: str, scan: Scan) -> None:
        (path,) = scan.paths
        catalog = self._attached(path)
        schema, _, table = scan.table.rpartition(".")
        self.view(
            name,
            exp.select("*").from_(
                exp.table_(_quoted(table), db=_quoted(schema or "main"), catalog=catalog)
            ),
        )

    def _attached(self, path: str) -> str:
        """The catalog of a database file, opened once."""
        if path not in self._catalogs:
            catalog = f"tamis_file_{len(self._catalogs) + 1}"
            self._connection.execute(
                f"ATTACH {exp.Literal.string(path).sql('duckdb')} AS {catalog} (READ_ONLY)"
            )
            self._catalogs[path] = catalog
        return self._catalogs[path]

    def tables(self, path: str) -> tuple[str, ...]:
        """The names of the tables and views in a DuckDB file. Raises: SourceError."""
        try:
            catalog = self._attached(path)
        except duckdb.Error as error:
            raise _unreadable(error, (path,)) from error
        found = self.execute(
            "SELECT CASE schema WHEN 'main' THEN '' ELSE schema || '.' END || name "  # noqa: S608
            "FROM (SHOW ALL TABLES)"
            f" WHERE database = '{catalog}' ORDER BY 1"
        )
        return tuple(str(row[0]) for row in found)

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
        declared = ", ".join(f"{_quoted(c).sql('duckdb')} VARCHAR" for c in columns)
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} ({declared})")
        unnested = ", ".join(f"unnest(${place}::VARCHAR[])" for place in range(1, len(columns) + 1))
        for batch in batches:
            self._run(
                f"INSERT INTO {name} SELECT {unnested}",
                [list(values) for values in zip(*batch, strict=True)],
            )

    def unpack(self, path: Path, target: Path) -> None:
        """Unpack a text in UTF-8 compressed with zstd. Raises: SourceError when it cannot be.

        Read as a CSV of one column whose separator does not occur, a row a line.
        """
        try:
            self._connection.execute("SET preserve_insertion_order = true")
            self._unpack(path, target)
        except duckdb.Error as error:
            raise _unreadable(error, (str(path),)) from error
        finally:
            self._connection.execute("SET preserve_insertion_order = false")

    def _unpack(self, path: Path, target: Path) -> None:
        lines = self._connection.read_csv(
            _literal([str(path)]),  # type: ignore[arg-type]
            header=False,
            auto_detect=False,
            columns={"line": "VARCHAR"},
            delimiter="\x01",
            quotechar="",
            escapechar="",
            strict_mode=False,
            compression="zstd",
            hive_partitioning=False,
        )
        lines.create_view("tamis_lines", replace=True)
        found = self._connection.execute("SELECT line FROM tamis_lines")
        with target.open("w", encoding="utf-8", newline="") as unpacked:
            while batch := found.fetchmany(10_000):
                unpacked.writelines((row[0] or "") + "\n" for row in batch)

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

    def is_json(self, text: exp.Expr) -> exp.Expr:
        """Whether a text is well-formed JSON."""
        return exp.func("json_valid", text, dialect="duckdb")

    def json_text(self, text: exp.Expr, name: str) -> exp.Expr:
        """A member of a JSON object as text; null where there is none or the text is no JSON."""
        pointer = "/" + name.replace("~", "~0").replace("/", "~1")
        member = exp.Anonymous(
            this="json_extract_string", expressions=[text, exp.Literal.string(pointer)]
        )
        return exp.Case(ifs=[exp.If(this=self.is_json(text.copy()), true=member)])

    def member(self, struct: exp.Expr, name: str) -> exp.Expr:
        """A field of a struct."""
        return exp.Anonymous(this="struct_extract", expressions=[struct, exp.Literal.string(name)])

    def types(self, name: str) -> Mapping[str, exp.DataType]:
        """The columns of a relation, in order, with their types."""
        described = self.execute(f"DESCRIBE {exp.table_(name).sql('duckdb', identify=True)}")
        return {str(row[0]): _type(str(row[1])) for row in described}

    def is_ordered(self, paths: Sequence[str], column: str) -> bool:
        """Whether Parquet files hold a timestamp column so nearly in order that row groups part it.

        They do when the spans of the row groups add up to no more than three times the whole span.
        """
        relation = exp.select(
            "sum(r.high - r.low) <= 3 * (max(r.high) - min(r.low)) AND count(*) > 1"
        ).from_(
            exp.select(
                "epoch_us(TRY_CAST(m.stats_min_value AS TIMESTAMP)) AS low",
                "epoch_us(TRY_CAST(m.stats_max_value AS TIMESTAMP)) AS high",
            )
            .from_(exp.alias_(_metadata(paths), "m"))
            .where(exp.column("path_in_schema", "m").eq(exp.Literal.string(column)))
            .subquery("r")
        )
        return bool(self.rows(relation)[0][0])

    def load(self, constants: Constants) -> None:
        """Hold a small table."""
        columns = constants.relation.columns
        declared = ", ".join(f'"{c.name}" {SQL_TYPES[c.type].sql("duckdb")}' for c in columns)
        self._connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {constants.relation.name} ({declared})"
        )
        if constants.rows:
            lists = [list(values) for values in zip(*constants.rows, strict=True)]
            unnested = ", ".join(f"unnest(${place})" for place in range(1, len(columns) + 1))
            self._connection.execute(
                f"INSERT INTO {constants.relation.name} SELECT {unnested}", lists
            )

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
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {selected}", list(columns.values())
        )

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
            return self._connection.sql(query.sql("duckdb"))
        except duckdb.Error as error:
            raise _explained(error, self._parquet) from error

    def write(self, query: exp.Query, path: Path, kind: OutputKind) -> int:
        """Write the rows of a query to a file; gives their number."""
        target = exp.Literal.string(str(path)).sql("duckdb")
        written = self.execute(f"COPY ({query.sql('duckdb')}) TO {target} ({COPY_OPTIONS[kind]})")
        return int(str(written[0][0]))

    def progress(self) -> float:
        """How much of the running query is done, 0 to 1."""
        return max(float(self._connection.query_progress()), 0.0) / 100

    def _run(
        self, sql: str, parameters: Sequence[object] | None = None
    ) -> duckdb.DuckDBPyConnection:
        try:
            return self._connection.execute(sql, parameters)
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        except duckdb.Error as error:
            raise _explained(error, self._parquet) from error
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _metadata(paths: Sequence[str]) -> exp.Expr:
    listed = exp.Array(expressions=[exp.Literal.string(path) for path in _literal(paths)])
    return exp.Anonymous(this="parquet_metadata", expressions=[listed])


def _literal(paths: Sequence[str]) -> list[str]:
    """Paths that exist as patterns that match nothing else: DuckDB takes each for a pattern."""
    return [GLOB_SIGN.sub(r"[\g<0>]", path) if Path(path).exists() else path for path in paths]


def _type(shown: str) -> exp.DataType:
    # DuckDB shows the type of a column of nulls in quotes.
    if shown == "TIMESTAMPTZ_NS":
        # SQLGlot does not know it; what we do with an instant does not depend on its precision.
        return exp.DataType.build("TIMESTAMPTZ", dialect="duckdb")
    return exp.DataType.build(shown.strip('"') if shown == '"NULL"' else shown, dialect="duckdb")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


NEVER = "\x02"
GLOB_SIGN = re.compile(r"[*?\[]")
CSV_LINE = re.compile(r"CSV Error on Line: (\d+)")
CSV_FILE = re.compile(r"^\s*file ?= ?(.+)$", re.MULTILINE)
INVALID_STATE = "state machine reached an invalid state"
PARQUET_FILE = re.compile(
    r"(?:Failed to read file|No magic bytes found at end of file|Footer length error in file"
    r"|Could not read enough bytes from file) ['\"](.+?)['\"]"
)
WIDTHS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")


def _unreadable(error: duckdb.Error, paths: Sequence[str], *, parquet: bool = False) -> SourceError:
    """What is wrong with a file, in our words where we know DuckDB's."""
    text = str(error)
    line = CSV_LINE.search(text)
    if parquet:
        return _damaged(text, paths)
    if line is None:
        message = _first_line(error).replace("Invalid Input Error: ", "").replace("IO Error: ", "")
        return SourceError(f"the file cannot be read: {message}", Place(", ".join(paths)))
    file = CSV_FILE.search(text)
    place = Place(file[1].strip() if file else ", ".join(paths), int(line[1]))
    if widths := WIDTHS.search(text):
        return SourceError(f"the row has {widths[2]} cells, the first row {widths[1]}", place)
    if "unterminated quote" in text:
        hint = "a quote inside a quoted cell must be doubled"
        return SourceError("a quoted cell does not end", place, hint)
    if "Maximum line size" in text:
        return SourceError("the line is longer than 2 MB", place, "is a quoted cell left open?")
    return SourceError("the row cannot be read as CSV", place)


def _damaged(text: str, paths: Sequence[str]) -> SourceError:
    named = PARQUET_FILE.search(text)
    place = Place(named[1] if named else ", ".join(paths))
    message = "the file cannot be read: it is damaged, or no Parquet file"
    return SourceError(message, place, "copy or export it again")


def _line_ends(text: str) -> SourceError:
    file = CSV_FILE.search(text)
    message = "the rows end in more than one way: some with a carriage return alone"
    hint = "save the file with one kind of line end, and quote cells that hold one"
    return SourceError(message, Place(file[1].strip()) if file else None, hint)


def _explained(error: duckdb.Error, parquet: Sequence[str]) -> EngineError | SourceError:
    if CSV_LINE.search(str(error)):
        return _unreadable(error, ())
    if INVALID_STATE in str(error):
        return _line_ends(str(error))
    # What DuckDB's Parquet reader stumbles over is often an error of no kind, without the file.
    if parquet and (type(error) is duckdb.Error or PARQUET_FILE.search(str(error))):
        return _damaged(str(error), parquet)
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineError(
            _first_line(error), hint="give more with --memory, or more disk space to spill to"
        )
    if isinstance(error, duckdb.IOException):
        return EngineError(
            _first_line(error), hint="is there disk space, and are the files still there?"
        )
    if isinstance(error, duckdb.InvalidInputException | duckdb.ConversionException):
        return SourceError(str(error).strip())
    return EngineError(str(error).strip(), hint="this looks like a bug of Tamis: please report it")
