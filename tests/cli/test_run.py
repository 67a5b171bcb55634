"""`tamis run`: a day scored and written once, whole or not at all."""

from __future__ import annotations

import fcntl
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tamis.engines.duckdb import DuckDB

Run = Callable[..., Result]
SOURCE = """\
leads: {file: leads.csv}
accounts: {file: accounts.csv}
events: {file: events.csv}
"""
JOB = """\
tamis_job: 1
model: model.yaml
source: source.yaml
outputs: {scores: out/scores, contributions: out/points, accounts: out/accounts}
report: out/reports
"""
DAY = "2026-11-21"
SCORES = Path("out/scores/*/*.parquet")


@pytest.fixture(autouse=True)
def job(company: Path) -> Path:
    (company / "source.yaml").write_text(SOURCE, encoding="utf-8")
    (company / "job.yaml").write_text(JOB, encoding="utf-8")
    return company


def rows(files: Path, what: str) -> list[tuple[object, ...]]:
    with DuckDB() as session:
        return sorted(session.execute(f"SELECT {what} FROM '{files}'"), key=str)


def times(folder: Path) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*.parquet")}


def test_points_given_by_hand_count_as_the_source_file_names_them(tamis: Run, job: Path) -> None:
    (job / "by_hand.csv").write_text("ID,dimension,points\nbob,fit,40\n", encoding="utf-8")
    named = "adjustments: {file: by_hand.csv, columns: {lead_id: ID}}\n"
    (job / "source.yaml").write_text(SOURCE + named, encoding="utf-8")
    tamis("run", "job.yaml", "--as-of", DAY)
    points = rows(Path("out/points/*/*.parquet"), "lead_id, rule, points::VARCHAR")
    assert ("bob", "manual", "40.000000000") in points
    source = ("--source", "source.yaml", "--as-of", DAY)
    tamis("score", "model.yaml", *source, "-o", "s.parquet")
    assert rows(SCORES, "lead_id, score, rank") == rows(Path("s.parquet"), "lead_id, score, rank")


def test_a_day_is_written_as_partitions_that_others_read(tamis: Run) -> None:
    done = tamis("run", "job.yaml", "--as-of", DAY)
    assert "2026-11-21: 3 rows in out/scores/day=2026-11-21" in done.stdout.replace("\n", "")
    expected = tamis(
        "score", "model.yaml", "--source", "source.yaml", "--as-of", DAY, "-o", "s.parquet"
    )
    assert expected.exit_code == 0
    names = "lead_id, score, rank, CAST(day AS VARCHAR)"
    assert rows(SCORES, names) == rows(Path("s.parquet"), f"lead_id, score, rank, '{DAY}'")
    tamis("run", "job.yaml", "--as-of", "2026-11-20")
    days = rows(SCORES, "DISTINCT CAST(day AS VARCHAR)")
    assert days == [("2026-11-20",), ("2026-11-21",)]


def test_a_second_run_does_nothing_and_again_does(tamis: Run, company: Path) -> None:
    tamis("run", "job.yaml", "--as-of", DAY)
    before = times(company / "out")
    second = tamis("run", "job.yaml", "--as-of", DAY, "--json")
    assert second.exit_code == 0
    assert json.loads(second.stdout)["status"] == "nothing to do"
    assert times(company / "out") == before
    assert (
        json.loads(tamis("run", "job.yaml", "--as-of", DAY, "--again", "--json").stdout)["status"]
        == "done"
    )
    assert times(company / "out") != before


def test_what_is_lacking_is_written_and_what_is_there_stays(tamis: Run, company: Path) -> None:
    tamis("run", "job.yaml", "--as-of", DAY)
    (company / "out" / "points" / f"day={DAY}" / "_tamis.json").unlink()
    before = times(company / "out" / "scores")
    told = json.loads(tamis("run", "job.yaml", "--as-of", DAY, "--json").stdout)
    assert [name for name, one in told["outputs"].items() if not one["before"]] == ["contributions"]
    assert times(company / "out" / "scores") == before


