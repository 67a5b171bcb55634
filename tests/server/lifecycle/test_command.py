"""`tamis lead`: where a lead stands, moved and held by people, on a store."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.server.lifecycle.conftest import Store
from tests.server.models.conftest import World
from typer.testing import CliRunner

from tamis.cli.app import app


class Typed:
    """The command line on one store, with Ann in it, whom her score calls MQL."""

    def __init__(self, url: str) -> None:
        self.url = url

    def __call__(self, *words: str, code: int = 0) -> str:
        """What a command says; it must end with `code`."""
        ran = CliRunner().invoke(app, ["lead", *words, "--store", self.url])
        assert ran.exit_code == code, ran.output
        return ran.output

    def json(self, *words: str) -> Any:
        """What a command says to programs."""
        return json.loads(self(*words, "--json"))


@pytest.fixture
def tamis(world: World, store_url: str) -> Typed:
    """A store with people, and Ann."""
    store = Store(world.server)
    store.activate()
    store.lead("ann", "page_view")
    store.score(("ann", 60))
    return Typed(store_url)


def test_a_lead_is_moved_step_by_step_by_those_who_may(tamis: Typed) -> None:
    said = tamis("status", "ann")
    assert "Marketing-qualified lead (MQL) (mql), since 2026-11-22 09:00 UTC." in said
    assert "lead [passed]" in said
    assert "made by marketing" in tamis("move", "ann", "sql", "--as", "sam", code=1)
    tamis("move", "ann", "sql", "--as", "marie", "--from", "mql")
    assert "not at `mql`" in tamis("move", "ann", "srl", "--as", "sam", "--from", "mql", code=1)
    assert "accepted has not been" in tamis("move", "ann", "srl", "--as", "sam", code=1)
    told = tamis.json("move", "ann", "srl", "--as", "sam", "--yes", "accepted")
    assert (told["status"], told["history"][-1]["made_by"]) == ("srl", "sam")
    assert told["history"][2]["score"] == 60.0
    assert tamis("answer", "ann", "meeting", "--yes", "--as", "sam", "--quiet") == ""
    assert "meeting (sam): yes" in tamis("status", "ann")
    assert "a text is needed here" in tamis("move", "ann", "lost", "--as", "sam", code=1)
    tamis("move", "ann", "lost", "--as", "sam", "-m", "no budget")
    assert tamis.json("status", "ann")["history"][-1]["reason"] == "no budget"


def test_a_hold_is_told_and_released(tamis: Typed) -> None:
    said = tamis("hold", "ann", "--as", "sam", "-m", "in talks")
    assert "Held by sam: no score moves it. in talks" in said
    assert "release it first" in tamis("hold", "ann", "--as", "marie", code=1)
    assert tamis.json("release", "ann", "--as", "marie")["held_by"] is None
    assert "nobody holds the lead" in tamis("release", "ann", "--as", "sam", code=1)


def test_who_is_not_there_is_told(tamis: Typed) -> None:
    assert "there is no such lead" in tamis("status", "eve", code=1)
    assert "there is no user `eve`" in tamis("hold", "ann", "--as", "eve", code=1)
    assert "no model of this name is active" in tamis("status", "ann", "--model", "x", code=1)
