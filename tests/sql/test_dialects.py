"""How Spark and ClickHouse are written where SQLGlot alone would mean another thing."""

from __future__ import annotations

import pytest
import sqlglot

from tamis.sql.dialects import corrected
from tamis.sql.dialects.java_patterns import in_java

FIRST = "CAST(ROUND(CAST(a AS DOUBLE) / CAST(b AS DOUBLE)) AS DECIMAL(38, 0))"
EXACT = f"({FIRST} + CAST(ROUND(CAST(a - a % b - {FIRST} * b AS DOUBLE) / CAST(b AS DOUBLE))"
SAID = [
    ("spark", "a // b", f"{EXACT} AS DECIMAL(38, 0)))"),
    ("spark", "(CAST(a AS BIGINT) + 1) // 2", "(CAST(a AS BIGINT) + 1) DIV 2"),
    ("spark", "(a * CAST(b AS BIGINT)) // 2", "(a * CAST(b AS BIGINT)) DIV 2"),
    ("spark", "(CASE WHEN a THEN 1 ELSE 0 END) // 2", "(CASE WHEN a THEN 1 ELSE 0 END) DIV 2"),
    ("spark", "sign(sign(a))", "CAST(SIGN(CAST(SIGN(a) AS INT)) AS INT)"),
    ("spark", "upper(upper(a))", "UPPER(TRANSLATE(UPPER(TRANSLATE(a, 'ß', 'ẞ')), 'ß', 'ẞ'))"),
    ("spark", "CAST(a AS INT128)", "CAST(a AS DECIMAL(38, 0))"),
    ("spark", "a LIKE b", r"a LIKE REPLACE(b, '\\', '\\\\')"),
    ("spark", r"a LIKE 'x\%'", r"a LIKE 'x\\\\%'"),
    ("clickhouse", r"a LIKE 'x\%'", r"a LIKE 'x\\\\%'"),
    ("clickhouse", "a LIKE b", r"a LIKE REPLACE(b, '\\', '\\\\')"),
]


@pytest.mark.parametrize(("dialect", "ours", "theirs"), SAID)
def test_each_difference(dialect: str, ours: str, theirs: str) -> None:
    parsed = sqlglot.parse_one(ours, dialect="duckdb")
    assert corrected(parsed, dialect).sql(dialect) == theirs


@pytest.mark.parametrize("wide", ["CAST(a AS INT128)", "2 * abs(CAST(a AS INT128) * 10)", "a"])
def test_a_wide_number_is_never_divided_in_64_bits(wide: str) -> None:
    for dialect in ("spark", "databricks"):
        sql = corrected(sqlglot.parse_one(f"({wide}) // 3", dialect="duckdb"), dialect).sql(dialect)
        assert "DIV" not in sql
        assert "BIGINT" not in sql


@pytest.mark.parametrize("pattern", ["(?P<x_y>vp)", "(vp)"])
def test_a_named_group_is_a_plain_one_in_java(pattern: str) -> None:
    assert in_java(pattern) == "(?d)(vp)"
