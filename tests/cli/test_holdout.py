"""`tamis holdout`: the plan, the file of assignments, the analysis."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests.cli.conftest import DATA

Tamis = Callable[..., Result]
DAY = ("--as-of", "2026-11-21", "--language", "en")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_plan_in_words_and_as_json(tamis: Tamis) -> None:
    options = ("--base", "8%", "--difference", "3%", "--share", "50%")
    ran = tamis("holdout", "model.yaml", *DATA, *options)
    assert ran.exit_code == 0, ran.output
    # ann alone is hot, since the demo of the day before.
    assert "New hand-offs a week: 1. Of them 50% are kept aside." in ran.output
    assert "takes 2,118 leads: 1,059 kept aside and 1,059 handed off." in ran.output
    told = json.loads(tamis("holdout", "model.yaml", *DATA, *options, "--json").stdout)
    assert (told["a_week"], told["weeks"]) == (1, 2118)


def test_without_a_base_the_plan_asks_for_it(tamis: Tamis) -> None:
    assert "--base" in tamis("holdout", "model.yaml", *DATA).output


def test_assignments_are_kept_when_written_again(tamis: Tamis, company: Path) -> None:
    for _ in range(2):
        ran = tamis("holdout", "model.yaml", *DATA, "--assign", "who.csv")
        assert "who.csv: assigned so far 1, kept aside of them" in ran.output
    (row,) = rows(company / "who.csv")
    assert (row["lead_id"], row["assigned"]) == ("ann", "2026-11-21")
    later = (*DATA[:6], "--as-of", "2026-11-22", "--language", "en")
    tamis("holdout", "model.yaml", *later, "--assign", "who.csv")
    assert rows(company / "who.csv") == [row]


def test_the_analysis_says_what_is_known(tamis: Tamis, company: Path) -> None:
    groups = [("handoff", n, n < 120) for n in range(900)] + [
        ("holdout", n, n < 4) for n in range(100)
    ]
    who = "".join(f"{group} {n},{group},2026-06-01\n" for group, n, _ in groups)
    won = "".join(f"{group} {n},won,2026-06-20\n" for group, n, won in groups if won)
    (company / "who.csv").write_text(f"lead_id,group,assigned\n{who}", encoding="utf-8")
    (company / "won.csv").write_text(f"lead_id,outcome,timestamp\n{won}", encoding="utf-8")
    options = ("--assigned", "who.csv", "--outcomes", "won.csv", *DAY)
    ran = tamis("holdout", "model.yaml", *options)
    assert ran.exit_code == 0, ran.output
    assert "brings between +3.1 and +12.7 points of conversion." in " ".join(ran.output.split())
    told = json.loads(tamis("holdout", "model.yaml", *options, "--json").stdout)
    assert (told["handoff"]["won"], told["holdout"]["won"], told["more"]) == (120, 4, None)


@pytest.mark.parametrize("options", [("--share", "110%"), ("--share", "ten")])
def test_what_cannot_be_meant_is_refused(tamis: Tamis, options: tuple[str, ...]) -> None:
    assert tamis("holdout", "model.yaml", *DATA, *options).exit_code == 2


def test_an_analysis_needs_outcomes(tamis: Tamis) -> None:
    refused = tamis("holdout", "model.yaml", "--assigned", "who.csv", *DAY)
    assert (refused.exit_code, "--outcomes" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--assigned", "who.csv", "--assign", "who.csv"), "--assign:"),
        (("--assigned", "who.csv", "--share", "10%", "--salt", "x"), "--share, --salt:"),
        (("--assigned", "who.csv", "--base", "8%", "--difference", "2%"), "--base, --difference:"),
        (("--assigned", "who.csv", "--leads", "leads.csv", "--store", "k"), "--leads, --store:"),
        (("--leads", "leads.csv", "--salt", "x"), "--salt:"),
    ],
)
def test_options_that_would_be_ignored_are_refused(
    tamis: Tamis, company: Path, options: tuple[str, ...], named: str
) -> None:
    (company / "won.csv").write_text("lead_id,outcome,timestamp\n", encoding="utf-8")
    refused = tamis("holdout", "model.yaml", *options, "--outcomes", "won.csv", *DAY)
    assert refused.exit_code == 2
    assert f"{named} of no use here" in refused.stderr
    assert not (company / "who.csv").exists()
