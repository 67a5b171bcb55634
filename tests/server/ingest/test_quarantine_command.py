"""`tamis quarantine` on a store."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.server.ingest.test_intake import TYPED
from tests.server.ingest.test_quarantine import GOOD, put
from tests.server.scoring.live_store import live_store
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.server.ingest import quarantine
from tamis.server.store.database import Database
from tamis.server.store.tables import messages


@pytest.fixture
def tamis(store_url: str):
    def call(*arguments: object) -> tuple[int, str]:
        command = ["quarantine", *(str(one) for one in arguments), "--store", store_url]
        ran = CliRunner().invoke(app, command)
        return ran.exit_code, ran.output

    return call


def test_list_and_show(database: Database, tamis):
    entry = put(database, b'{"event":"\x1b[31m"}')
    status, said = tamis("list")
    assert status == 0
    assert "for a test" in said
    assert "\x1b" not in said
    listed = json.loads(tamis("list", "--json")[1])
    assert [one["entry"] for one in listed["entries"]] == [entry]
    assert listed["next"] is None
    status, said = tamis("show", entry)
    assert status == 0
    assert "no-event" in said
    assert json.loads(tamis("show", entry, "--json")[1])["state"] == "waiting"


def test_an_empty_quarantine_says_so(tamis):
    assert tamis("list")[0] == 0
    assert json.loads(tamis("list", "--json")[1]) == {"entries": [], "next": None}


def test_replay_takes_what_can_be_taken(database: Database, tamis):
    good, bad = put(database, GOOD), put(database, b"{}")
    status, said = tamis("replay", good, bad, "--json")
    assert status == 1
    told = {one["entry"]: one["state"] for one in json.loads(said)["entries"]}
    assert told == {good: "replayed", bad: "waiting"}
    with database.read() as connection:
        assert list(connection.scalars(select(messages.events.c.message_id))) == ["m1"]


def test_replay_all_of_one_reason_and_drop_the_others(database: Database, tamis):
    chosen, other = put(database, GOOD, code="nul"), put(database, GOOD, code="no-id")
    assert tamis("replay", "--all", "--code", "nul")[0] == 0
    assert quarantine.one(database, chosen).state == "replayed"
    assert quarantine.one(database, other).state == "waiting"
    assert tamis("drop", "--all", "--quiet") == (0, "")
    assert quarantine.one(database, other).state == "dropped"


def test_replay_of_a_corrected_message(database: Database, tamis, tmp_path: Path):
    entry, corrected = put(database, b"{"), tmp_path / "corrected.json"
    corrected.write_bytes(GOOD)
    assert tamis("replay", entry, "--message", corrected)[0] == 0
    assert quarantine.one(database, entry).state == "replayed"


def test_what_is_put_aside_again_is_not_said_to_be_dropped(sqlite_url: str) -> None:
    made = live_store(sqlite_url, TYPED, date(2026, 11, 22), "UTC")
    entry = put(made.database, b'{"lead_id": "bo", "fields": {"staff": "many"}}', "leads")
    made.assembled.close()
    call = ["quarantine", "replay", str(entry), "--store", sqlite_url]
    ran = CliRunner().invoke(app, call)
    assert ran.exit_code == 1
    assert ran.output == f"{entry}: put aside again, under a new number\n"


@pytest.mark.parametrize(
    "arguments",
    [["replay"], ["drop"], ["replay", "1", "--all"], ["replay", "--all", "--message", "x.json"]],
)
def test_calls_that_cannot_be_meant(tamis, arguments):
    assert tamis(*arguments)[0] == 2


def test_there_is_no_such_message(tamis):
    status, said = tamis("show", 7)
    assert status == 1
    assert "there is no entry 7" in said
