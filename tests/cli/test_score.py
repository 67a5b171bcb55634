"""`tamis score` and what it writes."""

from __future__ import annotations

import csv
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result
from tests.cli.conftest import DATA

Run = Callable[..., Result]


def test_it_shows_the_grid_and_whom_to_call_first(tamis: Run) -> None:
    shown = tamis("score", "model.yaml", *DATA)
    assert shown.exit_code == 0
    assert "A4" in shown.stdout
    assert "ann@acme.example" in shown.stdout
    assert "decides" in shown.stdout
    assert "1 event of an unknown lead" in shown.stdout


BY_HAND = "lead_id,dimension,points,reason\nbob,fit,40,met at the fair\n"


def test_points_given_by_hand_count(tamis: Run, company: Path) -> None:
    (company / "by_hand.csv").write_text(BY_HAND, encoding="utf-8")
    given = ("--adjustments", "by_hand.csv")
    told = json.loads(tamis("score", "model.yaml", *DATA, *given, "--json").stdout)
    bob = next(lead for lead in told["leads"] if lead["lead_id"] == "bob")
    assert (bob["cell"], bob["reasons"][0]) == ("A1", "points given by hand: +40")
    shown = tamis("explain", "model.yaml", "bob", *DATA, *given).stdout
    assert "points given by hand" in shown
    refused = tamis("score", "model.yaml", *DATA, *given, "--out", "by_hand.csv")
    assert refused.exit_code == 2
    assert (company / "by_hand.csv").read_text(encoding="utf-8") == BY_HAND


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
    assert tamis("score", "model.yaml", *DATA, "--out", "").exit_code == 2
    assert tamis("score", "model.yaml", *DATA, "--out", "table:crm.scores").exit_code == 2
    assert tamis("score", "model.yaml", *DATA, "--gone", "delete").exit_code == 2
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


def test_no_file_is_written_over_what_is_read(tamis: Run, company: Path) -> None:
    before = (company / "leads.csv").read_bytes()
    assert tamis("score", "model.yaml", *DATA, "--out", "leads.csv").exit_code == 2
    assert tamis("score", "model.yaml", *DATA, "--rejects", "./leads.csv").exit_code == 2
    twice = tamis("score", "model.yaml", *DATA, "--out", "s.csv", "--contributions", "./s.csv")
    assert twice.exit_code == 2
    assert tamis("sheet", "model.yaml", "--out", "model.yaml").exit_code == 2
    assert (company / "leads.csv").read_bytes() == before
    assert not (company / "s.csv").exists()


@pytest.mark.parametrize(
    ("option", "given", "read"),
    [
        ("--leads", "d/*.csv", "d/l.csv"),
        ("--leads", "d/**/l.csv", "d/l.csv"),
        ("--source", "source.yaml", "d/l.csv"),
        ("--leads", "d/crm.db::leads", "d/crm.db"),
    ],
)
def test_no_file_is_written_over_what_a_pattern_or_a_table_reads(
    tamis: Run, company: Path, option: str, given: str, read: str
) -> None:
    (company / "d").mkdir()
    (company / "leads.csv").rename(company / "d" / "l.csv")
    (company / "source.yaml").write_text('leads: {file: "d/*.csv"}')
    with closing(sqlite3.connect(company / "d" / "crm.db")) as database:
        database.execute("CREATE TABLE leads (lead_id, account_id, email, job_title, created_at)")
    before = (company / read).read_bytes()
    refused = tamis("score", "model.yaml", option, given, *DATA[2:], "--rejects", read)
    assert (refused.exit_code, read in refused.stderr) == (2, True)
    if read.endswith(".csv"):
        refused = tamis("score", "model.yaml", option, given, *DATA[2:], "--out", read)
        assert (refused.exit_code, read in refused.stderr) == (2, True)
    assert (company / read).read_bytes() == before


def test_account_scores_without_the_section_are_refused_before_any_work(
    tamis: Run, company: Path
) -> None:
    text = (company / "model.yaml").read_text(encoding="utf-8")
    (company / "model.yaml").write_text(
        text.replace("accounts: {rollup: max}\n", ""), encoding="utf-8"
    )
    asked = ("--out", "s.csv", "--account-scores", "a.csv")
    assert tamis("score", "model.yaml", *DATA, *asked).exit_code == 2
    assert not (company / "s.csv").exists()


def test_options_out_of_reach_are_usage_errors(tamis: Run, company: Path) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        assert tamis("score", "model.yaml", *DATA[:-4], "--as-of", day).exit_code == 2
    for size in ("0", "-1", "", "lots", "1GB'; drop"):
        assert tamis("score", "model.yaml", *DATA, "--memory", size).exit_code == 2
    assert tamis("score", "model.yaml", *DATA, "--spill", "nowhere").exit_code == 2
    (company / "folder.csv").mkdir()
    assert tamis("score", "model.yaml", *DATA, "--out", "folder.csv").exit_code == 2


def test_rules_that_give_nobody_points_are_told(tamis: Run, company: Path) -> None:
    (company / "events.csv").write_text(
        "lead_id,event,timestamp,url\nann,Démo,2026-11-20,\n", encoding="utf-8"
    )
    shown = tamis("score", "model.yaml", *DATA).stdout
    assert "2 of 4 rules" in shown or "2 règles" in shown


def test_escapes_in_names_do_not_reach_the_terminal(tamis: Run, company: Path) -> None:
    (company / "odd.yaml").write_text('"\\e[31mkey": 1\n')
    assert "\x1b" not in tamis("check", "odd.yaml").stderr


def test_an_interrupt_and_a_closed_pipe_end_without_a_traceback(company: Path) -> None:
    rows = "\n".join(f"lead{n},x" for n in range(500_000))
    (company / "big.csv").write_text(f"lead_id,email\n{rows}\n")
    command = [sys.executable, "-m", "tamis", "score", "model.yaml", "--leads", "big.csv"]
    command += ["--missing-as-null", "--out", "out.csv"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.8)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert "Traceback" not in errors
    assert [path.name for path in company.glob("*out.csv*")] in ([], ["out.csv"])
    closed = subprocess.run(
        f"{sys.executable} -m tamis --help | true",
        shell=True,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "Broken" not in closed.stderr


def test_a_result_goes_to_an_address_only_with_an_engine_that_writes_there(
    tamis: Run,
) -> None:
    ran = tamis("score", "model.yaml", *DATA, "--out", "s3a://bucket/scores")
    assert ran.exit_code == 2
    assert "s3a://bucket/scores is an address: write there with --engine spark" in ran.stderr
