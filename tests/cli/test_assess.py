"""`tamis assess` from numbers and from files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]


def test_numbers_are_enough(tamis: Run) -> None:
    numbers = ("--leads-a-week", 300, "--capacity", 80, "--conversions", 55, "--cycle", "60d")
    shown = tamis("assess", *numbers, "--language", "en")
    assert shown.exit_code == 0, shown.output
    assert "Rules, held against the data with care" in shown.stdout
    assert "Collect first" not in shown.stdout
    assert "Des règles" in tamis("assess", *numbers, "--language", "fr").stdout


def test_who_calls_everyone_is_told_so(tamis: Run) -> None:
    shown = tamis("assess", "--leads-a-week", 30, "--capacity", 40, "--language", "en").stdout
    assert "no scoring needed" in shown
    assert "Outcomes: which leads were won" in shown


def test_files_are_read_and_numbers_go_before_them(tamis: Run, company: Path) -> None:
    (company / "o.csv").write_text("lead_id,outcome,timestamp\nann,won,2026-11-20\n")
    files = ("--leads", "leads.csv", "--events", "events.csv", "--outcomes", "o.csv")
    told = json.loads(tamis("assess", *files, "--as-of", "2026-11-21", "--json").stdout)
    assert told["situation"]["conversions"] == 1
    assert told["situation"]["cycle"] == 50
    assert round(told["situation"]["with_events"], 2) == 0.67
    assert told["situation"]["fill"]["job_title"] < 0.7
    assert told["way"] == "by_hand"
    more = ("--conversions", 200, "--leads-a-week", 90, "--capacity", 9)
    told = json.loads(tamis("assess", "model.yaml", *files, *more, "--json").stdout)
    assert told["way"] == "learned"


def test_nothing_to_assess_is_refused(tamis: Run) -> None:
    failed = tamis("assess")
    assert failed.exit_code == 2
    assert "nothing to assess" in failed.stderr or "rien à évaluer" in failed.stderr


def test_options_that_would_be_ignored_are_refused(tamis: Run) -> None:
    refused = tamis("assess", "--leads", "leads.csv", "--store", "kept")
    assert (refused.exit_code, "--store:" in refused.stderr) == (2, True)
    refused = tamis("assess", "--capacity", 30, "--events", "events.csv")
    assert (refused.exit_code, "--leads" in refused.stderr) == (2, True)


def test_what_is_read_is_never_overwritten(tamis: Run, company: Path) -> None:
    before = (company / "leads.csv").read_bytes()
    refused = tamis("assess", "--leads", "leads.csv", "--rejects", "leads.csv")
    assert refused.exit_code == 2
    assert (company / "leads.csv").read_bytes() == before
