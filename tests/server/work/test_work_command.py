"""`tamis work` on a store."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.server.work.conftest import Office
from typer.testing import CliRunner

from tamis.cli.work import work


@pytest.fixture
def filled(office: Office) -> Office:
    """Three leads in a queue, of which one is ann's."""
    for number in range(3):
        office.hold(f"lead {number}", "call", score=6000 + 100 * number)
    return office


def run(office: Office, *words: str) -> tuple[int, str]:
    made = CliRunner().invoke(work, [*words, "--store", office.server.settings.store])
    return made.exit_code, made.output


def told(office: Office, *words: str) -> Any:
    code, said = run(office, *words, "--json")
    assert code == 0, said
    return json.loads(said)


def test_a_queue_is_listed_in_its_order(filled: Office) -> None:
    found = told(filled, "list", "--queue", "sales")["work"]
    assert [one["lead_id"] for one in found] == ["lead 2", "lead 1", "lead 0"]
    code, said = run(filled, "list", "--queue", "sales", "--limit", "2")
    assert (code, "lead 2" in said, "lead 0" in said) == (0, True, False)


def test_whose_work_must_be_said(filled: Office) -> None:
    assert run(filled, "list")[0] == 2
    assert run(filled, "list", "--queue", "sales", "--owner", "ann")[0] == 2
    assert run(filled, "list", "--queue", "sales", "--state", "lost")[0] == 2
    assert run(filled, "list", "--queue", "nothing")[0] == 1


def test_work_is_given_and_put_aside(filled: Office) -> None:
    number = str(filled.one("lead 1").handoff)
    assert told(filled, "assign", number, "--to", "ann")["owner"] == "ann"
    assert [one["lead_id"] for one in told(filled, "list", "--owner", "ann")["work"]] == ["lead 1"]
    aside = told(filled, "snooze", number, "--until", "2026-11-24T09:00Z")
    assert aside["snoozed_until"] == "2026-11-24T09:00:00.000Z"
    assert told(filled, "snooze", number)["snoozed_until"] is None
    code, said = run(filled, "assign", number, "--to", "cas")
    assert (code, "gets no work of `sales`" in said) == (1, True)


def test_absences(filled: Office) -> None:
    made = told(filled, "absence", "ann", "--first", "2099-11-24", "--last", "2099-11-26")
    assert (made["login"], made["last_day"]) == ("ann", "2099-11-26")
    assert "2099-11-24" in run(filled, "absence")[1]
    assert told(filled, "absence", "ben")["absences"] == []
    assert run(filled, "absence", "--remove", str(made["absence"]))[0] == 0
    assert told(filled, "absence")["absences"] == []
    assert run(filled, "absence", "--first", "2099-11-24")[0] == 2
    assert run(filled, "absence", "nobody", "--first", "2099-11-24")[0] == 1
