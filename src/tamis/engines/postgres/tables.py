"""Results into a table of a company's own database: merged by a key, in one transaction."""
# ruff: noqa: S608 (a merge is no tree of ours; every name in it is quoted)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from tamis.engines.postgres.places import Name, found, parsed, refuse_without
from tamis.engines.postgres.session import Postgres
from tamis.errors import SourceError

Gone = Literal["keep", "delete"]
NOTHING = "SELECT 1 WHERE false"


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows of a table were added, changed and deleted; rows that were equal are none."""

    added: int
    changed: int
    deleted: int


def write_table(
    engine: Postgres,
    query: exp.Query,
    table: str,
    key: str | Sequence[str],
    *,
    gone: Gone = "keep",
    create: bool = False,
) -> Written:
    """Merge the rows of a query into a table by a key, whole or not at all.

    `table` is `schema.table`, or a name that the search path finds; `key` one column or several.
    Rows whose key the query no longer has are kept or deleted, as `gone` says; with several key
    columns only among the rows that share all but the last with a row of the query, so that a key
    of model and lead leaves other models alone. `create`: make the table where it is missing.
    Columns of the table that the query does not have are left as they are. One run writes at a
    time, readers see the rows before it or after it.

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
        _refuse_missing(engine, target, columns)
        engine.execute(f"LOCK TABLE {target} IN SHARE ROW EXCLUSIVE MODE")
        merge = _Merge(str(target), tuple(columns.items()), tuple(keys), gone)
        statement = merge.sql(engine.written(query))
        *counts, repeated = (int(str(n)) for n in engine.execute(statement)[0])
        if repeated:
            message = f"{repeated} rows have a {', '.join(keys)} that others have too"
            raise SourceError(message, hint="a key must tell every row")
    return Written(*counts)


def _rights(gone: Gone) -> tuple[str, ...]:
    return ("SELECT", "INSERT", "UPDATE", *(("DELETE",) if gone == "delete" else ()))


def _made(
    engine: Postgres, wanted: Name, columns: dict[str, str], keys: Sequence[str], *, create: bool
) -> Name:
    """The table made anew. Raises: SourceError where it may not be, EngineError without right."""
    schema = wanted.schema or str(engine.ask("SELECT current_schema()", ())[0][0])
    name = Name(schema, wanted.table)
    declared = ", ".join(f"{_quoted(column)} {type_}" for column, type_ in columns.items())
    made = f"CREATE TABLE {name} ({declared}, PRIMARY KEY ({_listed(keys)}))"
    if not create:
        message = f"there is no table {wanted}"
        raise SourceError(message, hint=f"make it: {made}")
    engine.execute(made)
    return name


def _refuse_missing(engine: Postgres, target: Name, columns: dict[str, str]) -> None:
    there = engine.ask(
        "SELECT attname FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        (str(target),),
    )
    missing = [column for column in columns if (column,) not in there]
    if missing:
        message = f"{target} has no column {', '.join(f'`{one}`' for one in missing)}"
        added = ", ".join(f"ADD COLUMN {_quoted(c)} {columns[c]}" for c in missing)
        raise SourceError(message, hint=f"ALTER TABLE {target} {added}")


@dataclass(frozen=True, slots=True)
class _Merge:
    """The one statement that changes, adds and deletes, and counts what it did."""

    table: str
    columns: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    gone: Gone

    def sql(self, query: str) -> str:
        """The statement over a query's rows, in one snapshot; gives what it counted.

        The counts are of rows added, changed, deleted, and of rows that repeat a key.
        """
        # In the types and the collation of the table to come, whatever those of the steps are.
        typed = ", ".join(
            f"CAST({_quoted(name)} AS {type_}){_plain(type_)} AS {_quoted(name)}"
            for name, type_ in self.columns
        )
        keys = _listed(self.keys)
        return f"""
            WITH new AS MATERIALIZED (SELECT {typed} FROM ({query}) AS q),
            repeated AS (
              SELECT count(*) AS n FROM new GROUP BY {keys}
              HAVING count(*) > 1 OR num_nulls({keys}) > 0
            ),
            added AS ({self._add()}), changed AS ({self._change()}), deleted AS ({self._delete()})
            SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM changed),
              (SELECT count(*) FROM deleted), (SELECT coalesce(sum(n), 0) FROM repeated)
        """

    def _add(self) -> str:
        names = [name for name, _ in self.columns]
        return (
            f"INSERT INTO {self.table} ({_listed(names)}) "
            f"SELECT {_listed(names, 'n')} FROM new AS n "
            f"WHERE NOT EXISTS (SELECT 1 FROM {self.table} AS t WHERE {self._same()}) RETURNING 1"
        )

    def _change(self) -> str:
        others = [name for name, _ in self.columns if name not in self.keys]
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
        shared = " AND ".join(f"t.{_quoted(key)} = n.{_quoted(key)}" for key in self.keys[:-1])
        here = f" AND EXISTS (SELECT 1 FROM new AS n WHERE {shared})" if shared else ""
        return (
            f"DELETE FROM {self.table} AS t WHERE NOT EXISTS "
            f"(SELECT 1 FROM new AS n WHERE {self._same()}){here} RETURNING 1"
        )


def _plain(type_: str) -> str:
    return ' COLLATE "default"' if type_ in ("text", "varchar") else ""


def _listed(names: Sequence[str], of: str = "") -> str:
    return ", ".join(f"{of}.{_quoted(name)}" if of else _quoted(name) for name in names)


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("postgres")
