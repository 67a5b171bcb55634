"""`tamis what-if`: said in words, as JSON, as a page, as rows."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests.cli.conftest import DATA, MODEL

Tamis = Callable[..., Result]
OUTCOMES = "lead_id,outcome,timestamp\nbob,won,2026-11-10\n"


@pytest.fixture(autouse=True)
def new_model(company: Path) -> Path:
    """The company's model, with demo and web pages worth less."""
    path = company / "new.yaml"
    text = MODEL.replace("points: 30", "points: 5").replace("web: {cap: 20}", "web: {cap: 10}")
    path.write_text(text, encoding="utf-8")
    (company / "outcomes.csv").write_text(OUTCOMES, encoding="utf-8")
    return path


def test_words_say_who_moves_and_why(tamis: Tamis) -> None:
    ran = tamis("what-if", "model.yaml", "new.yaml", *DATA, "--capacity", 2)
    assert ran.exit_code == 0, ran.output
    assert "1 of 3 leads move" in ran.output
    assert "ann (50 → 32.5)" in ran.output
    assert "rule `demo`: points 30 → 5" in ran.output
    assert "Of a capacity of 2 a week, new hand-offs take 50% before and 50% after." in ran.output
    assert "events were not read again" in ran.output


def test_a_past_day_without_outcomes_is_refused(tamis: Tamis) -> None:
    refused = tamis("what-if", "model.yaml", "new.yaml", *DATA, "--past", "2026-11-01")
    assert (refused.exit_code, "--past: of no use here" in refused.stderr) == (2, True)


def test_what_is_written_is_said(tamis: Tamis) -> None:
    for name in ("page.html", "moves.csv"):
        ran = tamis("what-if", "model.yaml", "new.yaml", *DATA, "--out", name)
        assert f"Wrote {name}." in ran.stdout


def test_words_in_french(tamis: Tamis) -> None:
    ran = tamis("what-if", "model.yaml", "new.yaml", *DATA[:-1], "fr", "--capacity", 2)
    assert ran.exit_code == 0, ran.output
    assert "1 sur 3." in ran.output


def test_json_holds_the_same(tamis: Tamis) -> None:
    options = ("--outcomes", "outcomes.csv", "--horizon", "20d", "--json")
    ran = tamis("what-if", "model.yaml", "new.yaml", *DATA, *options)
    told = json.loads(ran.stdout)
    moved = [m for m in told["moves"]["cell"]["moves"] if m["before"] != m["after"]]
    assert [(m["before"], m["after"], m["leads"]) for m in moved] == [("A4", "A1", 1)]
    assert told["events_read_again"] is False
    assert told["conversions"]["day"] == "2026-11-01"
    everyone = next(g for g in told["conversions"]["groups"] if g["by"] == "all")
    assert (everyone["won"], everyone["leads"]) == (1, 3)


def test_a_page_and_rows_are_written(tamis: Tamis, company: Path) -> None:
    for name in ("page.html", "moves.csv"):
        assert tamis("what-if", "model.yaml", "new.yaml", *DATA, "-q", "-o", name).exit_code == 0
    page = (company / "page.html").read_text(encoding="utf-8")
    assert "<h2>What moves them</h2>" in page
    assert page.count("What if: small version 1 and small version 1, 21 November 2026</h1>") == 1
    assert ">Leads by cell, before → after</text>" in page
    assert {">1 → 0</text>", ">0 → 1</text>"} <= set(re.findall(r">\d → \d</text>", page))
    assert ">New hand-offs in a week</text>" in page
    assert "ann (50 → 32.5)" in page
    with (company / "moves.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["lead_id"], row["because"]) == ("ann", "demo")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--out", "moves.txt"), "must end in"),
        (("--out", "leads.csv"), "give another name"),
        (("--outcomes", "outcomes.csv", "--past", "2026-11-21"), "is not before"),
    ],
)
def test_what_cannot_be_meant_is_refused(tamis: Tamis, options: tuple[str, ...], said: str) -> None:
    ran = tamis("what-if", "model.yaml", "new.yaml", *DATA, *options)
    assert ran.exit_code == 2
    assert said in ran.output


def test_leads_are_asked_for(tamis: Tamis) -> None:
    assert "--leads" in tamis("what-if", "model.yaml", "new.yaml", "--language", "en").output


def test_ids_of_the_data_do_nothing_in_a_page(tamis: Tamis, company: Path) -> None:
    path = company / "leads.csv"
    bad = path.read_bytes().replace(b"ann;", b"<script>ann;")
    path.write_bytes(bad)
    events = (company / "events.csv").read_text(encoding="utf-8").replace("ann,", "<script>ann,")
    (company / "events.csv").write_text(events, encoding="utf-8")
    tamis("what-if", "model.yaml", "new.yaml", *DATA, "-q", "-o", "page.html")
    page = (company / "page.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;ann (" in page
    assert "<script" not in page
