"""What the log says of requests, and what it never says."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from litestar import Litestar, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.testing import TestClient
from sqlalchemy import insert
from tests.server.operation.keys import shown

from tamis.server import app
from tamis.server.app import application
from tamis.server.clock import SetClock
from tamis.server.operation import logs, routes
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.server.store.tables import access

SECRET = "Xk29-never-in-a-log"


@get("/fails/{person:str}", opt={"open": True}, sync_to_thread=True)
def fails(person: FromPath[str], server: NamedDependency[Server]) -> None:
    """A route with a bug, in a statement with a person in it."""
    logging.getLogger("tamis.deep").info("in a thread")
    row = {"name": person, "value": person}
    with server.database.write() as connection:
        connection.execute(insert(access.settings), [row, row])


@get("/listed", guards=[allows(Permission.READ)], sync_to_thread=False)
def listed() -> None:
    """A route for those who may read."""


@post("/told", guards=[allows(Permission.INGEST)], sync_to_thread=False)
def told(data: JSONBody[dict[str, int]]) -> None:
    """A route that takes a body."""


@pytest.fixture
def stream(server: Server) -> Iterator[io.StringIO]:
    """What the log says from here on."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.start(server.clock, stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def client(
    server: Server,
    stream: io.StringIO,  # noqa: ARG001 (the log is read from before the start)
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[TestClient[Litestar]]:
    monkeypatch.setattr(app, "HANDLERS", (*routes.HANDLERS, fails, listed, told))
    with TestClient(application(server), raise_server_exceptions=False) as opened:
        yield opened


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [
        line
        for written in stream.getvalue().splitlines()
        if (line := json.loads(written))["logger"].startswith("tamis")
    ]


def test_a_request_is_one_line(
    server: Server, client: TestClient[Litestar], stream: io.StringIO
) -> None:
    answer = client.get("/listed", headers=shown(server, "read"))
    [line] = lines(stream)
    assert line.pop("seconds") > 0
    assert line.pop("who").startswith("key:")
    assert line == {
        "at": "2026-11-22T09:00:00.000Z",
        "level": "info",
        "logger": "tamis.server",
        "message": "answered",
        "request_id": answer.headers["X-Request-Id"],
        "method": "GET",
        "route": "/listed",
        "status": 200,
    }


def test_a_well_formed_id_of_the_client_is_taken(
    client: TestClient[Litestar], stream: io.StringIO
) -> None:
    answer = client.get("/listed", headers={"X-Request-Id": "proxy-17:a.b_c"})
    assert answer.headers["X-Request-Id"] == "proxy-17:a.b_c"
    assert answer.json()["instance"] == "proxy-17:a.b_c"
    assert lines(stream)[0]["request_id"] == "proxy-17:a.b_c"


@pytest.mark.parametrize("given", ["", "a b", "é", "x" * 129, '"}', "<script>"])
def test_any_other_id_is_replaced(client: TestClient[Litestar], given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": given.encode()})
    assert len(answer.headers["X-Request-Id"]) == 32


def test_two_requests_have_two_ids(client: TestClient[Litestar]) -> None:
    ids = {client.get("/healthz").headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3


def test_an_unknown_path_is_not_repeated(client: TestClient[Litestar], stream: io.StringIO) -> None:
    answer = client.get("/v1/nothing/jane@example.com")
    assert answer.status_code == 404
    assert answer.headers["X-Request-Id"] == answer.json()["instance"]
    [line] = lines(stream)
    assert (line["route"], line["status"]) == ("(none)", 404)
    assert "jane" not in stream.getvalue()


def test_secrets_stay_out(
    server: Server, client: TestClient[Litestar], stream: io.StringIO
) -> None:
    key = shown(server, "ingest")
    client.get(
        f"/listed?token={SECRET}",
        headers={
            "Authorization": f"Bearer tk_1_{SECRET}",
            "Cookie": f"tamis={SECRET}",
            "Referer": f"https://example.com/{SECRET}",
        },
    )
    client.post("/told", content=f'{{"password": "{SECRET}"', headers=key)
    client.post("/told", json={"password": SECRET}, headers=key)
    client.post("/told", json={"a": 1}, auth=(SECRET, SECRET))
    assert [line["status"] for line in lines(stream)] == [401, 400, 400, 401]
    assert SECRET not in stream.getvalue()
    assert key["Authorization"].rpartition("_")[2] not in stream.getvalue()


def test_a_bug_is_written_with_its_place_and_without_the_person(
    client: TestClient[Litestar], stream: io.StringIO
) -> None:
    answer = client.get("/fails/jane@example.com")
    assert answer.status_code == 500
    inside, failed, answered = lines(stream)
    assert inside["message"] == "in a thread"
    assert failed["message"] == "a request failed"
    assert failed["level"] == "error"
    assert failed["route"] == "/fails/{person}"
    assert any("fails" in place for place in failed["error"])
    ids = {line["request_id"] for line in (inside, failed, answered)}
    assert ids == {answer.json()["instance"]}
    assert "jane" not in stream.getvalue()
    assert "jane" not in answer.text


def test_machines_that_ask_every_second_fill_no_log(
    client: TestClient[Litestar], stream: io.StringIO
) -> None:
    for path in ("/healthz", "/readyz", "/healthz"):
        client.get(path)
    assert lines(stream) == []
    client.get("/metrics")
    assert [line["status"] for line in lines(stream)] == [401]


def test_a_line_is_json_whatever_is_in_it() -> None:
    formatter = logs.JsonLines(SetClock(datetime(2026, 11, 22, tzinfo=UTC)))
    record = logging.LogRecord("x", logging.INFO, "", 0, "line\nbreak \ud800 %s", ("é",), None)
    record.fields = {"seen": ["\udfff", 2**60]}
    written = formatter.format(record)
    assert "\n" not in written
    assert json.loads(written) == {
        "at": "2026-11-22T00:00:00.000Z",
        "level": "info",
        "logger": "x",
        "message": "line\nbreak ? é",
        "seen": ["?", 2**60],
    }
