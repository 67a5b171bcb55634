"""Files that a session reads in place: CSV, Parquet, JSON lines, tables of DuckDB files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from tamis.engines.base import FILE_COLUMN, Scan
from tamis.engines.duckdb.json_text import json_text
from tamis.engines.duckdb.wording import unreadable

NEVER = "\x02"
GLOB_SIGN = re.compile(r"[*?\[]")
TABLES = """
    SELECT CASE schema WHEN 'main' THEN '' ELSE schema || '.' END || name
    FROM (SHOW ALL TABLES) WHERE database = ? ORDER BY 1
"""
MEMBERS = """
    SELECT DISTINCT unnest(json_keys(json)) AS name FROM ({}) WHERE json_type(json) = 'OBJECT'
"""


class Files:
    """The files of a session, each made readable as a view.

    `parquet` are the paths of all Parquet files so far: errors of reading them may name none.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._catalogs: dict[str, str] = {}
        self.parquet: tuple[str, ...] = ()

    def scan(self, name: str, scan: Scan) -> None:
        """Make files readable under a name. Raises: SourceError when they cannot be read."""
        try:
            self._scan(name, scan)
        except duckdb.Error as error:
            raise unreadable(error, scan.paths, parquet=scan.kind == "parquet") from error

    def _scan(self, name: str, scan: Scan) -> None:
        match scan.kind:
            case "csv":
                self._csv(name, scan)
            case "parquet":
                self._parquet(name, scan)
            case "jsonl":
                self._json(name, scan)
            case _:
                self._table(name, scan)

    def _csv(self, name: str, scan: Scan) -> None:
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

    def _parquet(self, name: str, scan: Scan) -> None:
        self.parquet += scan.paths
        relation = self._connection.read_parquet(
            _literal(scan.paths), union_by_name=len(scan.paths) > 1, hive_partitioning=False
        )
        relation.project(f"*, filename AS {FILE_COLUMN}").create_view(name, replace=True)

    def _json(self, name: str, scan: Scan) -> None:
        """Every member as text: DuckDB would guess types by the first rows, and fail later."""
        objects = exp.Table(
            this=exp.func(
                "read_json_objects",
                exp.array(*map(exp.Literal.string, _literal(scan.paths))),
                exp.PropertyEQ(
                    this=exp.to_identifier("format"), expression=exp.Literal.string("auto")
                ),
                exp.PropertyEQ(this=exp.to_identifier("filename"), expression=exp.true()),
                dialect="duckdb",
            )
        )
        columns = [
            exp.alias_(json_text(exp.column("json"), member), member, quoted=True)
            for member in self._members(exp.select("*").from_(objects))
        ]
        file = exp.alias_(exp.column("filename"), FILE_COLUMN)
        self._view(name, exp.select(*columns, file).from_(objects))

    def _members(self, rows: exp.Select) -> list[str]:
        """The names in the order of the first row, those that come later behind, by name."""
        found = self._connection.execute(MEMBERS.format(rows.sql("duckdb"))).fetchall()
        keys = exp.select(exp.func("json_keys", exp.column("json"), dialect="duckdb"))
        top = keys.from_(rows.subquery("r")).limit(1).sql("duckdb")
        first = self._connection.execute(top).fetchall()
        order = {member: place for place, member in enumerate(first[0][0] if first else ())}
        return sorted((str(row[0]) for row in found), key=lambda m: (order.get(m, len(order)), m))

    def _table(self, name: str, scan: Scan) -> None:
        (path,) = scan.paths
        schema, _, table = scan.table.rpartition(".")
        source = exp.table_(_quoted(table), db=_quoted(schema or "main"), catalog=self._at(path))
        self._view(name, exp.select("*").from_(source))

    def _view(self, name: str, query: exp.Query) -> None:
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query.sql('duckdb')}")

    def _at(self, path: str) -> str:
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
            found = self._connection.execute(TABLES, [self._at(path)]).fetchall()
        except duckdb.Error as error:
            raise unreadable(error, (path,)) from error
        return tuple(str(row[0]) for row in found)

    def unpack(self, path: Path, target: Path) -> None:
        """Unpack a text in UTF-8 compressed with zstd. Raises: SourceError when it cannot be.

        Read as a CSV of one column whose separator does not occur, a row a line.
        """
        try:
            self._connection.execute("SET preserve_insertion_order = true")
            self._unpack(path, target)
        except duckdb.Error as error:
            raise unreadable(error, (str(path),)) from error
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


def in_order(paths: Sequence[str], column: str) -> exp.Select:
    """Asks Parquet files whether they hold a timestamp column so that row groups part it.

    They do when the spans of the row groups add up to no more than three times the whole span.
    """
    listed = exp.Array(expressions=[exp.Literal.string(path) for path in _literal(paths)])
    metadata = exp.Anonymous(this="parquet_metadata", expressions=[listed])
    spans = (
        exp.select(
            "epoch_us(TRY_CAST(m.stats_min_value AS TIMESTAMP)) AS low",
            "epoch_us(TRY_CAST(m.stats_max_value AS TIMESTAMP)) AS high",
        )
        .from_(exp.alias_(metadata, "m"))
        .where(exp.column("path_in_schema", "m").eq(exp.Literal.string(column)))
    )
    condition = "sum(r.high - r.low) <= 3 * (max(r.high) - min(r.low)) AND count(*) > 1"
    return exp.select(condition).from_(spans.subquery("r"))


def _literal(paths: Sequence[str]) -> list[str]:
    """Paths that exist as patterns that match nothing else: DuckDB takes each for a pattern."""
    return [GLOB_SIGN.sub(r"[\g<0>]", path) if Path(path).exists() else path for path in paths]


def _quoted(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
