"""A run: results in every form, files whole or not at all, nothing left behind."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import tamis
from tamis import EngineError, ModelError, SourceError, UsageError
from tamis.engines.duckdb import DuckDB
from tamis.engines.registry import open_engine, open_session
from tamis.model.checks import checked_model
from tamis.run import Result, kind_of, run

DAY = date(2026, 11, 21)
MODEL = """
tamis: 1
name: small
fields: {lead: {title: text, size: integer}, account: {}}
exclude: title = 'Intern'
dimensions:
  fit:
    rules:
      - {id: boss, when: seniority(title) = 'c_level', points: 40}
      - {id: size, field: size, bands: {0: 1, 10: 2.5}}
score: {sum: [fit]}
accounts: {rollup: max}
"""
LEADS: list[dict[str, Any]] = [
    {"lead_id": "ann", "account_id": "acme", "title": "CEO", "size": 3},
    {"lead_id": "bob", "account_id": "acme", "title": "Intern", "size": 30},
    {"lead_id": "eve", "account_id": None, "title": "CFO", "size": 30},
    {"lead_id": "zoé", "account_id": None, "title": None, "size": None},
]


@pytest.fixture
def result() -> Iterator[Result]:
    with tamis.score(checked_model(MODEL, "m.yaml"), leads=LEADS, as_of=DAY) as scored:
        yield scored


def test_scores_stand_in_the_order_of_calling_excluded_leads_last(result: Result) -> None:
    rows = result.scores.rows()
    assert [(row["lead_id"], row["rank"]) for row in rows] == [
        ("eve", 1),
        ("ann", 2),
        ("zoé", 3),
        ("bob", None),
    ]
    assert [row["excluded"] for row in rows] == [False, False, False, True]


@pytest.mark.parametrize("name", ["scores", "contributions", "accounts"])
def test_every_form_holds_the_same_rows(result: Result, name: str) -> None:
    rows = getattr(result, name)
    expected = rows.rows()
    assert len(expected) > 0
    assert rows.arrow().to_pylist() == expected
    assert rows.polars().to_dicts() == expected
    frame = rows.pandas()
    assert list(frame.columns) == list(expected[0])
    assert frame.iloc[:, 0].tolist() == [next(iter(row.values())) for row in expected]
    assert frame.iloc[:, -1].astype(object).where(frame.iloc[:, -1].notna(), None).tolist() == [
        list(row.values())[-1] for row in expected
    ]


def test_accounts_hold_the_best_lead(result: Result) -> None:
    assert result.accounts.rows() == [
        {"account_id": "acme", "leads": 1, "score": Decimal("41.00"), "best_lead_id": "ann"}
    ]


def test_a_model_without_accounts_has_no_account_scores() -> None:
    model = checked_model(MODEL.replace("accounts: {rollup: max}", ""), "m.yaml")
    with (
        tamis.score(model, leads=LEADS, as_of=DAY) as scored,
        pytest.raises(UsageError, match="accounts"),
    ):
        _ = scored.accounts


def test_any_step_can_be_looked_at(result: Result) -> None:
    points = result.relation("points", "lead", "rule").rows()
    assert {row["points"] for row in points} == {40 * 10**9, 10**9, 2_500_000_000}


@pytest.mark.parametrize("ending", ["csv", "jsonl", "ndjson", "parquet", "CSV"])
def test_a_file_holds_the_rows_in_their_order(result: Result, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"scores.{ending}"
    assert result.scores.write(path) == 4
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    assert ids_in(path) == ["eve", "ann", "zoé", "bob"]


def ids_in(path: Path) -> list[str]:
    if path.suffix == ".parquet":
        import pyarrow.parquet

        return pyarrow.parquet.read_table(path)["lead_id"].to_pylist()
    with path.open(encoding="utf-8", newline="") as file:
        if path.suffix.lower() == ".csv":
            return [row["lead_id"] for row in csv.DictReader(file)]
        return [json.loads(line)["lead_id"] for line in file]


def test_lines_are_those_of_the_file(result: Result, tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    result.scores.write(path)
    assert "".join(result.scores.lines("csv")) == path.read_text(encoding="utf-8")


def test_an_unknown_ending_is_refused_and_nothing_written(result: Result, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"scores\.xlsx.*\.parquet"):
        result.scores.write(tmp_path / "scores.xlsx")
    assert list(tmp_path.iterdir()) == []
    assert kind_of(Path("a.NDJSON")) == "jsonl"


def test_a_folder_that_is_not_there_is_told(result: Result, tmp_path: Path) -> None:
    with pytest.raises(EngineError):
        result.scores.write(tmp_path / "nowhere" / "scores.csv")


def test_closing_a_result_frees_its_spill_folder(tmp_path: Path) -> None:
    session = open_session(spill=tmp_path)
    with run(session, checked_model(MODEL, "m.yaml"), DAY, leads=LEADS) as scored:
        assert scored.scores.rows()
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_fails_closes_its_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(SourceError):
        tamis.score(checked_model(MODEL, "m.yaml"), leads=[{"nobody": 1}], as_of=DAY)
    assert list(tmp_path.iterdir()) == []


def test_a_model_may_be_given_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(MODEL, encoding="utf-8")
    with tamis.score(str(path), leads=LEADS, as_of=DAY, memory="500MB") as scored:
        assert scored.model == tamis.load_model(path)
        assert len(scored.scores.rows()) == 4
    path.write_text(MODEL.replace("title =", "titel ="), encoding="utf-8")
    with pytest.raises(ModelError, match=r"model\.yaml:5:\d+: error: unknown field `titel`"):
        tamis.score(path, leads=LEADS, as_of=DAY)


def test_a_session_may_score_twice() -> None:
    model = checked_model(MODEL, "m.yaml")
    with DuckDB(threads=1) as session:
        first = run(session, model, DAY, leads=LEADS).scores.rows()
        assert run(session, model, DAY, leads=LEADS[:1]).scores.rows()[0]["lead_id"] == "ann"
        assert run(session, model, DAY, leads=LEADS).scores.rows() == first


def test_an_engine_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="unknown engine `abacus`; there is duckdb"):
        open_engine("abacus")


def test_an_engine_in_this_process_has_no_master() -> None:
    with pytest.raises(UsageError, match="leave --master out"):
        open_engine("duckdb", master="spark://host:7077")
