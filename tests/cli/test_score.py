"""`tamis score` and what it writes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from tests.cli.conftest import DATA

Run = Callable[..., Result]


def test_it_shows_the_grid_and_whom_to_call_first(tamis: Run) -> None:
    shown = tamis("score", "model.yaml", *DATA)
    assert shown.exit_code == 0
    assert "A4" in shown.stdout
    assert "ann@acme.example" in shown.stdout
    assert "decides" in shown.stdout
    assert "1 events of unknown leads" in shown.stdout


def test_it_writes_scores_contributions_and_accounts(tamis: Run, company: Path) -> None:
    files = ("--out", "s.csv", "--contributions", "c.parquet", "--account-scores", "a.jsonl")
    assert tamis("score", "model.yaml", *DATA, "--quiet", *files).stdout == ""
    with (company / "s.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["lead_id"], row["cell"], row["play"]) for row in rows] == [
        ("ann", "A4", "call"),
        ("bob", "B1", "wait"),
        ("eve", "B1", "wait"),
    ]
    import duckdb

    found = duckdb.sql(
        f"SELECT rule, points FROM '{company}/c.parquet' WHERE lead_id = 'ann'"
    ).fetchall()
    assert {rule for rule, _ in found} == {"decides", "size", "pricing", "demo", "cap:web"}
    account = json.loads((company / "a.jsonl").read_text(encoding="utf-8"))
    assert (account["account_id"], account["leads"], account["best_lead_id"]) == ("acme", 2, "ann")


def test_it_prints_csv_and_json_for_programs(tamis: Run) -> None:
    printed = tamis("score", "model.yaml", *DATA, "--format", "csv").stdout
    assert [line.partition(",")[0] for line in printed.splitlines()] == [
        "lead_id",
        "ann",
        "bob",
        "eve",
    ]
    told = json.loads(tamis("score", "model.yaml", *DATA, "--json", "--top", "1").stdout)
    assert told["counts"]["unknown_leads"] == 1
    assert [lead["lead_id"] for lead in told["leads"]] == ["ann"]
    assert len(told["leads"][0]["reasons"]) == 3


def test_it_speaks_french(tamis: Run) -> None:
    shown = tamis("score", "model.yaml", *DATA[:-1], "fr").stdout
    assert "décide" in shown
    assert "pistes" in shown


def test_named_accounts_are_shown_and_those_without_account_too(tamis: Run, company: Path) -> None:
    (company / "named.txt").write_text("Acme\nNowhere\n", encoding="utf-8")
    shown = tamis("score", "model.yaml", *DATA, "--named", "named.txt").stdout
    assert "Acme" in shown
    assert "Nowhere" in shown


def test_a_value_that_cannot_be_read_is_named_with_its_place(tamis: Run, company: Path) -> None:
    (company / "accounts.csv").write_text("account_id,name,employees\nacme,Acme,many\n")
    failed = tamis("score", "model.yaml", *DATA, "--out", "s.csv")
    assert failed.exit_code == 1
    assert "accounts.csv:2" in failed.stderr
    assert "many" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not (company / "s.csv").exists()


def test_a_missing_column_says_what_to_do(tamis: Run, company: Path) -> None:
    (company / "accounts.csv").write_text("account_id,name,effectif\nacme,Acme,12\n")
    failed = tamis("score", "model.yaml", *DATA)
    assert failed.exit_code == 1
    assert "employees" in failed.stderr
    assert tamis("score", "model.yaml", *DATA, "--map", "employees=effectif").exit_code == 0
    assert tamis("score", "model.yaml", *DATA, "--missing-as-null").exit_code == 0


def test_a_source_file_says_it_once_for_good(tamis: Run, company: Path) -> None:
    (company / "accounts.csv").write_text("account_id,name,effectif\nacme,Acme,12\n")
    (company / "source.yaml").write_text(
        "leads: {file: leads.csv}\n"
        "accounts: {file: accounts.csv, columns: {employees: effectif}}\n"
        "events: {file: events.csv}\n"
    )
    assert (
        tamis("score", "model.yaml", "--source", "source.yaml", "--as-of", "2026-11-21").exit_code
        == 0
    )


def test_calls_that_cannot_be_meant_end_with_2(tamis: Run) -> None:
    assert tamis("score", "model.yaml").exit_code == 2
    assert tamis("score", "model.yaml", *DATA, "--as-of", "tomorrow").exit_code == 2
    assert tamis("score", "model.yaml", *DATA, "--out", "scores.xlsx").exit_code == 2
    assert tamis("score", "model.yaml", *DATA, "--out", "nowhere/scores.csv").exit_code == 2
    assert tamis("score", "model.yaml", *DATA, "--format", "xml").exit_code == 2
    assert tamis("score", "model.yaml", *DATA[:-1], "de").exit_code == 2
    assert tamis("score").exit_code == 2


def test_a_model_that_is_not_there_or_wrong_ends_with_1(tamis: Run, company: Path) -> None:
    missing = tamis("score", "nothing.yaml", *DATA)
    assert missing.exit_code == 1
    assert "nothing.yaml" in missing.stderr
    (company / "model.yaml").write_text("tamis: 1\nname: x\nname: y\n")
    wrong = tamis("score", "model.yaml", *DATA)
    assert wrong.exit_code == 1
    assert "model.yaml:3:1" in wrong.stderr


def test_a_memory_limit_that_means_nothing_is_refused(tamis: Run) -> None:
    failed = tamis("score", "model.yaml", *DATA, "--memory", "lots")
    assert failed.exit_code == 1
    assert "Traceback" not in failed.stderr
