"""What the company had when it began, and what came since: nothing before its time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tamis.demo.arrivals import Arrivals, arrivals
from tamis.engines.duckdb import DuckDB
from tamis.server.ingest.message import AccountRow, LeadRow, Message, OutcomeRow

BEGINNING = datetime(2026, 9, 7, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def came(tmp_path_factory: pytest.TempPathFactory) -> Arrivals:
    return arrivals(tmp_path_factory.mktemp("came"), BEGINNING, NOW, leads=300, seed=1)


def asked(path: Path, sql: str) -> Any:
    with DuckDB() as session:
        (row,) = session.execute(sql.format(of=f"read_parquet('{path}')"))
    return row


@pytest.mark.parametrize(
    ("table", "column"),
    [("leads", "created_at"), ("events", "timestamp"), ("outcomes", "timestamp"),
     ("accounts", "customer_since")],
)  # fmt: skip
def test_what_was_before_is_before_the_beginning(came: Arrivals, table: str, column: str) -> None:
    number, latest = asked(came.before[table], f"SELECT count(*), max({column}) FROM {{of}}")
    assert number > 0
    assert str(latest)[:10] <= str(BEGINNING)[:10]


def test_what_came_since_comes_in_its_order_and_until_now(came: Arrivals) -> None:
    instants = [one.at for one in came.since]
    assert instants == sorted(instants)
    assert instants[0] >= BEGINNING
    assert instants[-1] <= NOW


def test_everything_comes_once_and_of_every_kind(came: Arrivals) -> None:
    kinds = {type(one.item) for one in came.since}
    assert kinds == {AccountRow, LeadRow, Message, OutcomeRow}
    leads = [one.item.lead_id for one in came.since if isinstance(one.item, LeadRow)]
    (before,) = asked(came.before["leads"], "SELECT count(*) FROM {of}")
    assert len(leads) == len(set(leads))
    # A few are created later on the last day than now.
    assert 290 <= len(leads) + before <= 300


def test_an_account_becomes_a_customer_on_its_day(came: Arrivals) -> None:
    signed = [one for one in came.since if isinstance(one.item, AccountRow)]
    assert all(one.item.fields == {"customer_since": f"{one.at:%Y-%m-%d}"} for one in signed)
