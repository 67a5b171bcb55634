"""`tamis evidence` on files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
DATA = ("--leads", "people.csv", "--outcomes", "outcomes.csv", "--language", "en")
MODEL = """\
tamis: 1
name: tiny
fields: {lead: {title: text, colour: text}}
dimensions:
  fit:
    rules:
      - {id: boss, when: "title = 'CEO'", points: 30}
      - {id: martian, when: "title = 'Martian'", points: 10}
score: {weights: {fit: 1}}
"""


@pytest.fixture
def past(company: Path) -> Path:
    """Two hundred people, of whom every second CEO was won, and one in ten others."""
    (company / "model.yaml").write_text(MODEL)
    people = [f"p{n},{'CEO' if n % 4 == 0 else 'Intern'},blue" for n in range(200)]
    (company / "people.csv").write_text("lead_id,title,colour\n" + "\n".join(people))
    won = [n for n in range(200) if (n % 8 == 0 if n % 4 == 0 else n % 10 == 1)]
    lines = [f"p{n},won,2026-05-{1 + n % 28:02d}" for n in won]
    lines.append("ghost,lost,2026-08-01")
    (company / "outcomes.csv").write_text("lead_id,outcome,timestamp\n" + "\n".join(lines))
    return company


@pytest.mark.usefixtures("past")
def test_it_says_which_rules_earn_their_place(tamis: Run) -> None:
    shown = tamis("evidence", "model.yaml", *DATA, "--as-of", "2026-04-30")
    assert shown.exit_code == 0, shown.output
    assert "200 cases" in shown.stdout
    assert "supports" in shown.stdout
    assert "Never fire: martian." in shown.stdout
    assert "nothing reads it" in shown.stdout


def test_a_file_that_is_no_page_is_refused(tamis: Run, past: Path) -> None:
    refused = tamis("evidence", "model.yaml", *DATA, "--out", "evidence.csv")
    assert refused.exit_code == 2
    assert "ends in .html" in refused.stderr
    assert not (past / "evidence.csv").exists()


@pytest.mark.usefixtures("past")
def test_it_prints_json(tamis: Run) -> None:
    shown = tamis("evidence", "model.yaml", *DATA, "--horizon", "13w", "--json")
    told = json.loads(shown.stdout)
    assert (told["days"], told["horizon"]) == (["2026-05-02"], 91)
    assert told["usable_signal"] is True
    assert [rule["says"] for rule in told["rules"]] == ["supports", "never"]
    assert [field["pays"] for field in told["fields"]] == ["pays", "unread"]


def test_a_page_has_the_sections_and_two_charts(tamis: Run, past: Path) -> None:
    day = ("--as-of", "2026-04-30", "--out", "evidence.html")
    shown = tamis("evidence", "model.yaml", *DATA, *day)
    assert shown.exit_code == 0, shown.output
    assert "Wrote evidence.html." in shown.stdout
    page = (past / "evidence.html").read_text(encoding="utf-8")
    assert page.count("Evidence on tiny version 1</h1>") == 1
    sections = ("Rules", "What each form field adds to the order of leads")
    assert all(f"<h2>{title}</h2>" in page for title in sections)
    assert '<span class="good">supports</span>' in page
    assert ">Odds of winning with each rule, other points alike</text>" in page
    assert ">Points today, and as the data would share them out</text>" in page
    assert page.count("<svg ") == 2
    for read in ("people.csv", "outcomes.csv", "model.yaml"):
        before = (past / read).read_bytes()
        refused = tamis("evidence", "model.yaml", *DATA, *day[:-1], read)
        assert refused.exit_code == 2
        assert (past / read).read_bytes() == before


@pytest.mark.usefixtures("past")
def test_it_speaks_french(tamis: Run) -> None:
    day = ("--as-of", "2026-04-30")
    assert "200 cas" in tamis("evidence", "model.yaml", *DATA[:-1], "fr", *day).stdout


def test_chance_has_no_usable_signal(tamis: Run, past: Path) -> None:
    lines = [f"p{n},won,2026-05-10" for n in range(200) if n % 5 == 0]
    (past / "outcomes.csv").write_text(
        "lead_id,outcome,timestamp\n" + "\n".join([*lines, "ghost,lost,2026-08-01"])
    )
    day = ("--as-of", "2026-04-30")
    assert "No usable signal" in tamis("evidence", "model.yaml", *DATA, *day).stdout
    french = tamis("evidence", "model.yaml", *DATA[:-1], "fr", *day).stdout
    assert "Aucun signal exploitable" in french


def test_the_survey_stands_beside_the_data(tamis: Run, past: Path) -> None:
    (past / "survey.csv").write_text("person,rule,weight,comment\nAnne,boss,5,they sign\n")
    call = ("evidence", "model.yaml", *DATA, "--as-of", "2026-04-30", "--survey", "survey.csv")
    shown = tamis(*call).stdout
    assert "sellers and data agree" in shown
    assert "Anne: they sign" in shown
    (past / "survey.csv").write_text("person,rule,weight,comment\nAnne,bos,5,\n")
    failed = tamis(*call)
    assert failed.exit_code == 1
    assert "did you mean `boss`" in failed.stderr


@pytest.mark.usefixtures("past")
def test_a_call_that_cannot_be_meant_is_refused(tamis: Run) -> None:
    for arguments, said in (
        (DATA[:2], "no outcomes"),
        (DATA[2:], "no leads"),
        ((*DATA, "--horizon", "soon"), "no number of days"),
    ):
        failed = tamis("evidence", "model.yaml", *arguments)
        assert failed.exit_code == 2
        assert said in failed.stderr
