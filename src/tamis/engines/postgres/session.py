"""A session of PostgreSQL: holds temporary tables, runs queries, writes results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psycopg
from psycopg import sql
from sqlglot import exp

from tamis.engines.arrow_files import write_batches
from tamis.engines.base import OutputKind, Scan
from tamis.engines.postgres.cells import CELLS
from tamis.engines.postgres.copying import copy_in, copy_out
from tamis.engines.postgres.named import Named
from tamis.engines.postgres.places import Name, found, parsed, refuse_without
from tamis.engines.postgres.types import AS_TEXT, SQLGLOT, arrow_type, declared, kind, value
from tamis.engines.postgres.wording import explained, first_line
from tamis.errors import EngineError, SourceError
from tamis.sql.chain import Constants
from tamis.sql.dialects import corrected
from tamis.sql.dialects.postgres import short_name
from tamis.sql.relation import Relation
from tamis.sql.write import tree

if TYPE_CHECKING:
    import pyarrow

SETTINGS = """
    SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET client_encoding = 'UTF8';
    SET standard_conforming_strings = on; SET jit = off; SET client_min_messages = warning;
    SET enable_nestloop = off
"""
"""Compiling the chain's long expressions costs seconds and saves less.

Within a statement PostgreSQL takes steps for far smaller than they are, and would join them row by
row.
"""
HOLDS = """
    SELECT has_database_privilege(current_database(), 'TEMPORARY')
      AND current_setting('transaction_read_only') = 'off', current_database(), current_user
