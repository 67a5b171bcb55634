"""The version of a store's tables: what it is, and the steps to this program's.

A store only goes forward. To go back to an earlier program, restore the copy made before.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from tamis.errors import UserError
from tamis.server.store.database import Database

FOLDER = Path(__file__).parent / "migrations"
VERSION_TABLE = "tamis_version"
"""Which version the tables have; of a name of our own, for `alembic_version` is anybody's."""


class Kind(StrEnum):
    """How a store's tables stand to this program."""

    EMPTY = "empty"
    """Nothing is in the database."""
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"
    """A later version of the program made them."""
    FOREIGN = "foreign"
    """Tables of something else."""


@dataclass(frozen=True)
class State:
    """How a store stands: `version` is its own, None without tables of Tamis; `wanted` is ours."""

    kind: Kind
    version: str | None
    wanted: str


class WrongStoreError(UserError):
    """The store is not what this program works with."""


def state(database: Database) -> State:
    """How the store's tables stand to this program. Raises: StoreError."""
    with database.read() as connection:
        return _state(connection)


def upgrade(database: Database) -> State:
    """Bring the tables to this program's version, all steps or none; return how they stood.

    Servers that start together wait for each other: the later ones find nothing to do.

    Raises:
        WrongStoreError: for a store of a later program, and for a database of something else.
        StoreError: when the database cannot be used now.
    """
    with database.write() as connection:
        found = _state(connection)
        if found.kind is not Kind.EMPTY and found.kind is not Kind.OLDER:
            refuse_unless_current(found)
        else:
            config = configuration()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return found


def refuse_unless_current(found: State) -> None:
    """Raises: WrongStoreError, with what to do, for a store that this program cannot work with."""
    said = {
        Kind.EMPTY: "the store is empty: `tamis serve` makes its tables",
        Kind.OLDER: f"the store has tables of version {found.version}, and this program works "
        f"with {found.wanted}: make a copy with `tamis backup`, then start `tamis serve`",
        Kind.NEWER: f"the store was written by a later Tamis (tables of version {found.version}, "
        f"this program knows up to {found.wanted}): use that one, or restore an earlier copy",
        Kind.FOREIGN: "the database holds tables of something else: give Tamis one of its own",
    }
    if found.kind in said:
        raise WrongStoreError(said[found.kind])


def _state(connection: Connection) -> State:
    script = ScriptDirectory.from_config(configuration())
    wanted = str(script.get_current_head())
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE not in tables:
        return State(Kind.FOREIGN if tables else Kind.EMPTY, None, wanted)
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    version = context.get_current_revision()
    if version == wanted:
        return State(Kind.CURRENT, version, wanted)
    ours = {revision.revision for revision in script.walk_revisions()}
    return State(Kind.OLDER if version in ours else Kind.NEWER, version, wanted)


def configuration() -> Config:
    """Where the steps are, for Alembic."""
    config = Config()
    # A `%` in a path would be read as a placeholder.
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
