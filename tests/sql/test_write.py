"""Constant SQL with holes: a tree in a hole stays what it is."""

from __future__ import annotations

import pytest
from sqlglot import exp

from tamis.errors import InternalError
from tamis.sql.write import (
    all_of,
    column,
    named,
    one_of,
    query,
    switch,
    table,
    text,
    tree,
    whole,
)


def test_a_hole_takes_a_tree() -> None:
    assert tree("a + :x", x=column("b")).sql() == "a + b"
    assert tree(":x", x=column("b")).sql() == "b"
    assert tree("f(:x, :x)", x=column("b")).sql() == "F(b, b)"


@pytest.mark.parametrize(
    ("sql", "filled"),
    [
        ("2 * :x", "2 * (a + b)"),
        ("- :x", "-(a + b)"),
        (":x BETWEEN 1 AND 2", "(a + b) BETWEEN 1 AND 2"),
        (":x IN (1, 2)", "(a + b) IN (1, 2)"),
        ("f(:x)", "F(a + b)"),
        ("CASE WHEN :x > 1 THEN 2 END", "CASE WHEN (a + b) > 1 THEN 2 END"),
    ],
)
def test_what_binds_less_than_its_place_gets_parentheses(sql: str, filled: str) -> None:
    assert tree(sql, x=exp.Add(this=column("a"), expression=column("b"))).sql() == filled


def test_a_list_fills_a_place_in_a_list() -> None:
    names = [column("a"), column("b")]
    assert query("SELECT x, :more FROM t", more=names).sql() == "SELECT x, a, b FROM t"
    assert query("SELECT x, :more FROM t", more=[]).sql() == "SELECT x FROM t"
    assert tree("concat(:all)", all=names).sql("duckdb") == "CONCAT(a, b)"


def test_a_query_in_a_hole_is_a_table() -> None:
    inner = query("SELECT a FROM u").subquery()
    assert query("SELECT * FROM :x AS t", x=inner).sql() == "SELECT * FROM (SELECT a FROM u) AS t"


def test_a_hole_without_a_tree_is_our_own_mistake() -> None:
    with pytest.raises(InternalError, match=":x"):
        tree("a + :x")


def test_a_double_colon_is_no_hole() -> None:
    assert tree("a::INT").sql() == "CAST(a AS INT)"


def test_filling_changes_neither_the_constant_nor_the_tree() -> None:
    part = column("b")
    first = tree("a + :x", x=part)
    second = tree("a + :x", x=part)
    first.find(exp.Column).replace(column("z"))  # type: ignore[union-attr]
    assert second.sql() == "a + b"
    assert tree("a + :x", x=column("c")).sql() == "a + c"


@pytest.mark.parametrize(
    ("name", "shown"),
    [("fit", "fit"), ("Fit", '"Fit"'), ('a"b', '"a""b"'), ("select x", '"select x"'), ("é", '"é"')],
)
def test_names_are_quoted_when_they_must_be(name: str, shown: str) -> None:
    assert column(name).sql("duckdb") == shown
    assert named(whole(1), name).sql("duckdb") == f"1 AS {shown}"


def test_texts_are_escaped() -> None:
    assert text("it's").sql("duckdb") == "'it''s'"


def test_whole_numbers_keep_their_sign_apart() -> None:
    assert whole(-5).sql() == "(-5)"
    assert whole(5).sql() == "5"


def test_choices() -> None:
    pairs = [(column("a"), whole(1)), (column("b"), whole(2))]
    assert one_of(pairs, whole(0)).sql() == "CASE WHEN a THEN 1 WHEN b THEN 2 ELSE 0 END"
    assert one_of([], whole(0)).sql() == "0"
    assert switch(column("k"), [(1, whole(5))], whole(0)).sql() == "CASE k WHEN 1 THEN 5 ELSE 0 END"
    assert switch(column("k"), [], whole(0)).sql() == "0"
    assert all_of([column("a"), column("b")]).sql() == "a AND b"
    assert all_of([]).sql() == "TRUE"


def test_a_table_under_an_alias() -> None:
    assert table("leads", "l").sql() == "leads AS l"
    assert table("leads").sql() == "leads"
