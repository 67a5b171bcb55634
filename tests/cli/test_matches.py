"""`tamis matches`, and scores from what it kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests.cli.conftest import DATA

Run = Callable[..., Result]
EVENTS = ("--events", "events.csv", "--store", "kept")
LEADS = ("--leads", "leads.csv", "--accounts", "accounts.csv", "--as-of", "2026-11-21")


def test_matches_are_counted_once_and_scores_use_them(tamis: Run, company: Path) -> None:
    assert "1 new, 0 changed" in tamis("matches", "model.yaml", *EVENTS).stdout
    assert "Nothing new" in tamis("matches", "model.yaml", *EVENTS).stdout
    assert tamis("score", "model.yaml", *DATA, "--quiet", "--out", "a.csv").exit_code == 0
    shown = tamis("score", "model.yaml", *LEADS, "--store", "kept", "--out", "b.csv")
    assert "From the matches kept in kept, counted up to 21 November 2026" in shown.stdout
    assert (company / "b.csv").read_text() == (company / "a.csv").read_text()


def test_programs_read_the_same(tamis: Run) -> None:
    told = json.loads(tamis("matches", "model.yaml", *EVENTS, "--json").stdout)
    # On one of the three days nothing happened that a rule counts.
    assert (told["counted"], told["days"]) == (3, 2)
    found = json.loads(tamis("score", "model.yaml", *LEADS, "--store", "kept", "--json").stdout)
    assert found["store"]["refused"] == ""


def test_a_store_that_does_not_fit_is_passed_over_aloud(tamis: Run, company: Path) -> None:
    tamis("matches", "model.yaml", *EVENTS)
    model = company / "model.yaml"
    model.write_text(model.read_text(encoding="utf-8").replace("/pricing", "/prices"), "utf-8")
    shown = tamis("score", "model.yaml", *DATA, "--store", "kept")
    assert shown.exit_code == 0
    assert "were not used" in shown.stdout
    assert "pricing" in shown.stdout
    refused = tamis("score", "model.yaml", *LEADS, "--store", "kept")
    assert refused.exit_code == 1
    assert "tamis matches" in refused.stderr


def test_what_is_missing_is_said(tamis: Run) -> None:
    assert "--store" in tamis("matches", "model.yaml", "--events", "events.csv").stderr
    assert "--events" in tamis("matches", "model.yaml", "--store", "kept").stderr
    assert "no matches are kept" in tamis("score", "model.yaml", *LEADS, "--store", "no").stderr


QUESTIONS = {
    "score": (),
    "explain": ("ann",),
    "inventory": (),
    "what-if": ("model.yaml",),
    "holdout": (),
    "evidence": ("--outcomes", "o.csv"),
    "backtest": ("--outcomes", "o.csv", "--from", "2026-11-10", "--to", "2026-11-10"),
}


@pytest.mark.parametrize("command", QUESTIONS)
def test_every_question_says_whether_the_store_was_used(
    tamis: Run, company: Path, command: str
) -> None:
    outcomes = "lead_id,outcome,timestamp\nann,won,2026-11-20\nghost,lost,2027-02-20\n"
    (company / "o.csv").write_text(outcomes, encoding="utf-8")
    given = LEADS[:4] if command == "backtest" else LEADS
    asked = (command, "model.yaml", *QUESTIONS[command], *given, *EVENTS)
    assert "were not used: no matches are kept there" in words(tamis(*asked))
    assert json.loads(tamis(*asked, "--json").stdout)["store"]["refused"]
    tamis("matches", "model.yaml", *EVENTS)
    assert "From the matches kept in kept" in words(tamis(*asked))
    assert json.loads(tamis(*asked, "--json").stdout)["store"]["refused"] == ""


def test_the_page_of_a_run_says_whether_the_store_was_used(tamis: Run, company: Path) -> None:
    tamis("report", "model.yaml", *LEADS, *EVENTS)
    page = (company / "report.html").read_text(encoding="utf-8")
    assert "The matches kept in kept were not used" in page


def words(ran: Result) -> str:
    assert ran.exit_code == 0, ran.output
    return " ".join(ran.stdout.split())


@pytest.mark.parametrize(
    "ignored", [("--leads", "leads.csv"), ("--accounts", "accounts.csv"), ("--count-all",)]
)
def test_options_that_would_be_ignored_are_refused(
    tamis: Run, company: Path, ignored: tuple[str, ...]
) -> None:
    refused = tamis("matches", "model.yaml", *EVENTS, *ignored)
    assert refused.exit_code == 2
    assert f"{ignored[0]}: of no use here" in refused.stderr
    assert not (company / "kept").exists()


def test_a_new_rule_is_said(tamis: Run, company: Path) -> None:
    tamis("matches", "model.yaml", *EVENTS)
    text = (company / "model.yaml").read_text(encoding="utf-8")
    more = "- {id: demo, event: demo_request, points: 30, within: 60d}"
    second = "- {id: blog, event: page_view, where: \"url = '/blog'\", points: 1}"
    (company / "more.yaml").write_text(text.replace(more, f"{more}\n      {second}"), "utf-8")
    said = tamis("matches", "more.yaml", *EVENTS).stdout
    assert "because they are new: blog." in said
    assert "Nothing new" not in said
