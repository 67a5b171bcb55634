"""A company of a million events, over a change of clocks: every engine gives what DuckDB does."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.engines.servers import QUICK, SLOW

from tamis.company import Company, generate
from tamis.engines.base import Engine
from tamis.engines.duckdb import DuckDB
from tamis.model.checks import checked_model
from tamis.model.spec import Model
from tamis.run import run

pytestmark = pytest.mark.verify

MODEL = Path(__file__).parents[2] / "benchmarks" / "model.yaml"
DAY = date(2026, 3, 29)
"""The day on which clocks go forward in Paris."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("company") / "files"
    with DuckDB(threads=1) as session:
        return generate(session, folder, leads=20_000, until=DAY, profile="plain")


@pytest.fixture(scope="module")
def model() -> Model:
    text = MODEL.read_text(encoding="utf-8")
    return checked_model(
        text.replace("name: benchmark", "name: benchmark\ntimezone: Europe/Paris"), "m"
    )


def tables(company: Company) -> dict[str, Any]:
    events = str(company.folder / "events" / "*.parquet")
    leads, accounts = str(company.leads_file), str(company.accounts_file)
    return {"leads": leads, "accounts": accounts, "events": events}


@pytest.mark.parametrize("engine", [*QUICK, *SLOW], indirect=True)
def test_no_lead_of_a_million_events_differs(
    engine: Engine, company: Company, model: Model
) -> None:
    assert company.events > 950_000
    with DuckDB(threads=2) as session:
        expected = run(session, model, DAY, **tables(company)).scores.rows()
    with DuckDB(threads=2) as reader:
        found = run(reader, model, DAY, **tables(company), on=engine).scores.rows()
    assert len(found) == 20_000
    assert found == expected
