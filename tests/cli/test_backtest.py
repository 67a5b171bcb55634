"""`tamis backtest` on a small company: what it prints, in both languages, and what it refuses."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tamis.cli.app import app

MODEL = """
tamis: 1
name: small
fields: {lead: {created_at: date, size: integer}}
dimensions:
  fit: {grades: {A: 20, B: 0}, rules: [{id: size, field: size, bands: {0: 0, 10: 10, 50: 30}}]}
score: {sum: [fit]}
cell: [fit]
"""
EVENT_RULE = """  acts: {rules: [{id: visits, event: visit, points: 5}]}
score:"""
FIRST = date(2026, 1, 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """60 leads, of which the large ones are won more often."""
    (tmp_path / "model.yaml").write_text(MODEL)
    leads = [["lead_id", "created_at", "size"]]
    outcomes = [["lead_id", "outcome", "timestamp", "amount"]]
    for n in range(60):
        size = (5, 20, 80)[n % 3]
        leads.append([f"l{n}", str(FIRST), str(size)])
        won = (n % 3 == 2 and n % 5 < 4) or n % 15 == 0
        day = FIRST + timedelta(days=30 + n)
        outcomes.append([f"l{n}", "won" if won else "lost", f"{day} 10:00:00", "1000"])
    for name, rows in (("leads", leads), ("outcomes", outcomes)):
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
    return tmp_path


def run(folder: Path, *more: str) -> tuple[int, str]:
    call = ["backtest", str(folder / "model.yaml"), "--leads", str(folder / "leads.csv"), *more]
    result = CliRunner().invoke(app, call)
    return result.exit_code, result.output


def asked(folder: Path) -> list[str]:
    days = ["--from", "2026-01-05", "--to", "2026-03-10", "--horizon", "30d"]
    return ["--outcomes", str(folder / "outcomes.csv"), *days]


def test_it_prints_what_became_of_leads(folder: Path) -> None:
    code, said = run(folder, *asked(folder), "--capacity", "3", "--precision", "0.2")
    assert code == 0, said
    assert "Backtest of small version 1" in said
    assert "The score tells leads apart" in said
    assert "3 calls a week would have reached" in said
    assert "lead.size" in said
    assert "days are left out" in said


def test_it_speaks_french(folder: Path) -> None:
    code, said = run(folder, *asked(folder), "--capacity", "3", "--language", "fr")
    assert code == 0, said
    assert "Mois par mois" in said
    assert "3 appels par semaine auraient touché" in said


def test_json_and_a_page(folder: Path) -> None:
    page = folder / "backtest.html"
    code, said = run(folder, *asked(folder), "--json", "--out", str(page))
    assert code == 0, said
    found = json.loads(said)
    assert found["signal"] is True
    assert found["days"][0] == "2026-01-05"
    assert found["without_history"] == ["lead.size"]
    written = page.read_text(encoding="utf-8")
    assert written.count("Backtest of small version 1</h1>") == 1
    titles = ("Wins in the best of the order", "Conversion by tenth of the scores", "AUC by month")
    assert all(f">{title}</text>" in written for title in titles)
    assert "weekly calls" not in written


def test_a_page_in_french_compares_what_calls_reach(folder: Path) -> None:
    page = folder / "backtest.html"
    more = ("--capacity", "3", "--language", "fr", "--quiet", "--out", str(page))
    assert run(folder, *asked(folder), *more) == (0, "")
    written = page.read_text(encoding="utf-8")
    assert ">Ventes touchées par les appels de chaque semaine</text>" in written
    assert ">moyenne " in written
    # Each figure of a chart is that of the table below it.
    shown = re.findall(r">([\d,]+\u202f% \([\d,\u2013]+\))</text>", written)
    exact = [figure for figure in shown if "," in figure]
    assert len(exact) == 3
    assert all(f">{figure}</td>" in written for figure in exact)


def test_a_capacity_for_everyone_is_said(folder: Path) -> None:
    said = run(folder, *asked(folder), "--capacity", "500")[1]
    assert "That is a call for every lead of the time (60)" in said
    assert "every lead" not in run(folder, *asked(folder), "--capacity", "1")[1]


def test_a_store_is_said_to_be_used_or_not(folder: Path) -> None:
    text = (folder / "model.yaml").read_text().replace("score:", EVENT_RULE)
    (folder / "model.yaml").write_text(text)
    events = "".join(f"l{n},visit,2026-01-03 10:00:00\n" for n in range(0, 60, 2))
    (folder / "events.csv").write_text(f"lead_id,event,timestamp\n{events}")
    files = ("--events", str(folder / "events.csv"), "--store", str(folder / "kept"))
    code, said = run(folder, *asked(folder), *files)
    assert code == 0, said
    assert "were not used: no matches are kept there" in " ".join(said.split())
    model = str(folder / "model.yaml")
    kept = CliRunner().invoke(app, ["matches", model, *files, "--as-of", "2026-03-10"])
    assert kept.exit_code == 0, kept.output
    again = " ".join(run(folder, *asked(folder), *files)[1].split())
    assert "From the matches kept in" in again
    assert "counted up to 3 January 2026" in again


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ([], "no days"),
        (["--from", "2026-01-05", "--to", "2026-02-01"], "no outcomes"),
        (["--from", "2026-03-05", "--to", "2026-02-01"], "is after"),
        (["--from", "2026-01-05", "--to", "2026-02-01", "--every", "soon"], "no number of days"),
        (["--as-of", "2026-03-10"], "--as-of: of no use here"),
        (["--out", "backtest.csv"], "ends in .html"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(
    folder: Path, more: list[str], message: str
) -> None:
    code, said = run(folder, *more)
    assert code == 2
    assert message in said


def test_days_that_cannot_be_judged_yet_are_refused(folder: Path) -> None:
    late = ["--from", "2026-06-01", "--to", "2026-06-30"]
    code, said = run(folder, "--outcomes", str(folder / "outcomes.csv"), *late)
    assert code == 2
    assert "no day can be judged" in said


@pytest.mark.parametrize("name", ["leads.csv", "outcomes.csv", "model.yaml"])
def test_what_is_read_is_never_overwritten(folder: Path, name: str) -> None:
    before = (folder / name).read_bytes()
    code, said = run(folder, *asked(folder), "--out", str(folder / name))
    assert code == 2, said
    assert (folder / name).read_bytes() == before
