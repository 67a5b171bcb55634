"""Copies of a store, made while it is in use, and put back.

SQLite copies itself: one state of the file, however much is written meanwhile. PostgreSQL is
copied by its own programs `pg_dump` and `pg_restore`, which must be installed here.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect, text

from tamis.errors import UsageError, UserError
from tamis.files import whole_file
from tamis.server.clock import Clock
from tamis.server.store import migrate
from tamis.server.store.database import Database
from tamis.server.store.migrate import Kind

SQLITE = b"SQLite format 3\0"
POSTGRES = b"PGDMP"


class CopyError(UserError):
    """A copy that cannot be made or put back: says why and what to do."""


@dataclass(frozen=True)
class Copy:
    """A copy that was made; `version` is that of its tables."""

    path: Path
    size: int
    version: str


def back_up(database: Database, to: Path) -> Copy:
    """Copy a store into a file, whole or not at all, readable by its owner alone.

    Raises:
        WrongStoreError: for a store that this program does not know.
        CopyError: when the copy cannot be made, or is not sound.
        StoreError: when the database cannot be used now.
    """
    refuse_missing(database)
    found = migrate.state(database)
    if found.kind is not Kind.OLDER:
        migrate.refuse_unless_current(found)
    if database.path and to.resolve() == database.path.resolve():
        message = f"{to} is the store itself: give another file"
        raise UsageError(message)
    with whole_file(to) as part:
        part.touch(mode=0o600)
        if database.path:
            _copy_sqlite(database.path, part)
        else:
            _run_postgres("pg_dump", database, "--format=custom", f"--file={part}")
        size = part.stat().st_size
    return Copy(to, size, str(found.version))


def restore(database: Database, copy: Path, clock: Clock, *, force: bool = False) -> Path | None:
    """Put a copy back; what was there stays until the copy is in its place.

    Without `force` the store must be empty. With it, a SQLite file that is there is kept under
    another name, which is returned; what is in PostgreSQL is replaced in one transaction.

    Raises:
        UsageError: for a store that is not empty, without `force`.
        CopyError: for a file that is no copy, and when a server uses the store.
    """
    kind = SQLITE if database.is_sqlite else POSTGRES
    _refuse_other_kind(copy, kind)
    if database.path:
        return _restore_sqlite(database.path, copy, clock, force=force)
    _restore_postgres(database, copy, force=force)
    return None


def refuse_missing(database: Database) -> None:
    """Raises: CopyError where there is no file, which SQLite would make."""
    if database.path and not database.path.is_file():
        message = f"there is no store at {database.path}"
        raise CopyError(message)


def _refuse_other_kind(copy: Path, kind: bytes) -> None:
    with copy.open("rb") as file:
        start = file.read(len(SQLITE))
    names = {SQLITE: "SQLite", POSTGRES: "PostgreSQL"}
    found = next((name for name in names if start.startswith(name)), None)
    if found is None:
        message = f"{copy} is no copy that `tamis backup` made"
        raise CopyError(message)
    if found != kind:
        message = f"{copy} is a copy of {names[found]}, and the store is {names[kind]}"
        raise CopyError(message)


# ---------------------------------------------------------------- SQLite


def _copy_sqlite(source: Path, to: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(to)) as other:
        # In one step, so that it is one state and needs not begin again when somebody writes.
        one.backup(other, pages=-1)
        # One file alone, without a journal beside it.
        other.execute("PRAGMA journal_mode=DELETE")
        said = [row[0] for row in other.execute("PRAGMA integrity_check(5)")]
    if said != ["ok"]:
        message = f"the copy of {source} is not sound: {'; '.join(said)}"
        raise CopyError(message)


def _restore_sqlite(store: Path, copy: Path, clock: Clock, *, force: bool) -> Path | None:
    there = store.exists() and store.stat().st_size > 0
    if there and not force:
        raise _not_empty(str(store))
    with whole_file(store) as part:
        part.touch(mode=0o600)
        try:
            _copy_sqlite(copy, part)
        except sqlite3.DatabaseError as error:
            message = f"{copy} is damaged: {error}"
            raise CopyError(message) from error
        _refuse_unknown(part, copy)
        return _put_aside(store, clock) if there else None


def _refuse_unknown(part: Path, copy: Path) -> None:
    opened = Database(str(part))
    try:
        found = migrate.state(opened)
        if found.kind is not Kind.OLDER:
            migrate.refuse_unless_current(found)
    except migrate.WrongStoreError as error:
        message = f"{copy} cannot be put back: {error}"
        raise CopyError(message) from error
    finally:
        opened.close()
    with closing(sqlite3.connect(part)) as one:
        one.execute("PRAGMA journal_mode=DELETE")


def _put_aside(store: Path, clock: Clock) -> Path:
    """The store under a name of this moment, with what its journal holds."""
    with closing(sqlite3.connect(store, timeout=0)) as alone:
        try:
            # Only whoever has it alone may leave the journal.
            alone.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            message = f"a server uses {store}: stop it first"
            raise CopyError(message) from error
        except sqlite3.DatabaseError:
            pass  # A damaged file is no reason not to restore: it is kept as it is.
    aside = store.with_name(f"{store.name}.{clock.now():%Y%m%dT%H%M%S}Z")
    # A journal of the old file must not be played into the new one.
    for ending in ("", "-wal", "-shm"):
        if (part := store.with_name(store.name + ending)).exists():
            part.chmod(0o600)
            part.rename(aside.with_name(aside.name + ending))
    return aside


# ---------------------------------------------------------------- PostgreSQL


def _restore_postgres(database: Database, copy: Path, *, force: bool) -> None:
    found = migrate.state(database)
    if found.kind is Kind.FOREIGN:
        migrate.refuse_unless_current(found)
    if found.kind is not Kind.EMPTY and not force:
        raise _not_empty(database.url.render_as_string())
    _refuse_others(database)
    listed = _run_postgres("pg_restore", None, "--list", str(copy))
    if " tamis_version " not in listed:
        message = f"{copy} is no copy that `tamis backup` made"
        raise CopyError(message)
    options = ("--clean", "--if-exists") if force else ()
    _run_postgres(
        "pg_restore", database, "--single-transaction", "--exit-on-error", *options, str(copy)
    )
    _drop_others(database, listed)


def _refuse_others(database: Database) -> None:
    query = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
    database.close()
    with database.read() as connection:
        others = connection.scalar(text(query))
    database.close()
    if others:
        message = "others are connected to the store's database: stop the server first"
        raise CopyError(message)


def _drop_others(database: Database, listed: str) -> None:
    """Tables that a later program had added and the copy does not know."""
    kept = {line.split()[5] for line in listed.splitlines() if " TABLE public " in line}
    with database.write() as connection:
        for name in sorted(set(inspect(connection).get_table_names()) - kept):
            connection.execute(text(f'DROP TABLE "{name}"'))


def _run_postgres(program: str, database: Database | None, *options: str) -> str:
    """Run a program of PostgreSQL on a database; the password is not in its arguments."""
    found = shutil.which(program)
    if not found:
        message = (
            f"`{program}` is not installed here: install the client programs of PostgreSQL, "
            "of the server's version or later"
        )
        raise CopyError(message)
    command, environment = [found, *options], dict(os.environ)
    if database:
        url = database.url.set(drivername="postgresql")
        if url.password is not None:
            environment["PGPASSWORD"] = str(url.password)
        address = url._replace(password=None).render_as_string(hide_password=False)
        command += ["--no-owner", "--no-privileges", "--no-password", f"--dbname={address}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
        message = f"{program} failed: {said[0].removeprefix(f'{program}: error: ')}"
        raise CopyError(message)
    return done.stdout


def _not_empty(store: str) -> UsageError:
    return UsageError(f"{store} is not empty: --force replaces what is in it")
