"""A generated company that the tests of this folder read, and sessions to make others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from tamis.company import Company, Session, generate

UNTIL = date(2026, 6, 30)
Ask = Callable[[str], list[tuple[object, ...]]]


class Duck:
    """A DuckDB connection as the generator wants it."""

    def __init__(self, threads: int = 2) -> None:
        import duckdb

        self._connection = duckdb.connect(config={"threads": threads})

    def execute(self, sql: str) -> list[tuple[object, ...]]:
        return self._connection.execute(sql).fetchall()

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def session() -> Iterator[Session]:
    duck = Duck()
    yield duck
    duck.close()


@pytest.fixture
def one_thread() -> Iterator[Session]:
    duck = Duck(threads=1)
    yield duck
    duck.close()


@pytest.fixture(scope="package")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """6,000 leads with 30 events each, over 540 days."""
    duck = Duck()
    folder: Path = tmp_path_factory.mktemp("companies") / "l'entreprise"
    yield generate(duck, folder, leads=6000, events_per_lead=30, until=UNTIL)
    duck.close()


@pytest.fixture(scope="package")
def ask(company: Company) -> Iterator[Ask]:
    """Asks the company's files a question in SQL: tables leads, accounts, events, outcomes."""
    duck = Duck()
    for table in ("leads", "accounts", "outcomes", "events"):
        files = company.folder / ("events/*" if table == "events" else table)
        path = f"{files}.parquet".replace("'", "''")
        duck.execute(f"CREATE VIEW {table} AS FROM read_parquet('{path}')")
    yield duck.execute
    duck.close()
