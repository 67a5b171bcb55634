"""Results into a table of a company's own database: merged by a key, in one transaction."""
# ruff: noqa: S608 (a merge is no tree of ours; every name in it is quoted)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from tamis.engines.postgres.places import Name, found, parsed, refuse_making, refuse_without
from tamis.engines.postgres.session import Postgres
from tamis.errors import EngineError, SourceError

Gone = Literal["keep", "delete"]
NOTHING = "SELECT 1 WHERE false"


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows of a table were added, changed and deleted; rows that were equal are none.

    `rows` are those that were to be written.
    """

    added: int
    changed: int
    deleted: int
    rows: int = 0


def write_table(
    engine: Postgres,
    query: exp.Query,
    table: str,
    key: str | Sequence[str],
    *,
    gone: Gone = "keep",
    create: bool = False,
    part: Mapping[str, str] | None = None,
) -> Written:
    """Merge the rows of a query into a table by a key, whole or not at all.

    `table` is `schema.table`, or a name that the search path finds; `key` one column or several.
    Rows whose key the query no longer has are kept or deleted, as `gone` says; with several key
    columns only among the rows that share all but the last with a row of the query, so that a key
    of model and lead leaves other models alone. `part` says it instead: texts of columns that all
    rows of the query have, and only rows that have them too are deleted. `create`: make the table
    where it is missing. Columns of the table that the query does not have are left as they are. One
    run writes at a time, readers see the rows before it or after it.

    Raises:
        SourceError: for a table that is not there or lacks a column, or for repeated keys.
        EngineError: without the right to write.
    """
    keys = [key] if isinstance(key, str) else list(key)
    wanted = parsed(table)
    with engine.told(), engine.connection.transaction():
        target = found(engine.ask, wanted)
        columns = engine.declared(query)
        if target is None:
            target = _made(engine, wanted, columns, keys, create=create)
        refuse_without(engine.ask, target, *_rights(gone))
        own = _own(engine, target, columns)
        engine.execute(f"LOCK TABLE {target} IN SHARE ROW EXCLUSIVE MODE")
        merge = _Merge(str(target), own, tuple(keys), gone, dict(part or {}))
        statement = merge.sql(engine.written(query))
        *counts, repeated = (int(str(n)) for n in engine.execute(statement)[0])
        if repeated:
            message = f"{repeated} rows have a {', '.join(keys)} that others have too"
            raise SourceError(message, hint="a key must tell every row")
    return Written(*counts)


def writable(engine: Postgres, table: str, *, gone: Gone, create: bool) -> Name:
    """The table with its schema that may be written, or made, before any work for it is done.

    Raises: SourceError for a table that is not there, EngineError without a right.
    """
    wanted = parsed(table)
    if str(engine.execute("SELECT current_setting('transaction_read_only')")[0][0]) == "on":
        message = f"{wanted} cannot be written: this server or role may only read"
        raise EngineError(message, hint="connect to the primary server, or as another role")
    target = found(engine.ask, wanted)
    if target is None:
        name = in_schema(engine, wanted)
        if not create:
            message = f"there is no table {wanted}"
            raise SourceError(message, hint="let it be made, in a job with `create: true`")
        refuse_making(engine.ask, name)
        return name
    asked = "SELECT relkind::text FROM pg_class WHERE oid = %s::regclass"
    if engine.ask(asked, (str(target),))[0][0] not in ("r", "p"):
        message = f"{target} is no table but a view: results are merged into tables"
        raise SourceError(message)
    refuse_without(engine.ask, target, *_rights(gone))
    return target


def in_schema(engine: Postgres, wanted: Name) -> Name:
    """A name with the schema in which its table would be made."""
    if wanted.schema:
        return wanted
    return Name(str(engine.execute("SELECT coalesce(current_schema(), '')")[0][0]), wanted.table)


def _rights(gone: Gone) -> tuple[str, ...]:
    return ("SELECT", "INSERT", "UPDATE", *(("DELETE",) if gone == "delete" else ()))


def _made(
    engine: Postgres, wanted: Name, columns: dict[str, str], keys: Sequence[str], *, create: bool
) -> Name:
    """The table made anew. Raises: SourceError where it may not be, EngineError without right."""
    name = in_schema(engine, wanted)
    declared = ", ".join(f"{_quoted(column)} {type_}" for column, type_ in columns.items())
    made = f"CREATE TABLE {name} ({declared}, PRIMARY KEY ({_listed(keys)}))"
    if not create:
        message = f"there is no table {wanted}"
        raise SourceError(message, hint=f"make it: {made}")
    refuse_making(engine.ask, name)
    engine.execute(made)
    return name


OWN = """
SELECT attname, format_type(atttypid, NULL), attcollation <> 0 FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""