def test_another_model_is_another_day_to_write(tamis: Run, company: Path) -> None:
    tamis("run", "job.yaml", "--as-of", DAY)
    text = (company / "model.yaml").read_text(encoding="utf-8")
    (company / "model.yaml").write_text(text.replace("points: 30", "points: 3"), encoding="utf-8")
    told = json.loads(tamis("run", "job.yaml", "--as-of", DAY, "--json").stdout)
    assert told["status"] == "done"
    assert not list((company / "out" / "scores").glob(".day*"))


def test_the_report_says_what_was_read_and_written(tamis: Run, company: Path) -> None:
    tamis("run", "job.yaml", "--as-of", DAY)
    report = json.loads((company / "out" / "reports" / f"day={DAY}.json").read_text())
    assert report["outputs"]["scores"]["rows"] == 3
    assert report["counts"]["unknown_leads"] == 1
    assert (report["model"], report["version"], report["engine"]) == ("small", 1, "duckdb")


def test_a_job_with_a_store_counts_only_what_is_new(tamis: Run, company: Path) -> None:
    (company / "job.yaml").write_text(JOB + "store: kept\n", encoding="utf-8")
    tamis("run", "job.yaml", "--as-of", DAY)
    with_store = rows(SCORES, "lead_id, score, rank")
    assert (company / "kept" / "matches.json").exists()
    (company / "job.yaml").write_text(JOB, encoding="utf-8")
    tamis("run", "job.yaml", "--as-of", DAY, "--again")
    assert rows(SCORES, "lead_id, score, rank") == with_store


def test_of_two_runs_at_once_one_gives_way(tamis: Run, company: Path) -> None:
    (company / "out" / "scores").mkdir(parents=True)
    with (company / "out" / "scores" / "_tamis.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = tamis("run", "job.yaml", "--as-of", DAY)
    assert found.exit_code == 3
    assert "at work" in found.stdout
    assert tamis("run", "job.yaml", "--as-of", DAY).exit_code == 0


KILLED = """
import os, signal
from datetime import date
from tamis.jobs import run_job
from tamis.jobs.job_file import load_job
from tamis.run import Rows
whole = Rows.write
def write(rows, path):
    count = whole(rows, path)
    if path.name.startswith("contributions"):
        os.kill(os.getpid(), signal.SIGKILL)
    return count
Rows.write = write
run_job.run_job(load_job("job.yaml"), date(2026, 11, 21))
"""


def test_a_killed_run_leaves_no_half_day_and_the_next_goes_on(tamis: Run, company: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd=company, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not (company / "out" / "points" / f"day={DAY}").exists()
    before = times(company / "out" / "scores")
    assert len(before) == 1
    told = json.loads(tamis("run", "job.yaml", "--as-of", DAY, "--json").stdout)
    assert told["outputs"]["scores"]["before"]
    assert not told["outputs"]["contributions"]["before"]
    assert times(company / "out" / "scores") == before
    assert not list((company / "out").rglob(".*"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tamis_job: 1\n", "a job file needs `model`"),
        (JOB.replace("scores:", "scors:"), "did you mean `scores`?"),
        (JOB + "engine: sparc\n", "spark"),
        (JOB.replace("out/points", "out/scores"), "`scores` goes there already"),
        (JOB + "format: xml\n", "parquet"),
        (JOB.replace("out/points", "s3a://bucket/points"), "this is an address"),
        (JOB.replace("model.yaml", "nowhere.yaml"), "nowhere.yaml"),
        (JOB.replace("source.yaml", "nowhere.yaml"), "nowhere.yaml"),
        ("- a\n", "job.yaml:1:1"),
    ],
)
def test_what_is_wrong_with_a_job_is_said(tamis: Run, company: Path, text: str, said: str) -> None:
    (company / "job.yaml").write_text(text, encoding="utf-8")
    found = tamis("run", "job.yaml", "--as-of", DAY)
    assert found.exit_code == 1
    assert said in found.stderr
    assert not (company / "out").exists()


def test_bad_data_leave_nothing(tamis: Run, company: Path) -> None:
    bad = "lead_id;account_id;email;job_title;created_at\nann;acme;;;soon\n"
    (company / "leads.csv").write_text(bad, encoding="utf-8")
    found = tamis("run", "job.yaml", "--as-of", DAY)
    assert found.exit_code == 1
    assert "leads.csv:2" in found.stderr
    assert not list((company / "out").rglob("*.parquet"))
    assert not list((company / "out").rglob("*.part"))
