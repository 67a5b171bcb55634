"""`tamis models`: from a file to an activation, by people who may."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.server.conftest import NOW
from tests.server.models.conftest import ROLES, YAML
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.server.models.lifecycle import switch
from tamis.server.models.tasks import open_tasks
from tamis.server.store.database import Database
from tamis.server.store.tables import access, people, scoring


class Typed:
    """The command line on one store, and one model file."""

    def __init__(self, url: str, database: Database, folder: Path) -> None:
        self.url, self.database, self.file = url, database, folder / "model.yaml"
        self.file.write_text(YAML, encoding="utf-8")

    def __call__(self, *words: str, code: int = 0) -> str:
        """What a command says; it must end with `code`."""
        ran = CliRunner().invoke(app, ["models", *words, "--store", self.url])
        assert ran.exit_code == code, ran.output
        return ran.output

    def json(self, *words: str) -> Any:
        """What a command says to programs."""
        return json.loads(self(*words, "--json"))


@pytest.fixture
def tamis(store_url: str, database: Database, tmp_path: Path) -> Typed:
    """A store with people, and the command."""
    people = [{"login": one, "name": one, "role": ROLES[one], "disabled": False} for one in ROLES]
    people.append({"login": "gone", "name": "gone", "role": "admin", "disabled": True})
    with database.write() as connection:
        connection.execute(insert(access.users), [{**row, "made_at": 0} for row in people])
    return Typed(store_url, database, tmp_path)


def test_a_file_becomes_an_approved_version_step_by_step(tamis: Typed) -> None:
    file = str(tamis.file)
    assert "Added new-business/1" in tamis("add", file, "--as", "marie", "--about", "first")
    tamis("propose", "new-business", "--as", "marie")
    tamis("reject", "new-business", "--as", "sam", "-m", "too many")
    tamis.file.write_text(YAML.replace("points: 60", "points: 50"), encoding="utf-8")
    tamis("edit", "new-business/1", file, "--as", "marie")
    tamis("propose", "new-business/1", "--as", "marie")
    assert "the other side has not yet" in tamis("approve", "new-business", "--as", "sam")
    assert "say for which side" in tamis("approve", "new-business", "--as", "ada", code=2)
    said = tamis("approve", "new-business", "--as", "ada", "--side", "marketing")
    assert "Both sides have approved new-business/1" in said
    assert "waits for the server" in tamis("activate", "new-business", "--as", "marie")
    assert "points: 50" in tamis("show", "new-business")
    told = tamis("history", "new-business")
    assert "rejected for sales  sam (sales): too many" in told
    assert "approved for marketing  ada (admin)" in told
    assert [one["action"] for one in tamis.json("history", "new-business")] == [
        *("drafted", "proposed", "rejected", "edited", "proposed"),
        *("approved", "approved", "activating"),
    ]
    shown = tamis("list")
    assert "approved, activating" in shown
    assert "no day is set on which this version is reviewed next" in shown


def test_an_administrator_alone_adds_and_activates_in_one_command(tamis: Typed) -> None:
    said = tamis("add", str(tamis.file), "--activate", "--as", "ada")
    assert "new-business/1 waits for the server" in said
    [version] = tamis.json("list")[0]["versions"]
    assert (version["state"], version["activating"]) == ("approved", True)
    given = [(one["side"], one["made_by"], one["made_as"]) for one in version["approvals"]]
    assert given == [("marketing", "ada", "admin"), ("sales", "ada", "admin")]
    with tamis.database.write() as connection:
        [key] = open_tasks(connection)
        switch(connection, key, NOW, "ada")
    assert tamis.json("list")[0]["active"] == 1


def test_where_no_server_runs_the_command_scores_and_switches(tamis: Typed) -> None:
    with tamis.database.write() as connection:
        row = {"lead_id": "ann", "fields": '{"title": "boss"}', "first_at": 0, "last_at": 0}
        connection.execute(insert(people.leads).values(row))
    said = tamis("add", str(tamis.file), "--activate", "--now", "--as", "ada")
    assert "Every lead is scored by new-business/1" in said
    assert tamis.json("list")[0]["active"] == 1
    with tamis.database.read() as connection:
        scored = connection.execute(select(scoring.scores.c.lead_id, scoring.scores.c.score)).all()
    assert [tuple(row) for row in scored] == [("ann", 6000)]
    assert "--now goes with" in tamis("add", str(tamis.file), "--now", "--as", "ada", code=2)


def test_what_somebody_may_not_do_changes_nothing(tamis: Typed) -> None:
    file = str(tamis.file)
    assert "permission `model`" in tamis("add", file, "--as", "sam", code=1)
    assert "permission `admin`" in tamis("add", file, "--activate", "--as", "marie", code=1)
    assert "is disabled" in tamis("add", file, "--as", "gone", code=1)
    assert "no user `eve`" in tamis("add", file, "--as", "eve", code=1)
    assert tamis.json("list") == []


def test_errors_of_a_file_are_told_at_their_place_in_it(tamis: Typed) -> None:
    tamis.file.write_text(YAML.replace("points: 60", "pints: 60"), encoding="utf-8")
    said = tamis("add", str(tamis.file), "--as", "marie", code=1)
    assert "model.yaml:12:44: unknown key `pints`" in said.replace("\n", "")


def test_what_changed_is_said_in_the_readers_language(tamis: Typed) -> None:
    file = str(tamis.file)
    tamis("add", file, "--as", "marie")
    tamis.file.write_text(YAML.replace("points: 60", "points: 70"), encoding="utf-8")
    tamis("add", file, "--as", "marie")
    assert "rule `boss`: points 60 → 70" in tamis("diff", "new-business")
    assert "règle" in tamis("diff", "new-business/2", "--language", "fr")
    assert "Nothing changed" in tamis("diff", "new-business/2", "--since", "2")
    assert "write it as" in tamis("diff", "new-business/x", code=2)


def test_shadow_back_and_retire_say_why_they_cannot_be(tamis: Typed) -> None:
    tamis("add", str(tamis.file), "--as", "marie")
    assert "only what is active" in tamis("retire", "new-business", "--as", "marie", code=1)
    assert "is draft" in tamis("shadow", "new-business", "--as", "marie", code=1)
    off = ("shadow", "new-business", "--off", "--as", "marie")
    assert "does not run in shadow" in tamis(*off, code=1)
    assert "no other version" in tamis("back", "new-business", "--as", "marie", code=1)
