"""Outcomes as people have them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tamis.engines.duckdb import DuckDB
from tamis.errors import SourceError
from tamis.model.checks import checked_model
from tamis.sources import Options
from tamis.sources.outcomes import provide_outcomes
from tamis.sql.write import query

DAY = date(2026, 11, 22)
MODEL = checked_model(
    "{tamis: 1, name: m, fields: {lead: {title: text}}, dimensions: {fit: {rules: ["
    "{id: boss, when: title = 'CEO', points: 4}]}}}",
    "m.yaml",
)


def read(session: DuckDB, data: object) -> list[tuple[object, ...]]:
    provide_outcomes(session, MODEL, DAY, data, Options())
    return session.rows(query("SELECT * FROM outcome_rows ORDER BY lead_id, timestamp"))


def test_a_french_spreadsheet_is_read(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text(
        "lead_id;outcome;timestamp;amount\na;Gagné;21/11/2026;1 200,50\nb;PERDU ;22/11/2026;\n",
        encoding="cp1252",
    )
    with DuckDB() as session:
        assert read(session, str(file)) == [
            ("a", "won", datetime.fromisoformat("2026-11-21"), Decimal("1200.5")),
            ("b", "lost", datetime.fromisoformat("2026-11-22"), None),
        ]


def test_amounts_may_be_absent_and_ids_whole_numbers() -> None:
    rows = [{"lead_id": 7, "outcome": "won", "timestamp": datetime(2026, 1, 1, tzinfo=UTC)}]
    with DuckDB() as session:
        assert read(session, rows) == [("7", "won", datetime.fromisoformat("2026-01-01"), None)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("b;maybe;2026-11-22", "`maybe` is no outcome"),
        (";won;2026-11-22", "no `lead_id`"),
        ("b;won;", "no `timestamp`"),
        ("b;won;soon", "`soon` is not"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "o.csv"
    file.write_text(f"lead_id;outcome;timestamp\na;won;2026-11-21\n{line}\n")
    with DuckDB() as session, pytest.raises(SourceError, match=said) as caught:
        read(session, str(file))
    assert caught.value.place is not None
    assert str(caught.value.place) == f"{file}:3"


def test_another_kind_of_data_may_follow_in_the_same_session(tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text("lead_id,outcome,timestamp\na,won,2026-11-21\n")
    rows = [{"lead_id": "b", "outcome": "lost", "timestamp": "2026-11-20"}]
    with DuckDB() as session:
        read(session, str(file))
        session.execute(f"COPY (SELECT * FROM outcome_rows) TO '{tmp_path}/o.parquet'")
        assert [row[0] for row in read(session, rows)] == ["b"]
        assert [row[0] for row in read(session, str(tmp_path / "o.parquet"))] == ["a"]
        assert [row[0] for row in read(session, str(file))] == ["a"]
