"""PostgreSQL stopped and started under load: clients are told to come again; nothing is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.engines import postgres_server
from tests.server.conftest import make_tables, new_database
from tests.server.crash.facts import hold_all, hold_exactly, same_as_batch
from tests.server.crash.standing import Standing, furnish, senders, standing, until

from tamis.server.clock import SystemClock
from tamis.server.security.keys import add_key
from tamis.server.store.database import Database


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL of this test alone, which it may stop."""

    folder: Path

    def stop(self, mode: str) -> None:
        """Stop it: `fast` in good order, `immediate` as a failure of power."""
        self._control("stop", "-w", "-m", mode)

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-k {self.folder} -c listen_addresses='' -F -c shared_buffers=64MB"
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def _control(self, *words: str) -> None:
        found = postgres_server.binaries()
        command = [str(found / "pg_ctl"), "-D", str(self.folder / "data"), *words] if found else []
        if os.geteuid() == 0:
            command = ["runuser", "-u", postgres_server.UNPRIVILEGED, "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Cluster, str]]:
    """A cluster, and a store in it."""
    if postgres_server.binaries() is None:
        pytest.skip("no PostgreSQL is installed here that a test could stop")
    monkeypatch.delenv(postgres_server.NAMED, raising=False)
    with postgres_server.server() as address, new_database(address) as url:
        make_tables(url)
        yield Cluster(Path(parse_qs(urlsplit(address).query)["host"][0])), url


def test_postgres_goes_away_and_comes_back(own: tuple[Cluster, str], tmp_path: Path) -> None:
    cluster, url = own
    key, unused = furnish(url), another_key(url)
    with standing(url, tmp_path) as server:
        with senders(tmp_path, ["segment", "plain", "plain"], 500) as clients:
            clients.start(key, server.address)
            for part, mode, shown in ((0.15, "immediate", key), (0.5, "fast", unused)):
                clients.reach(clients.total * part)
                cluster.stop(mode)
                is_told_to_come_again(server, shown)
                assert server.get("/healthz").status_code == 200
                assert server.get("/readyz").json()
                cluster.start()
                hold_all(url, clients.acknowledged)
                until(lambda: server.get("/readyz").status_code == 200, "it is well again")
            clients.finish()
        assert server.is_running
        assert server.stop() == 0
        hold_exactly(url, clients.sent, clients.acknowledged)
        assert same_as_batch(url, tmp_path) > 50


def is_told_to_come_again(server: Standing, key: str) -> None:
    """What a client is answered while the store is away; a key need not be known before."""
    message = {"messageId": "a-00000", "userId": "user 1", "event": "signup"}
    for _ in range(3):
        answer = httpx.post(f"{server.address}/v1/track", json=message, auth=(key, ""), timeout=30)
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:tamis:problem:store-unavailable"
    assert server.get("/readyz").status_code == 503


def another_key(url: str) -> str:
    """A key that a running server has not met."""
    database = Database(url)
    with database.write() as connection:
        key = add_key(connection, SystemClock(), "another", ("ingest",), "test")[1]
    database.close()
    return key
