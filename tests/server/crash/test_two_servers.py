"""Two servers share one PostgreSQL and the load: together they are one."""

from __future__ import annotations

from pathlib import Path

from tests.server.crash.facts import hold_exactly, same_as_batch
from tests.server.crash.standing import furnish, senders, standing


def test_two_servers_on_one_store(postgres_url: str, tmp_path: Path) -> None:
    key = furnish(postgres_url)
    with (
        standing(postgres_url, tmp_path) as one,
        standing(postgres_url, tmp_path) as other,
        senders(tmp_path, ["plain"] * 3, 500) as clients,
    ):
        clients.start(key, one.address, other.address)
        clients.reach(clients.total / 2)
        # Whoever has waited for it sends the same to the other one.
        one.kill()
        clients.reach(clients.total * 0.6)
        one.start()
        clients.finish()
        assert (one.stop(), other.stop()) == (0, 0)
        hold_exactly(postgres_url, clients.sent, clients.acknowledged)
        assert same_as_batch(postgres_url, tmp_path) > 50
