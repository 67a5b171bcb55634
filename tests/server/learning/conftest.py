"""A server whose store has a past from which something can be learned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from tests.server.learning.world import DAY, MODEL, PAST, World
from tests.server.scoring.live_store import live_store


@pytest.fixture
def world(store_url: str) -> Iterator[World]:
    """On SQLite and then on PostgreSQL."""
    yield from made(store_url)


@pytest.fixture
def lone_world(sqlite_url: str) -> Iterator[World]:
    """On SQLite alone, for what is the same on both."""
    yield from made(sqlite_url)


def made(url: str) -> Iterator[World]:
    """A store in which leads have come for more than a year."""
    store = live_store(url, MODEL, DAY, "Europe/Paris")
    world = World(store, Random(11))
    world.people()
    world.come(DAY - timedelta(days=PAST), DAY, 600)
    yield world
    store.assembled.server.learning.stop()
    store.assembled.close()
