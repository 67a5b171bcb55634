"""`tamis person` on a store."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from sqlalchemy import delete
from tests.server.privacy.conftest import ANN, BOB
from typer.testing import CliRunner

from tamis.cli.app import app
from tamis.server.server import Server
from tamis.server.store.tables import people, scoring


@pytest.fixture
def store(peopled: Server, store_url: str) -> str:
    with peopled.database.write() as connection:
        for table in (people.lead_values, scoring.scores, scoring.score_history):
            connection.execute(delete(table))
    return store_url


def run(store: str, *words: str) -> tuple[int, str]:
    made = CliRunner().invoke(app, ["person", *words, "--store", store])
    return made.exit_code, made.output


def test_export(store: str, tmp_path: Path) -> None:
    code, said = run(store, "export", ANN.email)
    assert (code, json.loads(said)["person"]) == (0, ANN.user)
    assert run(store, "export", ANN.email, "--out", str(tmp_path / "ann.json"))[0] == 0
    assert json.loads((tmp_path / "ann.json").read_text())["person"] == ANN.user
    assert stat.S_IMODE((tmp_path / "ann.json").stat().st_mode) == 0o600
    assert run(store, "export", ANN.email, "--out", str(tmp_path / "no" / "x"))[0] == 2


def test_erase_asks_for_yes(store: str) -> None:
    assert run(store, "erase", ANN.email)[0] == 2
    code, said = run(store, "erase", ANN.email, "--yes", "--json")
    assert (code, json.loads(said)["events"]) == (0, 2)
    assert run(store, "erase", ANN.email, "--yes")[0] == 1
    assert run(store, "erase", BOB.email, "--yes", "--quiet") == (0, "")


def test_consent_must_be_said(store: str) -> None:
    assert run(store, "consent", ANN.email)[0] == 2


@pytest.mark.parametrize("age", ["0d", "soon", "-3d"])
def test_an_age_is_days(store: str, age: str) -> None:
    assert run(store, "retain", f"--older-than={age}")[0] == 2


def test_nothing_is_older(store: str) -> None:
    code, said = run(store, "retain", "--older-than", "3650d", "--json")
    assert (code, json.loads(said)["events"]) == (0, 0)
