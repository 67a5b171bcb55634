"""Spark over Parquet where it lies: the same scores, folders as results, a lead of most events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.engines import spark_cluster

from tamis.company import Company, generate
from tamis.engines.duckdb import DuckDB
from tamis.engines.registry import open_engine, open_session
from tamis.errors import SourceError, UsageError
from tamis.history.keep import keep
from tamis.model.files import load_model
from tamis.run import run
from tamis.sources import Options
from tamis.sources.in_place import reads_itself
from tamis.sources.source_file import Source

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(spark_cluster.missing()), reason=spark_cluster.missing()),
]

if not spark_cluster.missing():
    from tamis.engines.spark import Spark

ROOT = Path(__file__).parents[2]
MODEL = ROOT / "benchmarks" / "model.yaml"
DAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    with open_engine("spark", memory="1GB") as opened:
        assert isinstance(opened, Spark)
        yield opened


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("company") / "files"
    with DuckDB(threads=1) as session:
        return generate(session, folder, leads=500, until=DAY, profile="plain")


def tables(company: Company) -> dict[str, Any]:
    events = str(company.folder / "events" / "*.parquet")
    return {
        "leads": str(company.leads_file),
        "accounts": str(company.accounts_file),
        "events": events,
    }


@pytest.fixture(scope="module")
def expected(company: Company) -> list[dict[str, Any]]:
    with DuckDB(threads=1) as session:
        return run(session, load_model(MODEL), DAY, **tables(company)).scores.rows()


def test_parquet_is_scored_where_it_lies_and_written_as_a_folder(
    spark: Spark, company: Company, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    at = {name: f"file://{path}" for name, path in tables(company).items()}
    result = run(spark, load_model(MODEL), DAY, **at)
    assert result.counts.leads == 500
    assert result.counts.events == company.events
    target = (tmp_path / "scores").as_uri()
    for _ in range(2):
        assert result.scores.write_folder(target) == 500
    assert (tmp_path / "scores" / "_SUCCESS").exists()
    partition = tmp_path / "day=1 é"
    partition.mkdir()
    assert result.scores.write(partition / "scores.parquet") == 500
    assert pq.read_table(partition / "scores.parquet").to_pylist() == expected
    found = pq.read_table(tmp_path / "scores").to_pylist()
    assert sorted(found, key=lambda row: row["rank"]) == expected


@pytest.mark.verify
def test_kept_matches_are_scored_by_spark(
    spark: Spark, company: Company, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    given, model = tables(company), load_model(MODEL)
    with open_session() as reader:
        keep(reader, model, DAY, folder=tmp_path, events=[given["events"]], options=Options())
    result = run(spark, model, DAY, **given, store=tmp_path)
    assert result.store
    assert not result.store.refused
    assert result.scores.rows() == expected


@pytest.mark.verify
def test_a_table_of_the_catalogue_is_read(
    spark: Spark, company: Company, expected: list[dict[str, Any]]
) -> None:
    spark._session.read.parquet(str(company.leads_file)).createOrReplaceTempView("crm_leads")
    given = tables(company) | {"leads": "table:crm_leads"}
    assert run(spark, load_model(MODEL), DAY, **given).scores.rows() == expected


def test_text_where_the_model_says_a_number_is_refused(spark: Spark, tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(
        "{tamis: 1, name: m, fields: {lead: {size: integer}}, dimensions: {fit: {rules: ["
        "{id: big, when: size > 10, points: 5}]}}}"
    )
    pq.write_table(pa.table({"lead_id": ["a"], "size": ["12"]}), tmp_path / "leads.parquet")
    with pytest.raises(SourceError, match="`size` is text in the data, and the model says integer"):
        run(spark, load_model(tmp_path / "model.yaml"), DAY, leads=str(tmp_path / "leads.parquet"))


def test_nothing_at_an_address_is_told(spark: Spark, tmp_path: Path) -> None:
    where = f"file://{tmp_path}/none"
    with pytest.raises(SourceError, match="no such file"):
        run(spark, load_model(MODEL), DAY, leads=where)


def test_only_an_engine_that_knows_addresses_gets_them(company: Company, tmp_path: Path) -> None:
    source = Source(["s3a://bucket/leads"], None, None, Options())
    with pytest.raises(UsageError, match=r"s3a://bucket/leads.*is an address.*spark"):
        reads_itself(source, "clickhouse")
    assert reads_itself(source, "spark")
    with DuckDB(threads=1) as session:
        result = run(session, load_model(MODEL), DAY, **tables(company))
        with pytest.raises(UsageError, match="files of this machine"):
            result.scores.write_folder((tmp_path / "x").as_uri())


MANY = 300_000


def test_a_lead_with_most_events_is_counted_where_its_events_are_read(
    spark: Spark, company: Company, tmp_path: Path
) -> None:
    """What is sent between workers are counts: no worker gets all events of one lead."""
    events = tmp_path / "events.parquet"
    with DuckDB(threads=1) as session:
        session.execute(
            "COPY (SELECT CASE WHEN i % 10 = 0 THEN i % 500 ELSE 7 END AS lead_id, 'page_view' AS "
            "event, TIMESTAMP '2026-06-30 12:00:00' - INTERVAL 1 SECOND * (i // 4) AS timestamp, "
            f"'/pricing' AS url, 1 AS seconds FROM range({MANY}) AS r(i)) TO '{events}' "
            "(FORMAT parquet, ROW_GROUP_SIZE 20000)"
        )
        given = tables(company) | {"events": str(events)}
        expected = run(session, load_model(MODEL), DAY, **given).scores.rows()
    store = spark._session.sparkContext._jsc.sc().statusStore()  # type: ignore[union-attr]
    before = _last_stage(spark, store)
    result = run(spark, load_model(MODEL), DAY, **given, options=Options(audit="none"))
    assert result.scores.rows() == expected
    read = [s for s in _stages(spark, store) if s.stageId() > before and s.inputRecords() >= MANY]
    assert read
    assert max(stage.shuffleWriteRecords() for stage in read) < MANY / 20


def _stages(spark: Spark, store: Any) -> list[Any]:
    context = spark._session.sparkContext
    none = context._gateway.new_array(context._jvm.double, 0)  # type: ignore[union-attr]
    found = store.stageList(None, False, False, none, None)
    return [found.apply(place) for place in range(found.size())]


def _last_stage(spark: Spark, store: Any) -> int:
    return max((stage.stageId() for stage in _stages(spark, store)), default=-1)
