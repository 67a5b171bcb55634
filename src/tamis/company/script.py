"""The SQL of the generated company: constant scripts with ``$names`` for numbers and word lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Protocol


class Session(Protocol):
    """A DuckDB connection, as much of it as the generator needs."""

    def execute(self, sql: str) -> list[tuple[object, ...]]:
        """Run one statement and return all its rows."""


def run(session: Session, name: str, values: dict[str, object]) -> list[tuple[object, ...]]:
    """Run the statements of ``sql/<name>.sql`` and return the rows of the last one.

    Raises:
        KeyError: the script names a value that is not given.
    """
    text = (files("tamis.company") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    rows: list[tuple[object, ...]] = []
    for statement in Template(text).substitute(values).split(";\n"):
        if statement.strip():
            rows = session.execute(statement)
    return rows


def literal(value: object) -> str:
    """A value of our own as SQL: text quoted, dates as dates, null for None."""
    if value is None:
        return "NULL"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def text_list(words: Iterable[str]) -> str:
    """A SQL list of texts."""
    return "[" + ", ".join(map(literal, words)) + "]"


def fill(
    session: Session, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Make a temporary table of numbered places, of which each given row fills several.

    A row starts with its first place and how many it fills; the table has the place, named as the
    first of the columns, then the other values. Thousands of rows as text would take seconds.
    """
    values = ", ".join("(" + ", ".join(map(literal, row)) + ")" for row in rows)
    place, *others = columns
    session.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} AS "  # noqa: S608 - our own constants
        f"SELECT unnest(range(first, first + size))::INTEGER AS {place}, {', '.join(others)} "
        f"FROM (VALUES {values}) AS spans(first, size, {', '.join(others)})"
    )


def number(session: Session, source: str, what: str = "count(*)") -> int:
    """One whole number read from a table of ours."""
    [(value,)] = session.execute(f"SELECT ({what})::BIGINT {source}")
    assert isinstance(value, int)
    return value


def quoted(path: Path) -> str:
    """A path inside a SQL text literal."""
    return str(path).replace("'", "''")
