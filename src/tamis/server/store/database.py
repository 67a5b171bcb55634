"""The database: SQLite in a file, or PostgreSQL by its URL; many readers, one writer at a time.

One writer, because scores are made from what was read in the same transaction. SQLite allows no
other; PostgreSQL is told so by a lock, which several servers share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Engine,
    Insert,
    Table,
    UpdateBase,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.sql.compiler import SQLCompiler

from tamis.errors import UsageError, UserError

WRITER = 7_207_200
"""The advisory lock of PostgreSQL that the writer holds."""
BUSY = 30_000
"""Milliseconds that SQLite waits for another writer."""
CONNECT = 10
"""Seconds that PostgreSQL has to answer a new connection."""
DRIVERS = ("sqlite", "postgresql+psycopg")
LIMIT = 1000
"""Values in one IN list: both databases allow more, planning them costs."""

Row = Mapping[str, Any]
Value = TypeVar("Value")


class Database:
    """The store's database; `url` as SQLAlchemy writes it, or the path of a SQLite file.

    Raises:
        UsageError: for a URL that is none, or of another database.
    """

    def __init__(self, url: str) -> None:
        self.url = url_of(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = self._engine()
        # SQLite lets writers wait by trying again and again: the one who came first may starve.
        self._writer = Lock()

    def _engine(self) -> Engine:
        # The values of a statement are people's: they stay out of errors, hence out of logs.
        if self.is_sqlite:
            # Python's driver begins transactions by its own lights: we say BEGIN ourselves.
            connect = {"isolation_level": None, "check_same_thread": False}
            engine = create_engine(self.url, connect_args=connect, hide_parameters=True)
            event.listen(engine, "connect", _sqlite_settings)
            event.listen(engine, "begin", _begin)
            return engine
        return create_engine(
            self.url,
            # What the URL says holds: arguments would override it.
            connect_args={"connect_timeout": CONNECT, **self.url.query},
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
            hide_parameters=True,
        )

    @property
    def path(self) -> Path | None:
        """The file of a SQLite database; None for PostgreSQL."""
        return Path(str(self.url.database)) if self.is_sqlite else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading: one state of the store, from the first statement on."""
        with _told(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The transaction of the one writer: committed at its end, undone by an exception."""
        with self._writer, _told(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.execution_options(tamis_begin="IMMEDIATE")
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({WRITER})"))
                yield connection

    def upsert(
        self, table: Table, keys: Sequence[str], update: Sequence[str] = (), greatest: str = ""
    ) -> Insert:
        """INSERT that on a row with the same `keys` sets the columns `update`, or does nothing.

        With `greatest` it does so only where the new value of that column is greater.
        """
        return _upsert(self.is_sqlite, table, tuple(keys), tuple(update), greatest)

    def tidy(self) -> None:
        """Bring what was committed from the write-ahead log of SQLite into its file.

        Else the writer must, and whoever waits for it meanwhile waits longer.
        """
        self._checkpoint("PASSIVE")

    def forget(self) -> None:
        """Let nothing of what was deleted stay in the write-ahead log of SQLite."""
        self._checkpoint("TRUNCATE")

    def _checkpoint(self, kind: str) -> None:
        if not self.is_sqlite:
            return
        with _told(), self.engine.connect() as connection:
            # Outside any transaction: SQLAlchemy would begin one.
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute(f"PRAGMA wal_checkpoint({kind})").fetchall()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def run_many(connection: Connection, statement: UpdateBase, rows: Sequence[Row]) -> int:
    """Run a statement for each of many rows, all with the same columns, as the driver takes them.

    SQLAlchemy would look at every value of every row; ours are text and whole numbers. Gives how
    many rows of the table were written.
    """
    if not rows:
        return 0
    sql, names = _written(statement, connection.dialect, tuple(rows[0]))
    if connection.dialect.positional:
        given = [tuple(row[name] for name in names) for row in rows]
        return connection.exec_driver_sql(sql, given).rowcount
    return connection.exec_driver_sql(sql, list(rows)).rowcount


def all_set(changed: int, wanted: int) -> None:
    """After a compare and set of many rows: each was as it had been read.

    Raises: StoreError where one was not. There is one writer at a time, so somebody wrote without
    its lock: the transaction is undone, and the next try sees the newer state.
    """
    if changed != wanted:
        message = "the store cannot be used now: another writer changed what was read"
        raise StoreError(message)


@lru_cache(maxsize=64)
def _written(
    statement: UpdateBase, dialect: Dialect, columns: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    assert isinstance(compiled, SQLCompiler)
    return str(compiled), tuple(compiled.positiontup or ())


@lru_cache(maxsize=64)
def _upsert(
    is_sqlite: bool,  # noqa: FBT001 (one of two dialects)
    table: Table,
    keys: tuple[str, ...],
    update: tuple[str, ...],
    greatest: str,
) -> Insert:
    made = (sqlite.insert if is_sqlite else postgresql.insert)(table)
    if not update:
        return made.on_conflict_do_nothing(index_elements=keys)
    new = {name: made.excluded[name] for name in update}
    where = made.excluded[greatest] > table.c[greatest] if greatest else None
    return made.on_conflict_do_update(index_elements=keys, set_=new, where=where)


def url_of(written: str) -> URL:
    """The URL of a database; a path is a SQLite file. Raises: UsageError."""
    if "://" not in written:
        return URL.create("sqlite", database=str(Path(written).absolute()))
    try:
        url = make_url(written)
    except (ArgumentError, ValueError) as error:
        message = "the store is no database URL: as postgresql://user@host/tamis, or a file's path"
        raise UsageError(message) from error
    if url.drivername in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername not in DRIVERS:
        message = f"the store is SQLite or PostgreSQL, not {url.drivername}"
        raise UsageError(message)
    if url.drivername == "sqlite" and (url.database in (None, "", ":memory:") or url.query):
        message = "a store in SQLite is a file, without options: as sqlite:////var/tamis.db"
        raise UsageError(message)
    return url


def slices(values: Iterable[Value], size: int = LIMIT) -> Iterator[list[Value]]:
    """The values in lists that fit one statement.

    >>> list(slices(range(5), 2))
    [[0, 1], [2, 3], [4]]
    """
    found = list(values)
    for start in range(0, len(found), size):
        yield found[start : start + size]


def _sqlite_settings(connection: Any, _record: object) -> None:  # noqa: ANN401 (the driver's)
    cursor = connection.cursor()
    for setting in (
        # First of all: servers that start together wait for the one that sets the journal.
        f"busy_timeout={BUSY}",
        "journal_mode=WAL",
        "synchronous=FULL",
        # The background does so every second: this is for when it cannot keep up. In pages.
        "wal_autocheckpoint=16384",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("tamis_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")


@contextmanager
def _told() -> Iterator[None]:
    """What the database says when it cannot go on, in words for the operator."""
    try:
        yield
    except DatabaseError as error:
        # SQLite calls a file that is no database so; the kinds below it are others' mistakes.
        if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
            raise
        message = f"the store cannot be used now: {str(error.orig).splitlines()[0]}"
        raise StoreError(message) from error
    except NoConnectionError as error:
        message = "the store cannot be used now: all its connections are taken"
        raise StoreError(message) from error


class StoreError(UserError):
    """The store cannot be used now: the disk is full, the database away, another writer at work."""
