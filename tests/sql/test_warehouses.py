"""Snowflake, BigQuery and Databricks: the text that they would run, for none of them runs here.

The whole text is stored to be read, each difference has a line of its own, and what SQLGlot reads
back from the text of Snowflake and BigQuery gives on DuckDB what the chain gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from tests.sql.test_dbt import project, rendered

from tamis import flow
from tamis.engines.duckdb import DuckDB
from tamis.facts.plan import Shape
from tamis.model.checks import checked_model
from tamis.sql.chain import SQL_TYPES, Chain, Constants
from tamis.sql.dialects import corrected, written
from tamis.sql.dialects.snowflake import ANYTHING, RESERVED, in_posix
from tamis.sql.relation import Column, Relation
from tamis.sql.write import text

WAREHOUSES = ("snowflake", "bigquery", "databricks")
DAY = date(2026, 7, 1)
MODEL = (Path(__file__).parent / "every_construct.yaml").read_text(encoding="utf-8")
LISTED = {"gmail.com", "yopmail.com"}
"""The mail domains that the short lists of these tests keep."""


class SqlFile(SingleFileSnapshotExtension):
    """A snapshot is a file of SQL."""

    _write_mode = WriteMode.TEXT
    file_extension = "sql"


def chain(model: str = MODEL, *, whole: bool = False) -> Chain:
    shape = Shape(valid_from=True, event_ids=True, bots=True)
    made = flow.plan(checked_model(model, "model.yaml"), DAY, shape)
    short = tuple(one if whole else shortened(one) for one in made.constants)
    return replace(made, constants=short)


def shortened(constants: Constants) -> Constants:
    if not constants.relation.name.endswith("_domains"):
        return constants
    return replace(constants, rows=tuple(row for row in constants.rows if row[0] in LISTED))


@pytest.fixture
def sql_file(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(SqlFile)


@pytest.mark.parametrize("dialect", WAREHOUSES)
def test_the_whole_statement(dialect: str, sql_file: SnapshotAssertion) -> None:
    assert written(chain(), flow.VERDICTS, dialect) == sql_file


@pytest.mark.parametrize("dialect", WAREHOUSES)
@pytest.mark.parametrize("output", [flow.CONTRIBUTIONS, flow.ACCOUNTS])
def test_the_last_step(dialect: str, output: str, sql_file: SnapshotAssertion) -> None:
    step = corrected(chain()[output].query, dialect)
    assert step.sql(dialect, pretty=True) + "\n" == sql_file


@pytest.mark.parametrize("dialect", WAREHOUSES)
@pytest.mark.parametrize("output", [flow.VERDICTS, flow.CONTRIBUTIONS, flow.ACCOUNTS])
def test_the_statement_is_one_that_the_dialect_can_read(dialect: str, output: str) -> None:
    statement = written(chain(), output, dialect)
    body = statement[statement.index("WITH") :].strip()
    (read,) = sqlglot.parse(body, dialect=dialect)
    assert isinstance(read, exp.Select)
    assert [one.alias for one in read.ctes][-1] == output
    if dialect != "databricks":
        # There it has several ways to write a function of days, and does not keep to the one read.
        assert read.sql(dialect, pretty=True) == body


SIGMA = "\N{GREEK SMALL LETTER SIGMA}"
SAID = [
    ("snowflake", "a // b", "CAST(((a) - ((a) % (b))) / (b) AS DECIMAL(38, 0))"),
    ("bigquery", "a // b", "DIV(a, b)"),
    (
        "snowflake",
        "TRY_CAST(a AS DECIMAL(24, 6))",
        "TRY_CAST(CAST(a AS VARCHAR) AS DECIMAL(24, 6))",
    ),
    (
        "bigquery",
        "TRY_CAST(a AS DECIMAL(24, 6))",
        "IF(ABS(SAFE_CAST(a AS BIGNUMERIC)) < 1000000000000000000, "
        "ROUND(SAFE_CAST(a AS BIGNUMERIC), 6), NULL)",
    ),
    (
        "bigquery",
        "TRY_CAST(a + 1 AS DECIMAL(30, 12))",
        "(SELECT IF(ABS(v) < 1000000000000000000, ROUND(v, 12), NULL) "
        "FROM UNNEST([SAFE_CAST(a + 1 AS BIGNUMERIC)]) AS v)",
    ),
    (
        "bigquery",
        "TRY_CAST(f(a) AS DECIMAL(24, 0))",
        "(SELECT IF(ABS(v) < CAST('1000000000000000000000000' AS BIGNUMERIC), "
        "ROUND(v, 0), NULL) FROM UNNEST([SAFE_CAST(f(a) AS BIGNUMERIC)]) AS v)",
    ),
    ("bigquery", "CAST(a AS DECIMAL(38, 6))", "ROUND(CAST(a AS BIGNUMERIC), 6)"),
    ("bigquery", "CAST(a AS DECIMAL(24, 6))", "CAST(ROUND(CAST(a AS BIGNUMERIC), 6) AS NUMERIC)"),
    ("bigquery", "CAST('0.01' AS DECIMAL(3, 2))", "CAST('0.01' AS NUMERIC)"),
    ("bigquery", "CAST(1 AS DECIMAL(38, 0))", "CAST(1 AS BIGNUMERIC)"),
    ("bigquery", "CAST(1 AS INT128)", "CAST(1 AS BIGNUMERIC)"),
    ("snowflake", "CAST(1 AS INT128)", "CAST(1 AS DECIMAL(38, 0))"),
    ("bigquery", "a > 20.5", "a > CAST('20.5' AS NUMERIC)"),
    ("bigquery", "12345678901234567890", "CAST('12345678901234567890' AS BIGNUMERIC)"),
    ("bigquery", "4611686018427387904", "4611686018427387904"),
    ("snowflake", "a > 20.5", "a > 20.5"),
    ("bigquery", r"a LIKE 'x\%'", r"a LIKE 'x\\\\%'"),
    ("snowflake", r"a LIKE 'x\%'", r"a LIKE 'x\\%'"),
    ("bigquery", "a LIKE b", r"a LIKE REPLACE(b, '\\', '\\\\')"),
    ("bigquery", "hash(a)", "FARM_FINGERPRINT(a)"),
    ("snowflake", "lower(a)", f"LOWER(TRANSLATE(a, 'İΣ', 'i{SIGMA}'))"),
    ("bigquery", "upper(a)", "UPPER(TRANSLATE(a, 'ß', 'ẞ'))"),
    ("bigquery", "lower('oΣ')", f"LOWER('o{SIGMA}')"),
    ("snowflake", "sign(a) * b", "CAST(SIGN(a) AS INT) * b"),
    ("snowflake", "SELECT c.over AS over FROM c", 'SELECT c."over" AS "over" FROM c'),
    ("snowflake", "SELECT 1 AS schema", 'SELECT 1 AS "schema"'),
    ("bigquery", "SELECT 1 AS over", "SELECT 1 AS `over`"),
    ("snowflake", "regexp_replace(a, 'b', ' ', 'g')", "REGEXP_REPLACE(a, 'b', ' ')"),
    (
        "snowflake",
        "regexp_matches(a, '(?i)^(?:vp|head)$')",
        r"REGEXP_LIKE(a, '(.|\\n)*(^(vp|head)$)(.|\\n)*', 'i')",
    ),
    ("bigquery", "regexp_matches(a, '(?i)^vp')", "REGEXP_CONTAINS(a, '(?i)^vp')"),
    ("snowflake", "regexp_extract(a, '@(.*)', 1)", "REGEXP_SUBSTR(a, '@(.*)', 1, 1, 'c', 1)"),
    ("bigquery", "regexp_extract(a, '@(.*)', 1)", "REGEXP_EXTRACT(a, '@(.*)')"),
    (
        "databricks",
        "CAST(a AS DECIMAL(38, 6)) * CAST(b AS DECIMAL(38, 1))",
        "CAST(CAST(CAST(CAST(a AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * "
        "CAST(CAST(b AS DECIMAL(19, 1)) * 10 AS DECIMAL(38, 0)) AS STRING) || 'E-7' "
        "AS DECIMAL(38, 7))",
    ),
    (
        "databricks",
        "CAST(a AS DECIMAL(38, 12)) * CAST(b AS DECIMAL(38, 0))",
        "CAST(CAST((CAST(FLOOR(CAST(a AS DECIMAL(30, 12))) AS DECIMAL(38, 0)) * 1000000000000 + "
        "CAST(CAST(CAST(a AS DECIMAL(30, 12)) - FLOOR(CAST(a AS DECIMAL(30, 12))) "
        "AS DECIMAL(13, 12)) * 1000000000000 AS DECIMAL(38, 0))) * CAST(b AS DECIMAL(38, 0)) "
        "AS STRING) || 'E-12' AS DECIMAL(38, 12))",
    ),
    (
        "databricks",
        "TRY_CAST(a AS DECIMAL(24, 6)) * TRY_CAST(b AS DECIMAL(24, 6))",
        "CAST(CAST(CAST(TRY_CAST(a AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) * "
        "CAST(TRY_CAST(b AS DECIMAL(24, 6)) * 1000000 AS DECIMAL(38, 0)) AS STRING) || 'E-12' "
        "AS DECIMAL(38, 12))",
    ),
    (
        "databricks",
        "CAST(a AS DECIMAL(38, 0)) * CAST(b AS DECIMAL(38, 0))",
        "CAST(a AS DECIMAL(38, 0)) * CAST(b AS DECIMAL(38, 0))",
    ),
    (
        "databricks",
        "CAST(a AS DECIMAL(38, 12)) + CAST(b AS DECIMAL(38, 12))",
        "CAST(a AS DECIMAL(37, 12)) + CAST(b AS DECIMAL(37, 12))",
    ),
    ("databricks", "CAST('0.000000001' AS DECIMAL(10, 9))", "CAST('0.000000001' AS DECIMAL(9, 9))"),
    (
        "databricks",
        "(a - trunc(a)) * 1000000000000",
        "CAST(a - CASE WHEN a < 0 THEN CEIL(a) ELSE FLOOR(a) END AS DECIMAL(13, 12)) "
        "* 1000000000000",
    ),
]


@pytest.mark.parametrize(("dialect", "ours", "theirs"), SAID)
def test_each_difference(dialect: str, ours: str, theirs: str) -> None:
    parsed = sqlglot.parse_one(ours, dialect="duckdb")
    assert corrected(parsed, dialect).sql(dialect) == theirs


@pytest.mark.parametrize("dialect", ["snowflake", "bigquery"])
def test_trim_takes_every_space_of_unicode(dialect: str) -> None:
    sql = corrected(sqlglot.parse_one("trim(a)"), dialect).sql(dialect)
    assert sql.startswith("TRIM(a, ' \N{NO-BREAK SPACE}")


@pytest.mark.parametrize("dialect", WAREHOUSES)
def test_the_key_of_a_lead_is_its_id(dialect: str) -> None:
    numbered = sqlglot.parse_one("SELECT row_number() OVER () AS lead FROM known_leads AS k")
    ranked = sqlglot.parse_one("SELECT row_number() OVER (ORDER BY a) AS rank FROM k")
    assert "k.lead_id AS lead" in corrected(numbered, dialect).sql(dialect)
    assert "ROW_NUMBER() OVER (ORDER BY a" in corrected(ranked, dialect).sql(dialect)


@pytest.mark.parametrize(
    ("dialect", "theirs"),
    [("snowflake", "TIMESTAMPNTZ"), ("bigquery", "DATETIME"), ("databricks", "TIMESTAMP_NTZ")],
)
def test_instants_have_no_zone(dialect: str, theirs: str) -> None:
    cast = exp.cast(exp.column("a"), SQL_TYPES["timestamp"])
    assert corrected(cast, dialect).sql(dialect) == f"CAST(a AS {theirs})"


@pytest.mark.parametrize("dialect", WAREHOUSES)
def test_nothing_is_said_of_holding_steps(dialect: str) -> None:
    given = sqlglot.parse_one("WITH x AS NOT MATERIALIZED (SELECT a FROM b) SELECT a FROM x")
    assert "MATERIALIZED" not in corrected(given, dialect).sql(dialect)


def test_a_place_in_time_gets_seconds_by_a_function() -> None:
    sql = "t - CASE WHEN t > u THEN INTERVAL '-3600' SECOND ELSE INTERVAL '60' SECOND END"
    given = sqlglot.parse_one(sql, dialect="duckdb")
    case = "CASE WHEN t > u THEN -3600 ELSE 60 END"
    assert corrected(given, "snowflake").sql("snowflake") == f"DATEADD(SECOND, -({case}), t)"
    assert corrected(given, "bigquery").sql("bigquery") == (
        f"DATETIME_ADD(t, INTERVAL (-({case})) SECOND)"
    )


def test_constants_are_an_array_of_a_named_type() -> None:
    columns = (Column("rule", "integer", ""), Column("id", "text", ""), Column("low", "wide", ""))
    many = Constants(Relation("r", "", (), columns), ((1, "a", None), (-2, None, 10**20)))
    one = Constants(Relation("d", "", (), columns[1:2]), (("a",), ("b",)))
    assert (
        corrected(many.query, "bigquery")
        .sql("bigquery")
        .endswith(
            "FROM UNNEST(ARRAY<STRUCT<c0 INT64, c1 STRING, c2 BIGNUMERIC>>[(1, 'a', NULL), "
            "((-2), NULL, CAST('100000000000000000000' AS BIGNUMERIC))]) AS v"
        )
    )
    assert corrected(one.query, "bigquery").sql("bigquery") == (
        "SELECT CAST(c0 AS STRING) AS id FROM UNNEST(ARRAY<STRING>['a', 'b']) AS c0"
    )


def test_no_reserved_word_of_snowflake_stands_without_quotes() -> None:
    read = sqlglot.parse_one(written(chain(), flow.CONTRIBUTIONS, "snowflake"), dialect="snowflake")
    names = [one for one in read.find_all(exp.Identifier) if one.name.lower() in RESERVED]
    assert names
    assert all(one.quoted for one in names)


def test_the_longest_lists_leave_room_in_a_statement() -> None:
    """BigQuery takes a million bytes."""
    assert len(written(chain(whole=True), flow.VERDICTS, "bigquery").encode()) < 800_000


TEXTS = ["VP sales", "head\nof it", "a vp.", "vp", "", "x\ny", "aaa", "été", "ÉTÉ", "a-b_c 12"]


PATTERNS = [
    "(?i)^vp",
    "vp$",
    "(?:vp|head)",
    "(?i)(?P<x>h.{2})d",
    "a+?$",
    "^a{2,3}?$",
    r"\bvp\b",
    "a.b",
    "[?i]",
    r"\(\?:",
    "[(?:]v",
    "d.o",
    "^$",
    "x*",
    "(?i)é",
    r"[^\d\s]{3}",
    "^[[:alpha:]]+$",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_finds_the_same_in_the_words_of_posix(pattern: str, facts: DuckDB) -> None:
    posix, flag = in_posix(pattern)
    assert "(?" not in posix.replace(r"\(\?", "").replace("[(?:]", "")
    around = f"{ANYTHING}({posix}){ANYTHING}"
    ours, theirs = (text(one).sql("duckdb") for one in (pattern, around))
    found = facts.execute(
        f"SELECT regexp_matches(t, {ours}) = regexp_full_match(t, {theirs}, '{flag}') "
        f"FROM (VALUES {', '.join('(' + text(one).sql('duckdb') + ')' for one in TEXTS)}) AS v(t)"
    )
    assert found == [(True,)] * len(TEXTS)


@pytest.fixture(scope="module")
def facts() -> Iterator[DuckDB]:
    with DuckDB(threads=1) as held:
        held.execute((Path(__file__).parent / "every_construct.sql").read_text(encoding="utf-8"))
        yield held


BUYS = "job_function(job_title) = 'it'"


@pytest.mark.parametrize("output", [flow.VERDICTS, flow.CONTRIBUTIONS, flow.ACCOUNTS])
@pytest.mark.parametrize("dialect", ["snowflake", "bigquery"])
def test_what_is_read_back_gives_the_same(dialect: str, output: str, facts: DuckDB) -> None:
    made = chain(MODEL.replace(BUYS, f"{BUYS} or buying_role(job_title) = 'decides'"))
    read = sqlglot.parse_one(written(made, output, dialect), dialect=dialect)
    for to in list(read.find_all(exp.DataType)):
        if dialect == "bigquery" and not to.expressions:
            to.replace(SIZED.get(to.this, to))
    ours = rows(facts, written(made, output, "duckdb"))
    assert len(ours) > 1
    assert rows(facts, read.sql("duckdb")) == ours


SIZED = {
    exp.DType.BIGDECIMAL: exp.DataType.build("DOUBLE"),
    exp.DType.DECIMAL: exp.DataType.build("DECIMAL(38, 9)"),
}
"""DuckDB has no decimal as wide as BIGNUMERIC; doubles hold the small numbers of these facts."""


def rows(facts: DuckDB, sql: str) -> list[str]:
    return sorted(repr([_plain(cell) for cell in row]) for row in facts.execute(sql))


def _plain(cell: object) -> object:
    return f"{cell:.9f}" if isinstance(cell, Decimal) else cell


@pytest.mark.parametrize("dialect", WAREHOUSES)
def test_models_of_dbt_are_read_for_any_day(dialect: str) -> None:
    made = project(checked_model(MODEL, "model.yaml"), Shape(valid_from=True, event_ids=True))
    files = made.files({"scores": flow.VERDICTS}, dialect) | made.staging(dialect)
    models = [content for path, content in files.items() if path.endswith(".sql")]
    assert len(models) == 4
    for content in models:
        assert len(sqlglot.parse(rendered(content, DAY), dialect=dialect)) == 1


def test_a_text_stays_what_it_is() -> None:
    hostile = 'l\'é\\n "x" `y` /* -- {{ 50% }}'
    for dialect in WAREHOUSES:
        sql = exp.select(text(hostile)).sql(dialect)
        literal = sqlglot.parse_one(sql, dialect=dialect).find(exp.Literal)
        assert literal is not None
        assert literal.name == hostile
