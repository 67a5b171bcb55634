"""The store on both databases, empty for every test; and a server around it that stands still."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection
from tests.engines import postgres_server as postgres

from tamis.server.clock import SetClock
from tamis.server.ingest.message import Delivery, Receipt, Rejected
from tamis.server.scoring.live import Cause
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store import migrate
from tamis.server.store.database import Database, url_of
from tamis.server.store.tables import METADATA

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""The instant at which `server` stands; the tests of a part move its clock."""
SERIAL = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL for this run, for a superuser."""
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.server() as address:
        yield address


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """The name of a database with empty tables, of which tests get copies."""
    with new_database(postgres_server) as url:
        make_tables(url)
        yield str(url_of(url).database)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with empty tables, of which tests get copies."""
    path = tmp_path_factory.mktemp("store") / "template.db"
    make_tables(str(path))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The path of an empty store in SQLite."""
    return str(shutil.copy(sqlite_template, tmp_path / "tamis.db"))


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """The URL of an empty store in PostgreSQL, a database of its own."""
    with new_database(postgres_server, postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """What `--store` takes, for an empty store: on SQLite and then on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """A store with its tables and nothing in them: on SQLite and then on PostgreSQL."""
    opened = Database(store_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """An empty store in SQLite alone, for what is the same on both."""
    opened = Database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which there is nothing at all, not even tables."""
    if request.param == "sqlite":
        yield str(tmp_path / "bare.db")
        return
    with new_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def server(database: Database) -> Server:
    """A server at `NOW` on an empty store; its scores and intake only note what they are asked."""
    settings = Settings(store=database.url.render_as_string(hide_password=False))
    return Server(settings, SetClock(NOW), database, RecordingScores(), RecordingIntake())


@dataclass
class RecordingScores:
    """Notes which leads are to be scored anew, and why."""

    rescored: list[tuple[list[int], Cause]] = field(default_factory=list)
    recounted: list[tuple[list[int], Cause]] = field(default_factory=list)

    def rescore(self, connection: Connection, leads: Collection[int], cause: Cause) -> None:  # noqa: ARG002
        """Note it."""
        self.rescored.append((sorted(leads), cause))

    def recount(self, connection: Connection, leads: Collection[int], cause: Cause) -> None:  # noqa: ARG002
        """Note it."""
        self.recounted.append((sorted(leads), cause))


@dataclass
class RecordingIntake:
    """Notes what it takes, and says that all of it was new."""

    taken: list[Delivery] = field(default_factory=list)

    async def take(self, delivery: Delivery) -> Receipt:
        """Note it."""
        self.taken.append(delivery)
        bad = sum(isinstance(item, Rejected) for item in delivery.items)
        return Receipt(len(delivery.items) - bad, 0, bad)


def make_tables(url: str) -> None:
    """The tables of the store in a new database: as the steps make them, and a test holds to it."""
    opened = Database(url)
    with opened.write() as connection:
        METADATA.create_all(connection)
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.stamp(config, "head")
    opened.close()


@contextmanager
def new_database(server: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new database of a server, dropped at the end whoever is connected."""
    # A server that was named may serve several processes at once.
    name = f"tamis_{os.getpid()}_{next(SERIAL)}"
    _as_administrator(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield url_of(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _as_administrator(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _as_administrator(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())
