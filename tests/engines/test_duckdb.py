"""A session of DuckDB: how far a query is, errors in our words, spilling to disk."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from tamis.company import Company, generate
from tamis.engines.duckdb import DuckDB
from tamis.errors import UserError
from tamis.model.checks import checked_model
from tamis.run import run

DAY = date(2026, 11, 20)
LEADS = 100_000
MODEL = """
tamis: 1
name: small
fields: {lead: {email: text, job_title: text}, account: {employees: integer}, event: {url: text}}
dimensions:
  fit:
    rules:
      - {id: boss, when: "seniority(job_title) = 'c_level'", points: 40}
      - {id: size, field: employees, bands: {50: 10}}
  activity:
    decay: {half_life: 30d}
    rules: [{id: any, event: "*", points: 1, per_day: 3}]
score: {sum: [fit, activity]}
"""


def asked(sql: str) -> exp.Query:
    found = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(found, exp.Query)
    return found


def test_progress_grows_while_a_query_runs() -> None:
    dear = "SELECT i % 1000003 AS k, count(*) AS n FROM range(20000000) AS r(i) GROUP BY k"
    seen: list[float] = []
    done = threading.Event()
    with DuckDB(threads=1) as session:

        def follow() -> None:
            while not done.wait(0.02):
                seen.append(session.progress())

        watch = threading.Thread(target=follow)
        watch.start()
        try:
            session.keep("counted", asked(dear))
        finally:
            done.set()
            watch.join()
    assert all(0 <= share <= 1 for share in seen)
    assert len(set(seen)) > 3


LATE = "SELECT CASE WHEN i = 2000000 THEN error('late') ELSE 'x' END AS x FROM range(3000000) r(i)"
"""A query whose first rows are fine, so that it fails only while they are fetched."""


@pytest.mark.parametrize("form", ["rows", "arrow"])
def test_an_error_that_comes_late_is_told_in_every_form(form: str) -> None:
    with DuckDB(threads=1) as session, pytest.raises(UserError, match="late"):
        getattr(session, form)(asked(LATE))


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("company") / "files"
    with DuckDB() as session:
        return generate(session, folder, leads=LEADS, events_per_lead=10, until=DAY)


def scored(company: Company, spill: Path, memory: str | None) -> tuple[list[object], int]:
    """The scores, and the size of what lies in the spill folder when they are made."""
    model = checked_model(MODEL, "model.yaml")
    spill.mkdir()
    with (
        DuckDB(memory=memory, threads=1, spill=spill) as session,
        run(
            session,
            model,
            DAY,
            leads=company.leads_file,
            accounts=company.accounts_file,
            events=company.event_files,
        ) as result,
    ):
        spilled = sum(path.stat().st_size for path in spill.rglob("*") if path.is_file())
        return [*result.scores.rows()], spilled


def test_little_memory_spills_to_disk_and_gives_the_same_scores(
    company: Company, tmp_path: Path
) -> None:
    roomy, nothing = scored(company, tmp_path / "roomy", None)
    tight, spilled = scored(company, tmp_path / "tight", "100MB")
    assert (len(roomy), nothing) == (LEADS, 0)
    assert spilled > 0
    assert tight == roomy
    assert list((tmp_path / "tight").iterdir()) == []
