"""Requests of ingest: what is answered, and what reaches the intake."""

from __future__ import annotations

import gzip
import json

import pytest
from litestar.testing import TestClient
from tests.server.conftest import NOW
from tests.server.ingest.conftest import new_key

from tamis.server.clock import micros
from tamis.server.ingest import limits, segment
from tamis.server.ingest.message import AccountRow, LeadRow, Message, OutcomeRow, Rejected
from tamis.server.problems import Problem
from tamis.server.server import Server

CALLS = {
    "identify": {"userId": "u1", "traits": {"email": " Ada@Example.org "}},
    "track": {"userId": "u1", "event": "signup"},
    "page": {"anonymousId": "a1", "name": "Pricing"},
    "screen": {"anonymousId": "a1", "name": "Home"},
    "group": {"userId": "u1", "groupId": "g1"},
    "alias": {"userId": "u1", "previousId": "a1"},
}


def taken(server: Server):
    return [item for delivery in server.intake.taken for item in delivery.items]


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize("short", [False, True])
def test_each_call_has_its_path_and_a_short_one(client: TestClient, server: Server, kind, short):
    answered = client.post(f"/v1/{kind[0] if short else kind}", json=CALLS[kind])
    assert answered.status_code == 200
    assert answered.json() == {
        "success": True,
        "taken": 1,
        "repeated": 0,
        "quarantined": 0,
        "rejected": [],
    }
    assert [item.kind for item in taken(server)] == [kind]
    assert taken(server)[0].received_at == micros(NOW)


def test_the_delivery_names_the_key(client: TestClient, server: Server):
    key = new_key(server, "ingest")
    client.post("/v1/track", json=CALLS["track"], auth=(key, ""))
    assert server.intake.taken[0].key_id == key.split("_")[1]


def test_a_bad_message_is_answered_400_and_kept(client: TestClient, server: Server):
    answered = client.post("/v1/track", json={"userId": "u1", "messageId": "m1"})
    assert answered.status_code == 400
    assert answered.headers["content-type"].startswith("application/problem+json")
    assert answered.json()["type"] == "urn:tamis:problem:no-event"
    [kept] = taken(server)
    assert (kept.code, kept.message_id, kept.person, kept.kind) == (
        "no-event",
        "m1",
        "u1",
        "track",
    )


def test_the_neighbours_of_a_bad_message_pass(client: TestClient, server: Server):
    batch = [
        {"type": "track", **CALLS["track"], "messageId": "m0"},
        {"type": "track", "userId": "u1", "messageId": "m1"},
        {"type": "page", **CALLS["page"], "messageId": "m2"},
    ]
    answered = client.post("/v1/batch", json={"batch": batch})
    assert answered.status_code == 200
    told = answered.json()
    assert (told["success"], told["taken"], told["quarantined"]) == (True, 2, 1)
    assert told["rejected"] == [
        {
            "place": 1,
            "message_id": "m1",
            "code": "no-event",
            "reason": "a track call names its `event`",
        }
    ]
    assert [type(item) for item in taken(server)] == [Message, Rejected, Message]


def test_an_import_takes_times_as_written(client: TestClient, server: Server):
    message = {"type": "track", **CALLS["track"], "timestamp": "2026-01-01T00:00:00Z"}
    body = {"batch": [message], "sentAt": "2026-01-01T00:00:00Z"}
    client.post("/v1/import", json=body)
    client.post("/v1/batch", json=body)
    written, corrected = taken(server)
    assert written.at == micros(NOW.replace(month=1, day=1, hour=0))
    assert corrected.at == micros(NOW)


@pytest.mark.parametrize("path", ["/v1/track", "/v1/batch", "/v1/leads"])
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 9_000])
def test_no_json_is_answered_400_and_kept(client: TestClient, server: Server, path, body):
    body = body[: limits.MESSAGE] if path == "/v1/track" else body
    answered = client.post(path, content=body)
    assert answered.status_code == 400
    [kept] = taken(server)
    assert isinstance(kept, Rejected)
    assert kept.message == body[: limits.MESSAGE]


def test_a_compressed_body_is_unpacked(client: TestClient):
    body = gzip.compress(json.dumps({"batch": [{"type": "page", **CALLS["page"]}]}).encode())
    answered = client.post("/v1/batch", content=body, headers={"content-encoding": "gzip"})
    assert answered.json()["taken"] == 1


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (gzip.compress(b" " * 50_000_000, mtime=0), "gzip", 413),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", 400),
        (gzip.compress(b"{}", mtime=0) * 2, "gzip", 400),
        (b"{}", "gzip", 400),
        (b"{}", "br", 415),
        (b" " * (limits.BODY + 1), "identity", 413),
    ],
)
def test_bodies_that_are_refused(client: TestClient, server: Server, body, encoding, status):
    answered = client.post("/v1/batch", content=body, headers={"content-encoding": encoding})
    assert answered.status_code == status
    assert set(answered.json()) >= {"type", "title", "status", "detail", "instance", "errors"}
    assert not server.intake.taken


