"""Dead letters over HTTP and on the command line: shown, replayed, dropped; targets tried."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy import select
from tests.server.conftest import RecordingIntake, RecordingScores
from tests.server.delivery.receiver import Receiver, Reply
from tests.server.delivery.sending import (
    WHSEC,
    configured,
    put,
    row,
    sender,
    states,
    webhook,
)
from tests.server.one_application import served
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.server.clock import SetClock
from tamis.server.delivery import letters
from tamis.server.delivery.configuration import Targets
from tamis.server.security.keys import add_key
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.database import Database
from tamis.server.store.tables import access


@pytest.fixture
def refused(database: Database, clock: SetClock, there: Receiver) -> list[int]:
    """Entries of three dead letters, and a receiver that takes them by now."""
    there.answer = lambda _: Reply(400)
    keys = [put(database, clock, "hook", n, lead=5) for n in range(3)]
    sender(database, clock, configured("hook", webhook(there.address, clock))).work_off()
    there.answer = lambda _: Reply()
    assert set(states(database).values()) == {"dead"}
    return [row(database, key).entry for key in keys]


@pytest.fixture
def client(database: Database, clock: SetClock, there: Receiver) -> Iterator[TestClient]:
    """Reaches a server that has one target, with the key of an administrator."""
    hook = configured("hook", webhook(there.address, clock))
    server = Server(
        Settings(),
        clock,
        database,
        RecordingScores(),
        RecordingIntake(),
        targets=Targets({"hook": hook}),
    )
    with database.write() as connection:
        key = add_key(connection, clock, "a test", ["admin"], "system")[1]
    with TestClient(served(server), raise_server_exceptions=False) as opened:
        opened.auth = (key, "")
        yield opened


def test_the_latest_letters_are_listed_page_by_page(database: Database, refused: list[int]) -> None:
    with database.read() as connection:
        first = letters.latest(connection, "dead", "hook", limit=2)
        assert [one.entry for one in first.deliveries] == [refused[2], refused[1]]
        assert first.next is not None
        second = letters.latest(connection, "dead", before=first.next, limit=2)
        assert ([one.entry for one in second.deliveries], second.next) == ([refused[0]], None)
        assert letters.latest(connection, "dead", "another").deliveries == []


def test_dead_letters_are_listed_page_by_page(client: TestClient, refused: list[int]) -> None:
    first = client.get("/v1/deliveries", params={"limit": 2}).json()
    assert [one["entry"] for one in first["deliveries"]] == refused[:2]
    assert first["next"] == refused[1]
    second = client.get("/v1/deliveries", params={"after": first["next"]}).json()
    assert [one["entry"] for one in second["deliveries"]] == refused[2:]
    assert second["next"] is None
    (one,) = second["deliveries"]
    assert one["error"] == "answered 400"
    assert one["payload"] == {"number": 2}
    assert client.get(f"/v1/deliveries/{refused[2]}").json() == one
    assert client.get("/v1/deliveries", params={"state": "sent"}).json()["deliveries"] == []
    assert client.get("/v1/deliveries", params={"target": "other"}).json()["deliveries"] == []
    assert client.get("/v1/deliveries", params={"state": "lost"}).status_code == 400
    assert client.get("/v1/deliveries/9999").status_code == 404


def test_what_is_replayed_is_sent_with_its_key_and_in_its_order(
    client: TestClient, database: Database, clock: SetClock, there: Receiver, refused: list[int]
) -> None:
    before = [got.key for got in there.got]
    answer = client.post("/v1/deliveries/replay", json={"entries": refused})
    assert answer.json() == {"entries": refused}
    sender(database, clock, configured("hook", webhook(there.address, clock))).work_off()
    assert there.keys == before
    assert set(states(database).values()) == {"sent"}
    again = client.post("/v1/deliveries/replay", json={"entries": refused[:1]})
    assert again.status_code == 409
    assert again.json()["detail"] == f"delivery {refused[0]} is sent"


def test_all_of_a_call_or_none(client: TestClient, database: Database, refused: list[int]) -> None:
    answer = client.post("/v1/deliveries/drop", json={"entries": [refused[0], 9999]})
    assert answer.status_code == 404
    assert set(states(database).values()) == {"dead"}


def test_what_is_dropped_holds_nothing_any_more(
    client: TestClient, database: Database, clock: SetClock, refused: list[int]
) -> None:
    client.post("/v1/deliveries/drop", json={"entries": refused[:1]})
    dropped = client.get(f"/v1/deliveries/{refused[0]}").json()
    assert (dropped["state"], dropped["payload"]) == ("dropped", {})
    # The same cause puts nothing.
    put(database, clock, "hook", 0, lead=5)
    assert sorted(states(database).values()) == ["dead", "dead", "dropped"]
    with database.read() as connection:
        told = connection.execute(select(access.audit.c.action, access.audit.c.subject)).all()
    assert ("delivery.drop", str(refused[0])) in [tuple(one) for one in told]


def test_a_message_that_waits_can_be_dropped_unless_it_is_being_sent(
    client: TestClient, database: Database, clock: SetClock
) -> None:
    from tests.server.delivery.test_outbox import claim

    held, free = put(database, clock, "crm", 1), put(database, clock, "crm", 2)
    claim(database, clock)
    for key, status in ((held, 409), (free, 200)):
        entries = [row(database, key).entry]
        answer = client.post("/v1/deliveries/drop", json={"entries": entries})
        assert answer.status_code == status
    assert states(database) == {held: "waiting", free: "dropped"}


def test_targets_tell_how_they_stand(
    client: TestClient, database: Database, clock: SetClock, refused: list[int]
) -> None:
    put(database, clock, "gone", 1)
    hook, gone = client.get("/v1/targets").json()["targets"]
    assert (hook["name"], hook["type"], hook["waiting"], hook["dead"]) == (
        "hook",
        "webhook",
        0,
        len(refused),
    )
    assert (gone["name"], gone["type"], gone["waiting"]) == ("gone", None, 1)
    assert gone["waits_since"] == "2026-11-22T09:00:00.000Z"


def test_a_target_is_tried(client: TestClient, there: Receiver) -> None:
    assert client.post("/v1/targets/hook/test").json() == {"result": "sent", "reason": ""}
    assert there.got[0].told["type"] == "test"
    there.answer = lambda _: Reply(401)
    tried = client.post("/v1/targets/hook/test").json()
    assert tried == {"result": "not sent", "reason": "answered 401"}
    assert client.post("/v1/targets/none/test").status_code == 404


# ---------------------------------------------------------------- on the command line


@pytest.fixture
def tamis(store_url: str, tmp_path: Path, there: Receiver, monkeypatch: pytest.MonkeyPatch):
    """`tamis targets` with a file of one target."""
    file = tmp_path / "targets.yaml"
    file.write_text(
        "tamis_targets: 1\ntargets:\n"
        f"  hook: {{type: webhook, url: {there.address}, secret: {{env: HOOK_SECRET}}}}\n"
    )
    monkeypatch.setenv("TAMIS_TARGETS", str(file))
    monkeypatch.setenv("HOOK_SECRET", WHSEC)
    monkeypatch.setenv("TAMIS_PRIVATE_TARGETS", "127.0.0.1")
    monkeypatch.setenv("TAMIS_STORE", store_url)

    def call(*arguments: object) -> tuple[int, str]:
        command = ["targets", *(str(one) for one in arguments), "--language", "en"]
        ran = CliRunner().invoke(app, command)
        return ran.exit_code, ran.output

    return call


def test_the_command_lists_and_shows_dead_letters(tamis, refused: list[int]) -> None:
    status, said = tamis("list")
    assert status == 0
    assert "webhook" in said
    listed = json.loads(tamis("list", "--json")[1])["targets"]
    assert [(one["name"], one["dead"]) for one in listed] == [("hook", 3)]
    assert "answered 400" in tamis("dead")[1]
    told = json.loads(tamis("dead", "--json", "--limit", 2)[1])
    assert [one["entry"] for one in told["deliveries"]] == refused[:2]
    assert "There is no dead letter." in tamis("dead", "--target", "other")[1]


def test_the_command_replays_and_drops(tamis, database: Database, refused: list[int]) -> None:
    assert tamis("drop", refused[0]) == (0, f"{refused[0]}: dropped\n")
    assert (
        tamis("replay", "--all", "--target", "other", "--json")[1].strip()
        == '{\n  "entries": []\n}'
    )
    status, said = tamis("replay", "--all")
    assert status == 0
    assert said.splitlines() == [f"{entry}: waits to be sent again" for entry in refused[1:]]
    assert sorted(states(database).values()) == ["dropped", "waiting", "waiting"]
    assert tamis("replay", refused[0])[0] == 1
    assert tamis("replay")[0] == 2
    assert tamis("drop", refused[0], "--all")[0] == 2


def test_the_command_tries_a_target(tamis, there: Receiver) -> None:
    assert tamis("test", "hook") == (0, "hook has taken it.\n")
    there.answer = lambda _: Reply(500)
    assert tamis("test", "hook") == (1, "hook has not taken it: answered 500\n")
    assert tamis("test", "other")[0] == 1
    assert json.loads(tamis("test", "hook", "--json")[1])["result"] == "not sent"


def test_the_command_without_a_target_says_what_to_do(
    tamis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAMIS_TARGETS")
    assert "TAMIS_TARGETS" in tamis("list")[1]
