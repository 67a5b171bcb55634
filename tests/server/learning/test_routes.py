"""Learned models over HTTP: what is asked and answered, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import insert
from tests.server.learning.small import MODEL, file, in_json
from tests.server.read.conftest import caller, version

from tamis.server.learning import alarms, child
from tamis.server.server import Server
from tamis.server.store.tables import access

PATH = "/v1/learned/small"


@pytest.fixture
def store_url(sqlite_url: str) -> str:
    """One database: nothing here depends on which."""
    return sqlite_url


@pytest.fixture
def client(server: Server) -> Iterator[TestClient[Any]]:
    """A program that may change models."""
    with server.database.write() as connection:
        version(connection, MODEL)
        row = {"login": "marie", "name": "Marie", "role": "admin", "made_at": 0}
        connection.execute(insert(access.users).values(**row))
    with caller(server, "admin") as opened:
        yield opened


def test_from_a_file_to_a_draft(client: TestClient[Any]) -> None:
    made = client.post(f"{PATH}/import", json=in_json())
    assert made.status_code == 201
    assert (made.json()["number"], made.json()["state"]) == (1, "candidate")
    whole = client.get(f"{PATH}/1").json()
    assert whole["learned"]["parts"][0]["column"] == "country"
    assert whole["report"]["suggestions"] == []
    draft = client.post(f"{PATH}/1/draft")
    assert (draft.status_code, draft.json()) == (201, {"model": "small", "version": 2})
    seen = client.get(PATH).json()
    assert (seen["models"][0]["state"], seen["models"][0]["version"]) == ("challenger", 2)
    versions = client.get("/v1/models/small").json()["versions"]
    assert (versions[0]["owner"], versions[0]["about"]) == ("marie", "with learned model 1")


def test_a_file_is_downloaded_and_taken_in_again(client: TestClient[Any]) -> None:
    client.post(f"{PATH}/import", json=in_json())
    answer = client.get(f"{PATH}/1/file")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="learned-1.json"'
    assert answer.json() == in_json()
    again = client.post(f"{PATH}/import", content=answer.content)
    assert again.json()["number"] == 2
    assert client.get(f"{PATH}/2/file").content == answer.content


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"tamis_learned": 2}', b"\x80\x04", b"{"])
def test_what_is_no_learned_model_is_refused(client: TestClient[Any], body: bytes) -> None:
    answer = client.post(f"{PATH}/import", content=body)
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_training_is_asked_for_and_followed(client: TestClient[Any]) -> None:
    asked = client.post(f"{PATH}/train", json={"horizon": 30, "reason": "monthly"})
    assert asked.status_code == 202
    task = asked.json()
    assert (task["kind"], task["state"], task["subject"]["model"]) == ("train", "waiting", "small")
    assert client.get(f"/v1/tasks/{task['task']}").json() == task
    assert client.get(PATH).json()["task"] == task
    assert client.post(f"{PATH}/train").status_code == 409
    assert client.post("/v1/learned/none/train").status_code == 404
    assert client.post(f"{PATH}/train", json={"horizon": 0}).status_code == 400
    assert client.post(f"{PATH}/train", json={"monotone": {"size": "up"}}).status_code == 400


def test_a_server_without_the_extra_says_so(
    client: TestClient[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(f"{PATH}/import", json=in_json())
    monkeypatch.setattr(child, "NEEDED", ("no_such_package",))
    for path in ("train", "1/draft"):
        answer = client.post(f"{PATH}/{path}")
        assert (answer.status_code, "tamis[learn]" in answer.json()["detail"]) == (503, True)
    seen = client.get(PATH).json()
    assert (seen["available"], len(seen["models"])) == (False, 1)
    assert "tamis[learn]" in seen["why_not"]


def test_changes_of_market(client: TestClient[Any]) -> None:
    made = client.post(f"{PATH}/market", json={"day": "2026-11-02", "about": "new prices"})
    assert (made.status_code, made.json()["day"]) == (201, "2026-11-02")
    gone = f"{PATH}/market/{made.json()['change']}"
    assert client.delete(gone).status_code == 204
    assert client.delete(gone).status_code == 404
    assert client.post(f"{PATH}/market", json={"day": "2026-11-02", "about": ""}).status_code == 400


def test_policies_and_alarms(client: TestClient[Any], server: Server) -> None:
    policy = {"every_days": 30, "new_conversions": None, "on_alarm": True, "recalibrate": False}
    policy |= {"horizon": 45, "allowed": ["age"], "drop_suspects": True}
    assert client.put(f"{PATH}/policy", json=policy).json() == policy
    assert client.get(PATH).json()["policy"] == policy
    assert client.put(f"{PATH}/policy", json={"every_days": 0}).status_code == 400
    from tests.server.learning.test_desk import BRAZIL

    with server.database.write() as connection:
        alarms.raise_all(connection, "small", [BRAZIL], server.micros)
    (alarm,) = client.get(f"{PATH}/alarms").json()
    assert (alarm["field"], alarm["value"], alarm["todo"]) == ("country", "brazil", "name_value")
    settled = client.post(f"{PATH}/alarms/{alarm['alarm']}/settle", json={"comment": "a fair"})
    assert settled.json()["comment"] == "a fair"
    assert client.get(f"{PATH}/alarms").json() == []
    assert len(client.get(f"{PATH}/alarms", params={"settled": True}).json()) == 1


def test_two_models_are_compared(client: TestClient[Any]) -> None:
    for _ in range(2):
        client.post(f"{PATH}/import", content=file())
    asked = {"with": 2, "fresh": "false"}
    found = client.get(f"{PATH}/1/compare", params=asked).json()
    assert (found["one"]["number"], found["other"]["number"], found["fresh"]) == (1, 2, None)
    assert client.get(f"{PATH}/1/compare").status_code == 400
    assert client.get(f"{PATH}/1/compare", params={"with": 9}).status_code == 404


@pytest.mark.parametrize("path", ["none", "small/9", "small/0", "small/9999999999999999999/file"])
def test_what_there_is_not(client: TestClient[Any], path: str) -> None:
    assert client.get(f"/v1/learned/{path}").status_code == 404
