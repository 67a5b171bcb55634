"""What machines ask of a server: whether it lives, may work, and what it counted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import text
from tests.server.operation.keys import shown

from tamis.server.app import application
from tamis.server.operation.health import queue_is_short, store_is_well
from tamis.server.server import Server


@pytest.fixture
def client(server: Server) -> Iterator[TestClient[Litestar]]:
    with TestClient(application(server)) as opened:
        yield opened


def test_a_server_that_runs_is_alive(client: TestClient[Litestar]) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


def test_a_server_whose_parts_are_well_is_ready(client: TestClient[Litestar]) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_what_is_not_well_is_named(server: Server, client: TestClient[Litestar]) -> None:
    server.health.watch("writer", lambda: "the writer has stopped")
    server.health.watch("turn", lambda: "")
    server.health.watch("broken", lambda: str(1 // 0))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.json()["type"] == "urn:tamis:problem:not-ready"
    assert answer.json()["errors"] == [
        {"field": "writer", "message": "the writer has stopped"},
        {"field": "broken", "message": "its check failed: ZeroDivisionError"},
    ]


def test_a_server_with_tables_of_another_version_is_alive_but_not_ready(
    server: Server, client: TestClient[Litestar]
) -> None:
    server.health.watch("store", lambda: store_is_well(server.database))
    assert client.get("/readyz").status_code == 200
    with server.database.write() as connection:
        connection.execute(text("UPDATE tamis_version SET version_num = '9999'"))
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    [found] = answer.json()["errors"]
    assert found["field"] == "store"
    assert "later Tamis" in found["message"]


def test_a_queue_that_is_full_is_not_ready(server: Server, client: TestClient[Litestar]) -> None:
    waiting = [9]
    server.health.watch("queue", queue_is_short(lambda: waiting[0], 10))
    assert client.get("/readyz").status_code == 200
    waiting[0] = 10
    [found] = client.get("/readyz").json()["errors"]
    assert found == {"field": "queue", "message": "10 messages wait, and 10 may"}


def test_metrics_are_for_those_who_may_read(server: Server, client: TestClient[Litestar]) -> None:
    assert client.get("/metrics").status_code == 401
    server.metrics.messages("taken", 7)
    answer = client.get("/metrics", headers=shown(server, "read"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert 'tamis_messages_total{result="taken"} 7.0' in answer.text


def test_those_who_listen_are_counted_as_they_are(
    server: Server, client: TestClient[Litestar]
) -> None:
    async def counted() -> list[str]:
        ear, told = server.bell.listen(), []
        for _ in range(2):
            told.append(client.get("/metrics", headers=shown(server, "read")).text)
            server.bell.leave(ear)
        return told

    before, after = asyncio.run(counted())
    assert "tamis_listeners 1.0" in before
    assert "tamis_listeners 0.0" in after


def test_requests_are_counted_by_template_and_status(
    server: Server, client: TestClient[Litestar]
) -> None:
    client.get("/healthz")
    client.get("/no/such/jane@example.com")
    counted = server.metrics.text().decode()
    assert 'tamis_request_seconds_count{method="GET",route="/healthz",status="200"} 1.0' in counted
    assert 'route="(none)",status="404"' in counted
    assert "jane" not in counted
