"""The other commands, as a person types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests.cli.conftest import DATA, MODEL

Run = Callable[..., Result]


def test_check_passes_a_good_model_and_counts(tamis: Run) -> None:
    passed = tamis("check", "model.yaml")
    assert passed.exit_code == 0
    assert "0 errors" in passed.stdout or "0 erreur" in passed.stdout


def test_check_names_the_place_and_a_hint(tamis: Run, company: Path) -> None:
    (company / "wrong.yaml").write_text(MODEL.replace("field: employees", "field: employes"))
    failed = tamis("check", "wrong.yaml")
    assert failed.exit_code == 1
    assert "wrong.yaml:14:27" in failed.stderr
    assert "did you mean `employees`?" in failed.stderr
    told = json.loads(tamis("check", "wrong.yaml", "--json").stdout)
    assert told[0]["line"] == 14
    assert told[0]["severity"] == "error"


def test_check_prints_the_schema(tamis: Run) -> None:
    assert "dimensions" in json.loads(tamis("check", "--schema").stdout)["properties"]
    assert tamis("check").exit_code == 2


def test_explain_takes_a_lead_apart(tamis: Run) -> None:
    shown = tamis("explain", "model.yaml", "ann", *DATA)
    assert shown.exit_code == 0
    assert "decides" in shown.stdout
    assert "probability" in shown.stdout
    told = json.loads(tamis("explain", "model.yaml", "ann", *DATA, "--json").stdout)
    assert told["lead_id"] == "ann"
    unknown = tamis("explain", "model.yaml", "anne", *DATA)
    assert unknown.exit_code == 1
    assert "ann" in unknown.stderr


def test_report_and_sheet_write_pages(tamis: Run, company: Path) -> None:
    assert tamis("report", "model.yaml", *DATA, "--out", "r.html").exit_code == 0
    assert "<svg" in (company / "r.html").read_text(encoding="utf-8")
    assert tamis("sheet", "model.yaml", "--language", "fr").exit_code == 0
    assert "décide" in (company / "model.sheet.html").read_text(encoding="utf-8").lower()
    assert tamis("sheet", "model.yaml", "--card", "--out", "card.html").exit_code == 0
    assert (company / "card.html").exists()


def test_a_report_that_cannot_be_written_is_refused_before_any_work(
    tamis: Run, company: Path
) -> None:
    (company / "leads.csv").write_text("lead_id\nreading this would fail\n")
    (company / "folder.html").mkdir()
    for path in ("nowhere/r.html", "folder.html"):
        refused = tamis("report", "model.yaml", *DATA, "--out", path)
        assert refused.exit_code == 2
        assert path.split("/")[0] in refused.stderr


def test_a_draft_names_columns_as_a_shell_takes_them(tamis: Run, company: Path) -> None:
    name = """Date "de" `$création'"""
    header = name.replace('"', '""')
    (company / "odd.csv").write_text(f'lead_id,"{header}"\n1,2026-01-02\n', encoding="utf-8")
    drafted = tamis("init", "--from-data", "--leads", "odd.csv", "--out", "draft.yaml")
    assert drafted.exit_code == 0
    lines = (company / "draft.yaml").read_text(encoding="utf-8").splitlines()
    [said] = [line.lstrip("# ") for line in lines if "--map created_at" in line]
    heard = subprocess.run(["sh", "-c", f"printf '%s\n' {said}"], capture_output=True, check=True)
    assert heard.stdout.decode().splitlines() == ["--map", f"created_at={name}"]


def test_inventory_lists_events_and_fields(tamis: Run) -> None:
    shown = tamis("inventory", "model.yaml", *DATA)
    assert shown.exit_code == 0
    assert "demo_request" in shown.stdout
    assert json.loads(tamis("inventory", "model.yaml", *DATA, "--json").stdout)["events"]


def test_diff_says_what_changed(tamis: Run, company: Path) -> None:
    (company / "new.yaml").write_text(MODEL.replace("points: 30", "points: 35"))
    shown = tamis("diff", "model.yaml", "new.yaml", "--language", "en")
    assert "demo" in shown.stdout
    assert "30" in shown.stdout
    assert "35" in shown.stdout
    assert len(json.loads(tamis("diff", "model.yaml", "new.yaml", "--json").stdout)) == 1
    assert tamis("diff", "model.yaml", "model.yaml").exit_code == 0


@pytest.mark.parametrize(
    "dialect", ["duckdb", "spark", "postgres", "clickhouse", "snowflake", "bigquery", "databricks"]
)
def test_sql_comments_each_step(tamis: Run, dialect: str) -> None:
    shown = tamis("sql", "model.yaml", "--dialect", dialect, "--as-of", "2026-11-21")
    assert shown.exit_code == 0
    assert "/* matches: " in shown.stdout


def test_sql_refuses_what_there_is_not(tamis: Run, company: Path) -> None:
    assert tamis("sql", "model.yaml", "--dialect", "oracle").exit_code == 2
    assert tamis("sql", "model.yaml", "--output", "leads").exit_code == 2
    (company / "model.yaml").write_text(MODEL.replace("accounts: {rollup: max}\n", ""))
    assert tamis("sql", "model.yaml", "--output", "accounts").exit_code == 2


def test_init_offers_templates_and_never_overwrites(tamis: Run) -> None:
    assert "points-100" in tamis("init").stdout
    assert tamis("init", "points-100").exit_code == 0
    assert tamis("check", "points-100.yaml").exit_code == 0
    again = tamis("init", "points-100")
    assert again.exit_code == 1
    assert tamis("init", "points-100", "--force").exit_code == 0
    assert tamis("init", "nothing").exit_code == 2


def test_init_drafts_a_model_from_data(tamis: Run) -> None:
    data = ("--leads", "leads.csv", "--accounts", "accounts.csv", "--events", "events.csv")
    assert tamis("init", "--from-data", *data, "--out", "draft.yaml").exit_code == 0
    assert tamis("check", "draft.yaml").exit_code == 0
    assert tamis("score", "draft.yaml", *DATA).exit_code == 0
    assert tamis("init", "--from-data").exit_code == 2


def test_demo_does_the_whole_job(tamis: Run, company: Path) -> None:
    shown = tamis("demo", "--leads", "200", "--language", "en")
    assert shown.exit_code == 0
    assert "to call first" in shown.stdout
    assert "make demo-serve" in shown.stdout.splitlines()[-1]
    for name in ("model.yaml", "source.yaml", "scores.parquet", "report.html"):
        assert (company / "tamis-demo" / name).exists()
    source = ("--source", "tamis-demo/source.yaml", "--as-of", "2026-11-20", "--language", "en")
    again = tamis("score", "tamis-demo/model.yaml", *source)
    assert again.exit_code == 0
    assert again.stdout.splitlines()[0] in shown.stdout


@pytest.mark.parametrize(
    ("language", "word"), [("fr_FR.UTF-8", "Commandes"), ("en_GB.UTF-8", "Commands")]
)
def test_help_speaks_the_users_language(language: str, word: str) -> None:
    environment = {**os.environ, "LANG": language, "LC_ALL": language, "LANGUAGE": ""}
    command = [sys.executable, "-m", "tamis", "--help"]
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert word in shown.stdout


def test_version(tamis: Run) -> None:
    assert tamis("--version").stdout.strip() == "0.1.0"