def _own(engine: Postgres, target: Name, columns: dict[str, str]) -> tuple[_Column, ...]:
    """The table's own columns of those that come. Raises: SourceError where it lacks some."""
    there = {str(row[0]): _Column(*row) for row in engine.ask(OWN, (str(target),))}  # type: ignore[arg-type]
    missing = [column for column in columns if column not in there]
    if missing:
        message = f"{target} has no column {', '.join(f'`{one}`' for one in missing)}"
        added = ", ".join(f"ADD COLUMN {_quoted(c)} {columns[c]}" for c in missing)
        raise SourceError(message, hint=f"ALTER TABLE {target} {added}")
    return tuple(there[column] for column in columns)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the table: its type without length, so that what is too long is not cut."""

    name: str
    type: str
    collated: bool

    def typed(self) -> str:
        """What comes in the column's type and collation, whatever those of the steps are."""
        collation = ' COLLATE "default"' if self.collated else ""
        return f"CAST({_quoted(self.name)} AS {self.type}){collation} AS {_quoted(self.name)}"


@dataclass(frozen=True, slots=True)
class _Merge:
    """The one statement that changes, adds and deletes, and counts what it did."""

    table: str
    columns: tuple[_Column, ...]
    keys: tuple[str, ...]
    gone: Gone
    part: Mapping[str, str]

    def sql(self, query: str) -> str:
        """The statement over a query's rows, in one snapshot; gives what it counted.

        The counts are of rows added, changed, deleted, of all, and of rows that repeat a key.
        """
        typed = ", ".join(column.typed() for column in self.columns)
        keys = _listed(self.keys)
        return f"""
            WITH new AS MATERIALIZED (SELECT {typed} FROM ({query}) AS q),
            repeated AS (
              SELECT count(*) AS n FROM new GROUP BY {keys}
              HAVING count(*) > 1 OR num_nulls({keys}) > 0
            ),
            added AS ({self._add()}), changed AS ({self._change()}), deleted AS ({self._delete()})
            SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM changed),
              (SELECT count(*) FROM deleted), (SELECT count(*) FROM new),
              (SELECT coalesce(sum(n), 0) FROM repeated)
        """

    def _add(self) -> str:
        names = [column.name for column in self.columns]
        return (
            f"INSERT INTO {self.table} ({_listed(names)}) "
            f"SELECT {_listed(names, 'n')} FROM new AS n "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self.table} AS t WHERE {self._same()}) RETURNING 1"
        )

    def _change(self) -> str:
        others = [column.name for column in self.columns if column.name not in self.keys]
        if not others:
            return NOTHING
        changed = f"ROW({_listed(others, 't')}) IS DISTINCT FROM ROW({_listed(others, 'n')})"
        sets = ", ".join(f"{_quoted(name)} = n.{_quoted(name)}" for name in others)
        return (
            f"UPDATE {self.table} AS t SET {sets} FROM new AS n "
            f"WHERE {self._same()} AND {changed} RETURNING 1"
        )

    def _same(self) -> str:
        return " AND ".join(f"t.{_quoted(key)} = n.{_quoted(key)}" for key in self.keys)

    def _delete(self) -> str:
        if self.gone == "keep":
            return NOTHING
        return (
            f"DELETE FROM {self.table} AS t WHERE NOT EXISTS "
            f"(SELECT 1 FROM new AS n WHERE {self._same()}){self._here()} RETURNING 1"
        )

    def _here(self) -> str:
        """Which rows of the table may be deleted."""
        if self.part:
            literal = {c: exp.Literal.string(text).sql("postgres") for c, text in self.part.items()}
            return "".join(f" AND t.{_quoted(c)} = {text}" for c, text in literal.items())
        shared = " AND ".join(f"t.{_quoted(key)} = n.{_quoted(key)}" for key in self.keys[:-1])
        return f" AND EXISTS (SELECT 1 FROM new AS n WHERE {shared})" if shared else ""


def _listed(names: Sequence[str], of: str = "") -> str:
    return ", ".join(f"{of}.{_quoted(name)}" if of else _quoted(name) for name in names)


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("postgres")
