"""A server whose store has a past from which something can be learned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from tests.server.learning.world import DAY, MODEL, PAST, World
from tests.server.scoring.live_store import live_store

from tamis.server.server import Server


@pytest.fixture
def world(store_url: str, tmp_path: Path) -> Iterator[World]:
    """On SQLite and then on PostgreSQL."""
    yield from made(store_url, tmp_path)


@pytest.fixture
def lone_world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """On SQLite alone, for what is the same on both."""
    yield from made(sqlite_url, tmp_path)


@pytest.fixture
def server(server: Server, tmp_path: Path) -> Server:
    """The server that stands still, its copies of facts among the test's own files."""
    server.settings = replace(server.settings, past=str(tmp_path / "past"))
    return server


def made(url: str, folder: Path) -> Iterator[World]:
    """A store in which leads have come for more than a year."""
    store = live_store(url, MODEL, DAY, "Europe/Paris")
    server = store.assembled.server
    server.settings = replace(server.settings, past=str(folder / "past"))
    world = World(store, Random(11))
    world.people()
    world.come(DAY - timedelta(days=PAST), DAY, 600)
    yield world
    store.assembled.server.learning.stop()
    store.assembled.close()
