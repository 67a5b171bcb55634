"""Routes of privacy and of marks: who may, who may not, and what is answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import delete
from tests.server.conftest import RecordingScores
from tests.server.one_application import served
from tests.server.privacy.conftest import ANN, BOB

from tamis.server.security.keys import add_key
from tamis.server.server import Server
from tamis.server.store.tables import people, scoring

Headers = dict[str, str]
ROUTES = [
    ("GET", f"/v1/people/{ANN.user}/export", None),
    ("DELETE", f"/v1/people/{ANN.user}", None),
    ("POST", f"/v1/people/{ANN.user}/consent", {"given": False}),
    ("POST", "/v1/retention", {"older_than_days": 730}),
    ("GET", "/v1/bots", None),
    ("POST", "/v1/bots/mark", {"lead": ANN.user, "reason": "tests"}),
    ("POST", "/v1/bots/unmark", {"lead": ANN.user}),
]


@pytest.fixture
def http(peopled: Server) -> Iterator[TestClient[Any]]:
    with TestClient(served(peopled)) as client:
        yield client


def key(server: Server, scope: str) -> Headers:
    with server.database.write() as connection:
        _, shown = add_key(connection, server.clock, scope, [scope], "system")
    return {"Authorization": f"Bearer {shown}"}


@pytest.fixture
def admin(peopled: Server) -> Headers:
    return key(peopled, "admin")


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_who_may(http: TestClient[Any], peopled: Server, method: str, path: str, body: Any) -> None:
    assert http.request(method, path, json=body).status_code == 401
    may_not = key(peopled, "read")
    assert http.request(method, path, json=body, headers=may_not).status_code == 403
    if "export" not in path:
        may = key(peopled, "admin")
        assert http.request(method, path, json=body, headers=may).status_code in (200, 201)


def test_export_of_a_person_in_the_store(
    http: TestClient[Any], peopled: Server, admin: Headers
) -> None:
    with peopled.database.write() as connection:
        # Rows made for erasure hold no JSON of their own kind.
        for table in (people.lead_values, scoring.scores, scoring.score_history):
            connection.execute(delete(table))
    answer = http.get(f"/v1/people/{ANN.email}/export", headers=admin)
    assert answer.status_code == 200, answer.text
    assert answer.json()["person"] == ANN.user
    assert answer.headers["cache-control"] == "no-store"
    assert BOB.user not in answer.text


def test_erase_then_there_is_nobody(http: TestClient[Any], admin: Headers) -> None:
    answer = http.delete(f"/v1/people/{ANN.email}", headers=admin)
    assert (answer.status_code, answer.json()["events"]) == (200, 2)
    for method, path in [("DELETE", ""), ("GET", "/export")]:
        gone = http.request(method, f"/v1/people/{ANN.email}{path}", headers=admin)
        assert gone.status_code == 404
        assert gone.headers["content-type"] == "application/problem+json"
        assert ANN.email not in gone.text


def test_consent(http: TestClient[Any], peopled: Server, admin: Headers) -> None:
    answer = http.post(f"/v1/people/{ANN.user}/consent", json={"given": False}, headers=admin)
    assert answer.status_code == 201
    assert answer.json() == {"purpose": "profiling", "given": False, "changed": True}
    assert isinstance(peopled.scores, RecordingScores)
    assert peopled.scores.rescored == [([ANN.lead], "consent")]


BAD = [
    ("/v1/people/x/consent", {"given": "perhaps"}),
    ("/v1/people/x/consent", {"given": True, "purpose": "mail"}),
    ("/v1/people/x/consent", {}),
    ("/v1/people/x/consent", {"given": True, "source": "a\0"}),
    ("/v1/retention", {"older_than_days": 0}),
    ("/v1/retention", {"older_than_days": 10**9}),
    ("/v1/bots/mark", {"lead": ANN.user}),
    ("/v1/bots/mark", {"reason": "x"}),
    ("/v1/bots/mark", {"reason": "x", "lead": ANN.user, "unknown": 1}),
    ("/v1/bots/mark", {"reason": "x\0", "lead": ANN.user}),
    ("/v1/bots/mark", {"reason": "x", "message_ids": ["a\0"]}),
    ("/v1/bots/mark", {"reason": "x", "user_agent": "\0"}),
    ("/v1/bots/unmark", {"marked_for": "a\0"}),
    ("/v1/bots/unmark", {"lead": ANN.user, "since": "2026-11-22T10:00:00"}),
    ("/v1/bots/unmark", {}),
]


@pytest.mark.parametrize(("path", "body"), BAD)
def test_what_cannot_be_meant(
    http: TestClient[Any], admin: Headers, path: str, body: dict[str, object]
) -> None:
    assert http.post(path, json=body, headers=admin).status_code == 400


def test_marks_and_their_list(http: TestClient[Any], admin: Headers) -> None:
    body = {"lead": ANN.email, "reason": "our own tests", "since": "2026-11-22T08:59:00Z"}
    made = http.post("/v1/bots/mark", json=body, headers=admin)
    assert made.json() == {"events": 1, "leads": 1}
    listed = http.get("/v1/bots", headers=admin).json()["marks"]
    assert [(m["reason"], m["events"], m["latest"]) for m in listed] == [
        ("our own tests", 1, "2026-11-22T09:00:00.000Z")
    ]
    assert listed[0]["by"].startswith("key:")
    body = {"marked_for": "our own tests"}
    assert http.post("/v1/bots/unmark", json=body, headers=admin).json()["events"] == 1
    assert http.get("/v1/bots", headers=admin).json() == {"marks": []}


def test_marks_of_a_lead_that_is_not(http: TestClient[Any], admin: Headers) -> None:
    body = {"lead": "nobody", "reason": "x"}
    assert http.post("/v1/bots/mark", json=body, headers=admin).status_code == 404
