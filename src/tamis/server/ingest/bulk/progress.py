"""Progress: how far the import of a file has come, written with each slice.

A file is known by what it holds, wherever it lies, and by what it was read as.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select

from tamis.server.store.database import Database
from tamis.server.store.tables.access import settings

BLOCK = 1 << 20


class Progress(msgspec.Struct):
    """How far it has come: the `position` at which the next slice begins; `done`: to the end.

    `rows` counts the rows, or calls, up to there.
    """

    position: int = 0
    done: bool = False
    rows: int = 0


def fingerprint(path: Path) -> str:
    """What tells a file from others: a hash of all that it holds."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()[:32]


def read(connection: Connection, what: str, mark: str) -> Progress:
    """How far the import of a file as `what` has come."""
    chosen = select(settings.c.value).where(settings.c.name == _name(what, mark))
    value = connection.execute(chosen).scalar()
    return Progress() if value is None else msgspec.json.decode(value, type=Progress)


def write(
    connection: Connection, database: Database, what: str, mark: str, so_far: Progress
) -> None:
    """Write down how far it has come."""
    upsert = database.upsert(settings, ("name",), ("value",))
    value = msgspec.json.encode(so_far).decode()
    connection.execute(upsert, {"name": _name(what, mark), "value": value})


def _name(what: str, mark: str) -> str:
    return f"import:{what}:{mark}"
