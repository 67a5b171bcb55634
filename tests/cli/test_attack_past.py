"""Odd and hostile ways to keep matches and run jobs: nothing is lost, no score lies."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests.cli.conftest import DATA, EVENTS

Run = Callable[..., Result]
KEEP = ("matches", "model.yaml", "--store", "kept", "--as-of", "2026-11-21")
FROM_STORE = ("--leads", "leads.csv", "--accounts", "accounts.csv", "--store", "kept")
JOB = """\
tamis_job: 1
model: model.yaml
source: source.yaml
outputs: {scores: out}
"""
SOURCE = """\
leads: {file: leads.csv}
accounts: {file: accounts.csv}
events: {file: events.csv}
"""
DAY = "2026-11-21"
PARTITION = Path("out") / f"day={DAY}"


@pytest.fixture(autouse=True)
def job(company: Path) -> None:
    (company / "source.yaml").write_text(SOURCE, encoding="utf-8")
    (company / "job.yaml").write_text(JOB, encoding="utf-8")


def scores(tamis: Run, *given: str, day: str = DAY) -> str:
    done = tamis("score", "model.yaml", *given, "--as-of", day, "-q", "-o", "scores.csv")
    assert done.exit_code == 0, done.output
    return Path("scores.csv").read_text(encoding="utf-8")


def same_as_from_events(tamis: Run, events: str = "events.csv") -> bool:
    given = ("--leads", "leads.csv", "--accounts", "accounts.csv", "--events", events)
    return scores(tamis, *FROM_STORE) == scores(tamis, *given)


# ---------------------------------------------------------------- a store says what events say


def test_a_store_counted_long_ago_is_counted_on(tamis: Run) -> None:
    first = tamis("matches", "model.yaml", "--events", "events.csv", "--store", "kept", "--as-of",
                  "2022-01-01")  # fmt: skip
    assert first.exit_code == 0
    refused = tamis("score", "model.yaml", *FROM_STORE, "--as-of", DAY)
    assert refused.exit_code == 1
    assert "it has counted days up to 2024-12-31 only" in refused.stderr
    tamis(*KEEP, "--events", "events.csv")
    assert same_as_from_events(tamis)


def test_another_time_zone_is_another_count(tamis: Run) -> None:
    late = EVENTS + "bob,demo_request,2026-11-20T23:30:00Z,\n"
    Path("events.csv").write_text(late, encoding="utf-8")
    model = Path("model.yaml")
    paris = model.read_text(encoding="utf-8")
    model.write_text(paris.replace("Europe/Paris", "America/New_York"), encoding="utf-8")
    tamis(*KEEP, "--events", "events.csv")
    model.write_text(paris, encoding="utf-8")
    tamis(*KEEP, "--events", "events.csv")
    assert same_as_from_events(tamis)


def test_a_file_that_changes_how_numbers_are_read_has_all_counted_again(tamis: Run) -> None:
    model = Path("model.yaml")
    text = model.read_text(encoding="utf-8").replace("{url: text}", "{url: text, seconds: number}")
    rule = "      - {id: read, event: view, total: {field: seconds, bands: {100: 15}}}\n"
    model.write_text(text.replace("score: {", f"{rule}score: {{", 1), encoding="utf-8")
    # With semicolons alone the comma is decimal; a file with commas makes it one of thousands.
    one = "lead_id;event;timestamp;url;seconds\nann;view;2026-11-20T10:00:00Z;;1,234\n"
    two = "lead_id,event,timestamp,url,seconds\nbob,view,2026-11-10T10:00:00Z,,9.5\n"
    Path("e1.csv").write_text(one, encoding="utf-8")
    tamis(*KEEP, "--events", "e*.csv".replace("e*", "e[0-9]"))
    before = scores(tamis, *FROM_STORE)
    Path("e2.csv").write_text(two, encoding="utf-8")
    tamis(*KEEP, "--events", "e[0-9].csv")
    assert same_as_from_events(tamis, "e[0-9].csv")
    assert scores(tamis, *FROM_STORE) != before


def test_too_many_unreadable_events_are_refused_as_a_score_refuses_them(tamis: Run) -> None:
    Path("events.csv").write_text(EVENTS + "ann,demo_request,soon,\n", encoding="utf-8")
    refused = tamis(*KEEP, "--events", "events.csv", "--rejects", "bad.csv")
    assert refused.exit_code == 1
    assert "more than 5 %" in refused.stderr
    assert "soon" in Path("bad.csv").read_text(encoding="utf-8")
    accepted = tamis(*KEEP, "--events", "events.csv", "--accept-rejects", "--json")
    assert json.loads(accepted.stdout)["rejected"] == 1
    assert tamis(*KEEP, "--events", "events.csv").exit_code == 1


def test_a_file_given_twice_counts_once(tamis: Run, company: Path) -> None:
    leads = ("--leads", "leads.csv", "--accounts", "accounts.csv")
    once = scores(tamis, *leads, "--events", "events.csv")
    for again in ("./events.csv", str(company / "events.csv"), f"../{company.name}/events.csv"):
        assert scores(tamis, *leads, "--events", "events.csv", "--events", again) == once
        tamis(*KEEP, "--events", "events.csv", "--events", again)
        assert scores(tamis, *FROM_STORE) == once


def test_a_file_is_known_by_whichever_way_it_is_given(tamis: Run, company: Path) -> None:
    tamis(*KEEP, "--events", "events.csv")
    for again in (str(company / "events.csv"), f"../{company.name}/events.csv"):
        assert "Nothing new" in tamis(*KEEP, "--events", again).stdout


# ---------------------------------------------------------------- a store that somebody touched


def test_a_store_in_the_folder_of_the_events_is_refused_and_takes_nothing(
    tamis: Run, company: Path
) -> None:
    theirs = company / "data" / "day=2026-11-20" / "events.csv"
    theirs.parent.mkdir(parents=True)
    theirs.write_text(EVENTS, encoding="utf-8")
    given = ("--events", "data/day=*/events.csv", "--store", "data")
    refused = tamis("matches", "model.yaml", *given)
    assert refused.exit_code == 1
    assert "folder of its own" in refused.stderr
    assert [file for file in (company / "data").rglob("*") if file.is_file()] == [theirs]


def test_files_of_others_in_a_store_stay(tamis: Run, company: Path) -> None:
    others = [
        company / "kept" / "day=2026-11-20" / "scores.parquet",
        company / "kept/sums/x.parquet",
    ]
    for other in others:
        other.parent.mkdir(parents=True)
        other.write_text("precious", encoding="utf-8")
    tamis(*KEEP, "--events", "events.csv")
    assert [other.read_text(encoding="utf-8") for other in others] == ["precious"] * 2


def test_days_and_sums_that_were_taken_away_are_counted_again(tamis: Run, company: Path) -> None:
    tamis(*KEEP, "--events", "events.csv")
    for file in (company / "kept").rglob("*.parquet"):
        file.unlink()
    assert tamis("score", "model.yaml", *FROM_STORE, "--as-of", DAY).exit_code == 1
    tamis(*KEEP, "--events", "events.csv")
    assert same_as_from_events(tamis)


def test_a_list_that_somebody_edited_is_refused(tamis: Run, company: Path) -> None:
    tamis(*KEEP, "--events", "events.csv")
    file = company / "kept" / "matches.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    told["days"].popitem()
    file.write_text(json.dumps(told), encoding="utf-8")
    for command in (("score", "model.yaml", *FROM_STORE), (*KEEP, "--events", "events.csv")):
        refused = tamis(*command)
        assert refused.exit_code == 1
        assert "damaged" in refused.stderr


def test_of_two_runs_that_keep_at_once_one_gives_way(tamis: Run, company: Path) -> None:
    (company / "kept").mkdir()
    with (company / "kept" / "_tamis.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = tamis(*KEEP, "--events", "events.csv")
    assert found.exit_code == 3
    assert "another run is at work in kept" in found.stdout
    assert tamis(*KEEP, "--events", "events.csv").exit_code == 0


# ---------------------------------------------------------------- jobs


@pytest.mark.parametrize(
    "text",
    [
        JOB.replace("{scores: out}", "{scores: out, accounts: ./out}"),
        JOB.replace("{scores: out}", f"{{scores: out, accounts: out/day={DAY}}}"),
        JOB.replace("{scores: out}", "{scores: out/a, accounts: out/a/../../out}"),
        JOB + "store: out\n",
        JOB + "store: out/kept\n",
    ],
)
def test_outputs_and_store_have_a_folder_each(tamis: Run, company: Path, text: str) -> None:
    (company / "job.yaml").write_text(text, encoding="utf-8")
    refused = tamis("run", "job.yaml", "--as-of", DAY)
    assert refused.exit_code == 1
    assert "goes there already" in refused.stderr
    assert not (company / "out").exists()


def test_an_empty_path_is_no_path(tamis: Run, company: Path) -> None:
    text = JOB.replace("model: model.yaml", "model: ''")
    (company / "job.yaml").write_text(text, encoding="utf-8")
    assert "job.yaml:2:8: error: this is no path" in tamis("run", "job.yaml").stderr


@pytest.mark.parametrize("again", [(), ("--again",)])
def test_what_others_put_into_a_partition_is_not_lost(tamis: Run, again: tuple[str, ...]) -> None:
    if again:
        assert tamis("run", "job.yaml", "--as-of", DAY).exit_code == 0
    PARTITION.mkdir(parents=True, exist_ok=True)
    (PARTITION / "events.csv").write_text(EVENTS, encoding="utf-8")
    refused = tamis("run", "job.yaml", "--as-of", DAY, *again)
    assert refused.exit_code == 2
    assert "events.csv was not written by this job" in refused.stderr
    assert (PARTITION / "events.csv").read_text(encoding="utf-8") == EVENTS


def test_a_file_in_place_of_a_partition_stays(tamis: Run) -> None:
    PARTITION.parent.mkdir()
    PARTITION.write_text("precious", encoding="utf-8")
    assert "is a file" in tamis("run", "job.yaml", "--as-of", DAY).stderr
    assert PARTITION.read_text(encoding="utf-8") == "precious"


@pytest.mark.parametrize("rows", ['"many"', "null", "[3]"])
def test_a_damaged_marker_has_the_day_written_anew(tamis: Run, rows: str) -> None:
    tamis("run", "job.yaml", "--as-of", DAY)
    marker = PARTITION / "_tamis.json"
    marker.write_text(marker.read_text("utf-8").replace('"rows": 3', f'"rows": {rows}'), "utf-8")
    assert "3 rows" in tamis("run", "job.yaml", "--as-of", DAY).stdout


def test_a_day_whose_file_is_gone_is_written_anew(tamis: Run) -> None:
    tamis("run", "job.yaml", "--as-of", DAY)
    (PARTITION / "scores.parquet").unlink()
    assert "3 rows" in tamis("run", "job.yaml", "--as-of", DAY).stdout
    assert (PARTITION / "scores.parquet").exists()


def test_a_day_set_aside_by_a_run_that_was_cut_short_comes_back(tamis: Run) -> None:
    tamis("run", "job.yaml", "--as-of", DAY)
    PARTITION.rename(PARTITION.with_name(f".{PARTITION.name}.0123abcd.old"))
    told = tamis("run", "job.yaml", "--as-of", DAY, "--json")
    assert json.loads(told.stdout)["status"] == "nothing to do"
    assert not list(PARTITION.parent.glob(".day=*"))


def test_a_job_tells_what_it_could_not_read_though_a_store_has_counted_it(
    tamis: Run, company: Path
) -> None:
    more = "store: kept\nrejects: bad\naccept_rejects: true\n"
    (company / "job.yaml").write_text(JOB + more, encoding="utf-8")
    Path("events.csv").write_text(EVENTS + "ann,demo_request,soon,\n", encoding="utf-8")
    for day in (DAY, "2026-11-22"):
        assert tamis("run", "job.yaml", "--as-of", day).exit_code == 0
        assert "soon" in Path(f"bad/day={day}.csv").read_text(encoding="utf-8")


# ---------------------------------------------------------------- dbt


def test_a_file_of_others_in_a_dbt_project_stays(tamis: Run, company: Path) -> None:
    (company / "dbt_project.yml").write_text("name: theirs", encoding="utf-8")
    theirs = company / "models" / "tamis_small_scores.sql"
    theirs.parent.mkdir()
    theirs.write_text("SELECT 1 AS precious", encoding="utf-8")
    refused = tamis("sql", "model.yaml", "--dbt", ".")
    assert refused.exit_code == 2
    assert "tamis_small_scores.sql" in refused.stderr
    assert theirs.read_text(encoding="utf-8") == "SELECT 1 AS precious"
    assert list(theirs.parent.iterdir()) == [theirs]
    theirs.unlink()
    for _ in range(2):
        assert tamis("sql", "model.yaml", "--dbt", ".").exit_code == 0


def test_an_output_cannot_be_chosen_of_a_dbt_project(tamis: Run, company: Path) -> None:
    (company / "dbt_project.yml").write_text("name: theirs", encoding="utf-8")
    refused = tamis("sql", "model.yaml", "--dbt", ".", "--output", "scores")
    assert (refused.exit_code, "--output: of no use here" in refused.stderr) == (2, True)
    assert not (company / "models").exists()


@pytest.mark.parametrize("day", ["1900-01-01", "1969-12-31", "2200-12-31"])
def test_dbt_models_can_be_written_on_any_day(tamis: Run, company: Path, day: str) -> None:
    (company / "dbt_project.yml").write_text("name: theirs", encoding="utf-8")
    assert tamis("sql", "model.yaml", "--dbt", ".", "--as-of", day).exit_code == 0


def test_the_data_of_the_tests_give_scores(tamis: Run) -> None:
    assert len(scores(tamis, *DATA).splitlines()) == 4
