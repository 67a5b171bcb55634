"""What is counted of the events, and that counting changes nothing."""

# ruff: noqa: DTZ001 (a timestamp of the chain is UTC without saying so)

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.sources.reading import AS_OF, column, model, read

from tamis.sources import Options
from tamis.sources.options import Audit

M = model(lead={"x": "text"}, event={"amount": "integer"})
LEADS = [{"lead_id": "1", "x": ""}]
DAYS = 60
UNREADABLE = 0.5
"""A float that is no whole number."""


def events(path: Path, unreadable: int) -> Path:
    """An event a day until the as-of day, read in place; that of `unreadable` days ago is bad."""
    ages = range(DAYS)
    noon = datetime(AS_OF.year, AS_OF.month, AS_OF.day, 12)
    frame = pa.table(
        {
            "lead_id": ["1"] * DAYS,
            "event": ["e"] * DAYS,
            "timestamp": [noon - timedelta(days=age) for age in ages],
            "amount": [UNREADABLE if age == unreadable else float(age) for age in ages],
        }
    )
    pq.write_table(frame, path)
    return path


@pytest.fixture
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tamis.sources.audit.MANY", 10)


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize("audit", get_args(Audit))
def test_looking_at_the_last_days_only_leaves_every_event_to_be_scored(
    tmp_path: Path, audit: Audit
) -> None:
    path = events(tmp_path / "e.parquet", unreadable=DAYS)
    found = read(M, LEADS, None, path, Options(audit=audit))
    assert sorted(column(found.events, "amount")) == list(range(DAYS))


@pytest.mark.usefixtures("_many")
@pytest.mark.parametrize("audit", get_args(Audit))
@pytest.mark.parametrize("age", [3, 30])
def test_a_rejected_event_is_the_only_one_left_out(tmp_path: Path, audit: Audit, age: int) -> None:
    path = events(tmp_path / "e.parquet", unreadable=age)
    found = read(M, LEADS, None, path, Options(audit=audit))
    assert sorted(column(found.events, "amount")) == [n for n in range(DAYS) if n != age]
    if audit == "none":
        assert found.counts.events == 0
        return
    assert found.counts.rejected == {"`amount` is not a whole number": 1}
    assert found.counts.events == DAYS
    recent = date(2026, 11, 14) if audit == "recent" else None
    assert found.counts.looked_at_since == recent


@pytest.mark.usefixtures("_many")
def test_of_many_events_only_the_last_days_are_looked_at(tmp_path: Path) -> None:
    path = events(tmp_path / "e.parquet", unreadable=DAYS)
    recent = read(M, [], None, path).counts
    every = read(M, [], None, path, Options(audit="all")).counts
    assert (recent.unknown_leads, every.unknown_leads) == (8, DAYS)
