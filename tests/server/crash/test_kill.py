"""A server killed at random moments under the load of real clients loses and doubles nothing."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.server.crash.facts import hold_all, hold_exactly, same_as_batch
from tests.server.crash.standing import Senders, Standing, furnish, senders, standing, until

KINDS = ("segment", "plain", "plain", "plain")


def killed(server: Standing, clients: Senders, kills: int) -> None:
    """Kill the server so many times while clients send, now and then before it listens again."""
    rnd = random.Random()
    for number in range(kills):
        if number and rnd.random() < 0.25:
            until(lambda: rnd.random() < 0.005 or server.is_reached, "a random moment")
        else:
            server.wait()
            # The last fifth is left for clients that wait longer and longer between tries.
            clients.reach(clients.total * 0.8 * (number + rnd.random()) / kills)
        server.kill()
        hold_all(server.store, clients.acknowledged)
        server.begin()
    server.wait()


def nothing_is_lost(store: str, folder: Path, *, events: int, kills: int) -> None:
    key = furnish(store)
    with standing(store, folder) as server, senders(folder, KINDS, events // 4) as clients:
        clients.start(key, server.address)
        killed(server, clients, kills)
        clients.finish(seconds=600)
        assert server.stop() == 0
        hold_exactly(store, clients.sent, clients.acknowledged)
        assert same_as_batch(store, folder) > 50


# Servers on PostgreSQL are killed in test_two_servers too.
@pytest.mark.parametrize(
    "store_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.verify)], indirect=True
)
def test_three_kills(store_url: str, tmp_path: Path) -> None:
    nothing_is_lost(store_url, tmp_path, events=1_200, kills=3)


@pytest.mark.verify
def test_ten_kills(store_url: str, tmp_path: Path) -> None:
    nothing_is_lost(store_url, tmp_path, events=20_000, kills=10)