"""
WORK_MEMORY = "64MB"
"""What one sort or hash takes before it spills, where nothing else is asked for."""


class Postgres:
    """A session on a server, named by a URL or by what psql takes; empty: by the environment.

    Tables are temporary, so the role needs TEMPORARY on the database and no other right; where it
    lacks that, `holds` is false and everything is made in one statement at a time.
    `memory` such as "256MB" is what one sort or hash may take.
    Raises: EngineError when the server cannot be reached.
    """

    dialect = "postgres"
    parses = True

    def __init__(self, server: str, *, memory: str | None = None) -> None:
        try:
            self.connection = psycopg.connect(server, autocommit=True, application_name="tamis")
        except psycopg.Error as error:
            message = f"no PostgreSQL server answers: {first_line(error)}"
            hint = "name it as --master postgresql://user@host/database"
            raise EngineError(message, hint=hint) from error
        self._named = Named()
        self._held: set[str] = set()
        self.execute(SETTINGS)
        self._set_memory(memory or WORK_MEMORY)
        self.holds = bool(self.execute(HOLDS)[0][0])

    def _set_memory(self, memory: str) -> None:
        with self.told():
            self.connection.execute(
                "SELECT set_config('work_mem', %s, false)", (memory.upper().replace("KB", "kB"),)
            )

    def scan(self, name: str, scan: Scan) -> None:
        """Make a table or view of the database readable under a name, where it is.

        Raises: SourceError when there is none, EngineError without the right to read it.
        """
        if scan.paths:
            message = "PostgreSQL scores its own tables and Parquet files, no other files"
            raise EngineError(message)
        wanted = parsed(scan.table)
        there = found(self.ask, wanted)
        if there is None:
            message = f"the database has no table or view {wanted}"
            raise SourceError(message)
        refuse_without(self.ask, there, "SELECT")
        self.view(name, self._in_our_types(there))

    def _in_our_types(self, there: Name) -> exp.Select:
        """A table with the texts of all its kinds as text: uuid, enumerations."""
        described = self._described(exp.select("*").from_(there.node))
        unknown = [c.type_code for c in described if c.type_code not in SQLGLOT]
        asked = "SELECT oid FROM pg_type WHERE oid = ANY(%s) AND typcategory IN ('S', 'E')"
        texts = {oid for (oid,) in self.ask(asked, (unknown,))} | AS_TEXT
        columns: list[exp.Expr] = []
        for c in described:
            own = exp.column(exp.to_identifier(c.name, quoted=True))
            if c.type_code in texts:
                cast = exp.cast(own, exp.DType.VARCHAR)
                columns.append(exp.alias_(cast, exp.to_identifier(c.name, quoted=True)))
            else:
                columns.append(own)
        return exp.select(*columns).from_(there.node)

    def utc(self, instant: exp.Expr) -> exp.Expr:
        """The UTC timestamp of an instant with a time zone."""
        return exp.Anonymous(this="timezone", expressions=[exp.Literal.string("UTC"), instant])

    def finite(self, time: exp.Expr) -> exp.Expr:
        """A day or time, null where it is `infinity`."""
        return tree("CASE WHEN isfinite(:v) THEN :v END", v=time)

    def is_json(self, text: exp.Expr) -> exp.Expr:
        """Whether a text is well-formed JSON: what a column of JSON holds is."""
        return exp.not_(text.is_(exp.null()))

    def json_text(self, text: exp.Expr, name: str) -> exp.Expr:
        """A member of a JSON object as text; null where there is none."""
        object_ = exp.cast(text, exp.DType.JSON)
        return exp.Anonymous(
            this="json_extract_path_text", expressions=[object_, exp.Literal.string(name)]
        )

    def is_ordered(self, paths: Sequence[str], column: str) -> bool:  # noqa: ARG002
        """Whether parts can be skipped: no, the server has its own indexes."""
        return False

    def typed(self, relation: Relation, paths: Sequence[str]) -> None:
        """Load Parquet files that hold a relation's columns into a temporary table.

        Raises: SourceError when they cannot be read; EngineError without the right to hold tables.
        """
        if not self.holds:
            message = "this role may make no temporary tables here, so no files can be scored"
            database, role = (_quoted(str(name)) for name in self.execute(HOLDS)[0][1:])
            hint = f"GRANT TEMPORARY ON DATABASE {database} TO {role}, on a server that may write"
            raise EngineError(message, hint=hint)
        name = relation.name
        self._create(name, ", ".join(map(declared, relation.columns)))
        with self.told(), self.connection.transaction(), self.connection.cursor() as cursor:
            for path in paths:
                copy_in(cursor, sql.Identifier(name), relation.column_names, path)
        self._analyze(name)

    def load(self, constants: Constants) -> None:
        """Hold a small table."""
        relation = constants.relation
        if not self.holds:
            self._named.set(relation.name, constants.query)
            return
        self._create(relation.name, ", ".join(map(declared, relation.columns)))
        into = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(relation.name))
        with self.told(), self.connection.cursor() as cursor, cursor.copy(into) as copy:
            for row in constants.rows:
                copy.write_row(row)
        self._analyze(relation.name)

    def view(self, name: str, query: exp.Query) -> None:
        """Give a query a name, to be run whenever it is read."""
        self.drop([name])
        self._named.set(name, query)

    def keep(self, name: str, query: exp.Query) -> None:
        """Run a query now and hold its rows; where no tables may be made, only name it."""
        statement = self.written(query)
        self.drop([name])
        if not self.holds:
            self._named.set(name, query)
            return
        self.execute(f"CREATE TEMPORARY TABLE {_quoted(name)} AS {statement}")
        self._held.add(name)
        self._analyze(name)

    def drop(self, names: Iterable[str]) -> None:
        """Forget relations, be they held or named."""
        for name in names:
            self._named.forget(name)
            if name in self._held:
                self.execute(f"DROP TABLE pg_temp.{_quoted(name)}")
                self._held.discard(name)

    def names(self, query: exp.Query) -> tuple[str, ...]:
        """The names of a query's columns, those too that PostgreSQL cuts off."""
        return self._named.columns(query) or tuple(c.name for c in self._described(query))

    def types(self, name: str) -> Mapping[str, exp.DataType]:
        """The columns of a relation, in order, with their types."""
        columns = self._described(exp.select("*").from_(exp.table_(name)))
        return {c.name: kind(c.type_code, c.precision, c.scale) for c in columns}

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        """All rows of a query; for small results."""
        with self.told(), self.connection.cursor() as cursor:
            cursor.execute(self.written(query).encode())
            wide = [c.precision == 38 and c.scale == 0 for c in cursor.description or ()]
            return [
                tuple(value(v, is_wide=w) for v, w in zip(row, wide, strict=True))
                for row in cursor.fetchall()
            ]

    def execute(self, statement: str) -> list[tuple[object, ...]]:
        """All rows of a statement of ours; none of one that gives none."""
        with self.told():
            done = self.connection.execute(statement.encode())
            return done.fetchall() if done.description else []

    def ask(self, statement: str, given: tuple[object, ...]) -> list[tuple[object, ...]]:
        """All rows of a statement of ours with parameters."""
        with self.told():
            return self.connection.execute(statement.encode(), given).fetchall()

    def declared(self, query: exp.Query) -> dict[str, str]:
        """The columns of a query by name, with their types as a table would declare them."""
        types = (c.type_display for c in self._described(query))
        return dict(zip(self.names(query), types, strict=True))

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
        """Nothing: PostgreSQL does not say how far a query is."""
        return 0.0

    def written(self, query: exp.Query) -> str:
        """A query as PostgreSQL reads it, with what it needs of the queries that have a name."""
        whole = self._named.within(query).copy().transform(CELLS, copy=False)
        return corrected(whole, self.dialect).sql(self.dialect)

    def _batches(self, query: exp.Query, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
        with self.told(), self.connection.cursor() as cursor:
            yield from copy_out(cursor, self.written(query), schema)

    def _schema(self, query: exp.Query) -> pyarrow.Schema:
        import pyarrow as pa  # noqa: PLC0415 (an optional package)

        types = [arrow_type(c.type_code, c.precision, c.scale) for c in self._described(query)]
        return pa.schema(list(zip(self.names(query), types, strict=True)))

    def _described(self, query: exp.Query) -> list[psycopg.Column]:
        with self.told(), self.connection.cursor() as cursor:
            statement = f"SELECT * FROM ({self.written(query)}) AS q LIMIT 0"  # noqa: S608 (a tree)
            cursor.execute(statement.encode())
            return cursor.description or []

    def _create(self, name: str, columns: str) -> None:
        self.drop([name])
        self.execute(f"CREATE TEMPORARY TABLE {_quoted(name)} ({columns})")
        self._held.add(name)

    def _analyze(self, name: str) -> None:
        # Temporary tables have no statistics else, and plans without them are of the worst.
        self.execute(f"ANALYZE pg_temp.{_quoted(name)}")

    @contextmanager
    def told(self) -> Iterator[None]:
        """Errors in our words. Rows are fetched inside too: some errors come with them only."""
        try:
            yield
        except psycopg.Error as error:
            raise explained(error) from error

    def close(self) -> None:
        """End the session; its temporary tables go with it."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _quoted(name: str) -> str:
    return exp.to_identifier(short_name(name), quoted=True).sql("postgres")
