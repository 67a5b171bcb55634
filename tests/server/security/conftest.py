"""A server on SQLite, for what is the same on both databases."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from tests.server.conftest import NOW, RecordingIntake, RecordingScores

from tamis.server.clock import SetClock
from tamis.server.security import passwords
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.database import Database


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with less memory: hundreds of tries at logins take seconds."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=128))


@pytest.fixture
def clock() -> SetClock:
    """The clock of `lone_server`."""
    return SetClock(NOW)


@pytest.fixture
def lone_server(sqlite_database: Database, clock: SetClock) -> Server:
    """A server on SQLite alone."""
    settings = Settings(store=str(sqlite_database.path))
    return Server(settings, clock, sqlite_database, RecordingScores(), RecordingIntake())
