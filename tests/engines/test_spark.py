"""A session of Spark: nothing wraps, texts as DuckDB sees them, files, errors, Ctrl-C."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from sqlglot import exp
from tests.engines import spark_cluster
from tests.engines.spark_cluster import until

from tamis.engines.base import OutputKind
from tamis.engines.duckdb import DuckDB
from tamis.engines.registry import open_engine
from tamis.errors import EngineError, SourceError
from tamis.sql.relation import Column, Relation

pytestmark = [
    pytest.mark.spark,
    pytest.mark.verify,
    pytest.mark.skipif(bool(spark_cluster.missing()), reason=spark_cluster.missing()),
]

if not spark_cluster.missing():
    from tamis.engines.spark import Spark

WORDS = Relation("words", "texts", (), (Column("x", "text", "a text"),))
NUMBERS = Relation("numbers", "numbers", (), (Column("n", "integer", "a number"),))


def asked(sql: str) -> exp.Query:
    found = sqlglot.parse_one(sql, read="duckdb")
    assert isinstance(found, exp.Query)
    return found


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    with open_engine("spark", memory="1GB") as opened:
        assert isinstance(opened, Spark)
        yield opened


@pytest.fixture
def both(spark: Spark) -> Iterator[tuple[Spark, DuckDB]]:
    with DuckDB(threads=1) as session:
        yield spark, session


def given(
    engines: tuple[Spark, DuckDB], folder: Path, relation: Relation, values: list[object]
) -> None:
    path = folder / f"{relation.name}.parquet"
    pq.write_table(pa.table({relation.columns[0].name: values}), path)
    for engine in engines:
        engine.typed(relation, [str(path)])


TEXTS = [
    *(
        "acme",
        "ACME ltd",
        "café",
        "caf\u00e9 noir",
        "a\nb",
        "a\n",
        "a\r",
        "\x0b",
        " ",
        "\t",
        "K2",
    ),
    *("a{b", "x-1", "]", "100%", "a_b", "\u03c3\u03c2", "stra\u00dfe", "é", "1", "", "word_1 two"),
]
PATTERNS = [
    *("a$", "^a.b$", r"caf\b", r"\bnoir", r"\B.", r"\s", r"^\S+$", r"\v", "a{b", "a{1,2}", "[]]"),
    *(
        "[[:alpha:]]+$",
        "[^[:space:]]",
        r"[\s]",
        r"\d",
        r"\w\W",
        "é",
        "K",
        "\u03a3",
        r"\x41",
        "(?:a|c)f",
    ),
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_find_what_they_find_on_duckdb(
    both: tuple[Spark, DuckDB], tmp_path: Path, pattern: str
) -> None:
    given(both, tmp_path, WORDS, list(TEXTS))
    literal = exp.Literal.string(f"(?i){pattern}").sql("duckdb")
    query = asked(f"SELECT x FROM words WHERE regexp_matches(x, {literal}) ORDER BY x")
    spark, duckdb = both
    assert spark.rows(query) == duckdb.rows(query)


@pytest.mark.parametrize(
    "expression",
    [
        *("lower(x)", "upper(x)", "trim(x)", "length(x)", "x LIKE 'a\\_b'", "x LIKE '%\\%'"),
        *("x LIKE '\\x'", "lower(x) = 'σς'", "strpos(lower(x), 'é')"),
    ],
)
def test_texts_are_what_they_are_on_duckdb(
    both: tuple[Spark, DuckDB], tmp_path: Path, expression: str
) -> None:
    odd = [
        "\u0130stanbul",
        "\u039f\u0394\u039f\u03a3",
        "\u00a0 a \u2003",
        "\ta ",
        "a\\_b",
        "100\\%",
    ]
    given(both, tmp_path, WORDS, [*TEXTS, *odd, "\\x", None])
    query = asked(f"SELECT x, {expression} AS y FROM words ORDER BY x NULLS LAST")
    spark, duckdb = both
    assert spark.rows(query) == duckdb.rows(query)


LARGE = [0, 1, 7, 10**6, 10**12 + 7, 10**17 - 1]


@pytest.mark.parametrize("below", ["7", "CAST(n AS INT128) * 3 + 1", "n + 1"])
@pytest.mark.parametrize("times", ["1", "1000000", "10000000000000", "1000000000000000000"])
def test_whole_division_is_exact_however_large(
    both: tuple[Spark, DuckDB], tmp_path: Path, times: str, below: str
) -> None:
    if below == "7" and len(times) > 2:
        pytest.skip("what is divided by a constant fits 64 bits")
    given(both, tmp_path, NUMBERS, list(LARGE))
    above = f"CAST(n AS INT128) * CAST('{times}' AS INT128) + 5"
    query = asked(f"SELECT n, CAST(({above}) // ({below}) AS INT128) AS q FROM numbers ORDER BY n")
    spark, duckdb = both
    assert spark.rows(query) == duckdb.rows(query)


@pytest.mark.parametrize(
    "expression",
    [
        "sum(n * 1000)",
        "sum(CAST(n AS INT128) * CAST('100000000000000000000' AS INT128))",
        "sum((CAST(n AS INT128) * 1000000) // 7)",
    ],
)
def test_what_is_too_large_is_an_error_and_never_another_number(
    spark: Spark, tmp_path: Path, expression: str
) -> None:
    path = tmp_path / "n.parquet"
    pq.write_table(pa.table({"n": [9 * 10**18] * 3}), path)
    spark.typed(NUMBERS, [str(path)])
    with pytest.raises(EngineError, match="too large"):
        spark.rows(asked(f"SELECT {expression} AS s FROM numbers"))


@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
def test_a_file_is_what_duckdb_writes_in_the_order_asked_for(
    both: tuple[Spark, DuckDB], tmp_path: Path, kind: OutputKind
) -> None:
    given(both, tmp_path, NUMBERS, list(range(10_000)))
    query = asked(
        "SELECT n, concat('a\"b, ', n) AS x, n % 2 = 0 AS even FROM numbers ORDER BY n DESC"
    )
    files = [tmp_path / f"{engine.dialect}.{kind}" for engine in both]
    assert [engine.write(query, file, kind) for engine, file in zip(both, files, strict=True)] == [
        10_000
    ] * 2
    mine, theirs = files
    if kind == "parquet":
        assert pq.read_table(mine).to_pylist() == pq.read_table(theirs).to_pylist()
    else:
        assert mine.read_bytes() == theirs.read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_a_folder_holds_the_files_of_the_workers(spark: Spark, tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": [1, 2, 3]}), tmp_path / "n.parquet")
    spark.typed(NUMBERS, [(tmp_path / "n.parquet").as_uri()])
    target = (tmp_path / "folder").as_uri()
    for _ in range(2):
        assert spark.write_folder(asked("SELECT n FROM numbers"), target, "parquet") == 3
    assert sorted(pq.read_table(tmp_path / "folder")["n"].to_pylist()) == [1, 2, 3]


def test_arrow_has_the_rows_and_the_types(spark: Spark) -> None:
    found = spark.arrow(asked("SELECT 1 AS n, CAST(2 AS DECIMAL(18, 2)) AS d, 'x' AS t"))
    assert isinstance(found, pa.Table)
    assert found.to_pylist() == [{"n": 1, "d": Decimal("2.00"), "t": "x"}]


def test_files_that_cannot_be_read_are_named(spark: Spark, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        spark.typed(NUMBERS, [str(tmp_path / "none.parquet")])
    (tmp_path / "bad.parquet").write_bytes(b"no Parquet at all")
    with pytest.raises(SourceError, match=r"bad\.parquet.*damaged"):
        spark.typed(NUMBERS, [str(tmp_path / "bad.parquet")])


def test_memory_that_is_none_is_refused() -> None:
    from tamis.engines.spark.start import size

    assert size("2500MB") == "2500m"
    with pytest.raises(EngineError, match="amount of memory"):
        size("much")


def test_sessions_have_tables_of_their_own(spark: Spark) -> None:
    spark.view("one", asked("SELECT 1 AS n"))
    with open_engine("spark") as other:
        other.view("one", asked("SELECT 2 AS n"))
        assert other.rows(asked("SELECT n FROM one")) == [(2,)]
    assert spark.rows(asked("SELECT n FROM one")) == [(1,)]


def test_another_master_than_the_one_that_runs_is_refused(spark: Spark) -> None:
    with pytest.raises(EngineError, match="already"):
        open_engine("spark", master="spark://127.0.0.1:1")
    assert spark.rows(asked("SELECT 1 AS n")) == [(1,)]


SLOW = """
SELECT count(*) AS n FROM numbers AS a, numbers AS b, numbers AS c WHERE (a.n + b.n) % 7 = c.n % 5
"""


def test_ctrl_c_stops_what_runs_and_the_session_lives_on(spark: Spark, tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": list(range(5000))}), tmp_path / "n.parquet")
    spark.typed(NUMBERS, [str(tmp_path / "n.parquet")])
    tracker = spark._session.sparkContext.statusTracker()

    def interrupt() -> None:
        until(lambda: bool(tracker.getActiveJobsIds()))
        os.kill(os.getpid(), signal.SIGINT)

    killer = threading.Thread(target=interrupt)
    killer.start()
    with pytest.raises(KeyboardInterrupt):
        spark.rows(asked(SLOW))
    killer.join()
    until(lambda: not tracker.getActiveJobsIds())
    assert spark.rows(asked("SELECT 1 AS n")) == [(1,)]
