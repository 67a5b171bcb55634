"""A server of ingest over HTTP, with a key that may send and one that may not.

One application serves the tests of a module, each with an intake of its own: to build one takes
longer than a test. What it stores is the same on both databases, so its store is SQLite.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient
from tests.server.conftest import NOW, RecordingIntake, RecordingScores

from tamis.server.clock import SetClock
from tamis.server.security.keys import add_key
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.database import Database


def new_key(server: Server, *scopes: str) -> str:
    with server.database.write() as connection:
        return add_key(connection, server.clock, "a test", scopes, "system")[1]


@pytest.fixture(scope="module")
def standing(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, TestClient]]:
    """A server at `NOW` and its door."""
    from tamis.server.app import application

    path = str(shutil.copy(sqlite_template, tmp_path_factory.mktemp("ingest") / "tamis.db"))
    database = Database(path)
    settings = Settings(store=path)
    server = Server(settings, SetClock(NOW), database, RecordingScores(), RecordingIntake())
    with TestClient(application(server), raise_server_exceptions=False) as opened:
        yield server, opened
    database.close()


@pytest.fixture
def server(standing: tuple[Server, TestClient]) -> Server:
    """The server, with an intake that has taken nothing."""
    found, _ = standing
    found.intake = RecordingIntake()
    return found


@pytest.fixture
def client(standing: tuple[Server, TestClient], server: Server) -> TestClient:
    """Reaches the server with a key that may send."""
    _, opened = standing
    opened.auth = (new_key(server, "ingest"), "")
    return opened


@pytest.fixture
def admin(client: TestClient, server: Server) -> TestClient:
    """Reaches it with a key that may do anything a key may."""
    client.auth = (new_key(server, "admin"), "")
    return client
