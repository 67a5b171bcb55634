"""One session of each engine for all tests, and the servers that some of them need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.engines import postgres_server as postgres
from tests.engines.servers import MISSING, SERVERS

from tamis.engines.base import Engine
from tamis.engines.registry import open_engine


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The engine that a test asks for by name."""
    name = request.param
    if reason := MISSING.get(name, str)():
        pytest.skip(reason)
    master = request.getfixturevalue(SERVERS[name]) if name in SERVERS else None
    with open_engine(name, master=master) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a server of PostgreSQL, for a superuser; each worker has its own."""
    if reason := postgres.missing():
        pytest.skip(reason)
    with postgres.server() as address:
        yield address
