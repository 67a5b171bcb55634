"""A store in which things have happened, and a desk for its past."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from tests.server.past.living import Living

from tamis.server.past.desk import Past
from tamis.server.server import Server


@pytest.fixture
def living(server: Server) -> Living:
    """A store with a model, accounts and some leads, each with a past."""
    made = Living(server, Random(7))
    made.found()
    made.live(50)
    return made


@pytest.fixture
def past(living: Living) -> Iterator[Past]:
    """The desk of the server, its parts of the copy small."""
    server = living.server
    desk = Past(server.settings, server.database, server.clock, size=32)
    yield desk
    desk.close()
