"""A server that is asked to end under load writes what it took, and ends soon."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import httpx
import pytest
from tests.server.crash.facts import hold_all, hold_exactly, same_as_batch
from tests.server.crash.standing import furnish, senders, standing, until

SOON = 10.0
"""Seconds within which a server ends that writes what it took."""


@pytest.fixture
def store(store_url: str) -> tuple[str, str]:
    """A store with a model, and a key that may send and read."""
    return store_url, furnish(store_url, "read")


@pytest.mark.parametrize(
    "store_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.verify)], indirect=True
)
def test_what_was_taken_is_written_when_a_server_ends(
    store: tuple[str, str], tmp_path: Path
) -> None:
    url, key = store
    with standing(url, tmp_path) as server, senders(tmp_path, ["plain"] * 3, 400) as clients:
        clients.start(key, server.address)
        clients.reach(clients.total / 4)
        assert server.stop(SOON) == 0
        hold_all(url, clients.acknowledged)
        assert "error" not in server.log
        server.start()
        clients.finish()
        assert server.stop(SOON) == 0
        hold_exactly(url, clients.sent, clients.acknowledged)
        assert same_as_batch(url, tmp_path) > 50


def test_a_server_ends_though_somebody_listens_to_it(sqlite_url: str, tmp_path: Path) -> None:
    key = furnish(sqlite_url, "read")
    with standing(sqlite_url, tmp_path) as server:
        heard: list[str] = []
        listener = threading.Thread(target=listen, args=(server.address, key, heard))
        listener.start()
        until(lambda: heard, "the stream begins")
        assert server.stop(SOON) == 0
        listener.join(SOON)
        assert not listener.is_alive()
        # A whole answer, not a connection that broke.
        assert heard[-1] == "end"


def listen(address: str, key: str, heard: list[str]) -> None:
    """Follow the changes of scores until there are no more."""
    path, headers = f"{address}/v1/changes", {"Authorization": f"Bearer {key}"}
    try:
        with httpx.stream("GET", path, headers=headers, timeout=60) as answer:
            heard.extend(answer.iter_lines())
        heard.append("end")
    except httpx.TransportError as error:
        heard.append(repr(error))


def test_a_server_ends_though_a_connection_is_idle(sqlite_url: str, tmp_path: Path) -> None:
    with standing(sqlite_url, tmp_path) as server, httpx.Client() as client:
        assert client.get(f"{server.address}/healthz").status_code == 200
        assert server.stop(SOON) == 0


def test_a_server_ends_though_a_request_never_does(sqlite_url: str, tmp_path: Path) -> None:
    with (
        standing(sqlite_url, tmp_path) as server,
        socket.create_connection(("127.0.0.1", server.port)) as open_,
    ):
        open_.sendall(b"POST /v1/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
        until(lambda: server.get("/healthz").status_code == 200, "it is heard")
        assert server.stop(SOON) == 0