def test_a_body_without_length_is_bounded_too(client: TestClient, server: Server):
    answered = client.post("/v1/batch", content=iter([b" " * 100_000] * 20))
    assert answered.status_code == 413
    assert not server.intake.taken


def test_one_message_has_at_most_32_kb(client: TestClient, server: Server):
    long = {**CALLS["track"], "properties": {"text": "x" * limits.MESSAGE}}
    assert client.post("/v1/track", json=long).status_code == 413
    answered = client.post("/v1/batch", json={"batch": [{"type": "track", **long}]})
    assert answered.json()["rejected"][0]["code"] == "too-large"
    assert len(taken(server)[0].message) == limits.MESSAGE


def test_a_batch_has_at_most_2500_messages(client: TestClient, server: Server):
    answered = client.post("/v1/batch", json={"batch": [{}] * 2_501})
    assert answered.status_code == 400
    assert answered.json()["type"] == "urn:tamis:problem:too-many"
    assert len(taken(server)) == 1


def test_rows_one_or_many(client: TestClient, server: Server):
    lead = {"lead_id": "l1", "account_id": 7, "owner": "sam", "fields": {"country": "FR", "n": 1}}
    assert client.post("/v1/leads", json=lead).json()["taken"] == 1
    accounts = [{"account_id": "7", "fields": {"employees": None}}, {"account_id": ""}]
    told = client.post("/v1/accounts", json=accounts).json()
    assert (told["taken"], told["rejected"][0]["code"]) == (1, "no-id")
    outcome = {"lead_id": "l1", "outcome": "won", "at": "2026-11-20", "amount": 12.345678}
    assert client.post("/v1/outcomes", json=[outcome]).json()["taken"] == 1
    first, second, _, third = taken(server)
    at = micros(NOW)
    assert first == LeadRow("l1", at, {"country": "FR", "n": 1}, "7", "sam")
    assert second == AccountRow("7", at, {"employees": None})
    day = micros(NOW.replace(day=20, hour=0))
    assert third == OutcomeRow(third.outcome_id, "l1", "won", day, at, 12_345_678)
    assert third.outcome_id.startswith("made-")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("leads", {"lead_id": "l", "fields": {"a": {"b": 1}}}, "wrong-type"),
        ("leads", {"lead_id": "l", "fields": {"a": 2**63}}, "number-too-large"),
        ("leads", {"lead_id": "l", "at": "soon"}, "bad-time"),
        ("leads", {"lead_id": "l", "fields": {"a": "\0"}}, "nul"),
        ("leads", {"lead_id": "l" * 513}, "id-too-long"),
        ("outcomes", {"lead_id": "l"}, "no-outcome"),
        ("outcomes", {"lead_id": "l", "outcome": "draw"}, "wrong-type"),
        ("outcomes", {"lead_id": "l", "outcome": "won", "amount": 1e18}, "number-too-large"),
        ("outcomes", {"lead_id": "l", "outcome": "won", "amount": "NaN"}, "number-too-large"),
        ("outcomes", {"lead_id": "l", "outcome": "won", "amount": "1e999999"}, "number-too-large"),
    ],
)
def test_rows_with_a_fault(client: TestClient, server: Server, path, body, code):
    answered = client.post(f"/v1/{path}", json=body)
    assert answered.status_code == 400
    assert [item.code for item in taken(server)] == [code]


def test_back_pressure_is_passed_on(client: TestClient, server: Server):
    class Full:
        async def take(self, _):
            raise Problem(429, "busy", "Too much waits", headers={"Retry-After": "1"})

    server.intake = Full()
    answered = client.post("/v1/track", json=CALLS["track"])
    assert (answered.status_code, answered.headers["retry-after"]) == (429, "1")


PATHS = [f"/v1/{kind}" for kind in (*segment.KINDS, "batch", "import", "leads", "outcomes")]


@pytest.mark.parametrize("path", PATHS)
def test_only_a_key_that_may_send_is_let_in(client: TestClient, server: Server, path):
    client.auth = (new_key(server, "read"), "")
    assert client.post(path, json={}).status_code == 403
    client.auth = None
    assert client.post(path, json={}).status_code == 401
    assert not server.intake.taken


def test_a_key_in_the_body_is_not_kept(client: TestClient, server: Server):
    client.post("/v1/track", json={"userId": "u", "writeKey": "tk_secret"})
    client.post("/v1/batch", content=b'{"writeKey":"tk_secret","batch":1}')
    assert all(b"tk_secret" not in item.message for item in taken(server))


def test_the_schema_says_what_is_taken(admin: TestClient):
    paths = admin.get("/v1/schema/openapi.json").json()["paths"]

    def body(path: str) -> dict[str, object]:
        return paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]

    assert body("/v1/track") == body("/v1/t")
    assert body("/v1/track")["required"] == ["event"]
    assert body("/v1/batch")["properties"]["batch"]["maxItems"] == limits.MESSAGES
    assert body("/v1/outcomes")["oneOf"][0]["required"] == ["lead_id", "outcome"]
