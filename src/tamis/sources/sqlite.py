"""SQLite files, read by Python's own driver in batches: the engines need an extension for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from tamis.engines.base import Session
from tamis.errors import Place, SourceError
from tamis.model.document import did_you_mean

BATCH = 50_000


def read(session: Session, name: str, path: str, table: str) -> None:
    """Hold a table of a SQLite file as text. Raises: SourceError."""
    address = f"file:{quote(str(Path(path).absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            columns = _columns(connection, path, table)
            cursor = connection.execute("SELECT * FROM " + _quoted(table))  # noqa: S608
            session.texts(name, columns, _batches(cursor))
    except sqlite3.Error as error:
        msg = f"the database cannot be read: {error}"
        raise SourceError(msg, Place(path)) from error


def _columns(connection: sqlite3.Connection, path: str, table: str) -> list[str]:
    found = connection.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
    ).fetchall()
    names = [str(row[0]) for row in found]
    if table not in names:
        msg = f"the database has no table `{table}`"
        raise SourceError(msg, Place(path), did_you_mean(table, names))
    described = connection.execute("SELECT * FROM " + _quoted(table) + " LIMIT 0").description  # noqa: S608
    return [str(column[0]) for column in described]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _batches(cursor: sqlite3.Cursor) -> Iterator[list[tuple[str | None, ...]]]:
    while batch := cursor.fetchmany(BATCH):
        yield [tuple(_text(value) for value in row) for row in batch]


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(value)
