"""A chain gives each step with what it needs, and nothing else."""

from __future__ import annotations

import pytest

from tamis.engines.duckdb import DuckDB
from tamis.errors import InternalError
from tamis.sql.chain import Chain, Constants, Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import query


def relation(name: str, *grain: str) -> Relation:
    return Relation(name, f"rows of {name}", grain, (Column("n", "integer", "a number"),))


WEIGHTS = Constants(
    Relation(
        "weights",
        "weights by age",
        ("age",),
        (Column("age", "integer", "age"), Column("word", "text", "a word", null="no word")),
    ),
    ((0, "it's"), (1, None), (-2, "\\ :x")),
)
CHAIN = Chain(
    (relation("given"),),
    (WEIGHTS, Constants(relation("nothing"), ())),
    (
        Step(relation("one", "n"), query("SELECT age AS n FROM weights")),
        Step(relation("apart"), query("SELECT n FROM given")),
        Step(relation("two"), query("SELECT n * 10 AS n FROM one")),
        Step(relation("three"), query("SELECT n + 1 AS n FROM two JOIN nothing USING (n)")),
    ),
)


def names(name: str, *given: str, inline: bool = True) -> list[str]:
    return [cte.alias for cte in CHAIN.select(name, given, inline=inline).ctes]


def test_a_step_comes_with_what_it_needs_in_order() -> None:
    assert names("two") == ["weights", "one", "two"]
    assert names("three") == ["weights", "nothing", "one", "two", "three"]
    assert names("apart") == ["apart"]


def test_what_is_there_already_is_taken_as_a_table() -> None:
    assert names("two", "one") == ["two"]
    assert names("two", inline=False) == ["one", "two"]


def test_every_step_says_what_it_holds() -> None:
    text = CHAIN.select("two", inline=True).sql("duckdb", pretty=True)
    assert "/* one: rows of one; one row per n */" in text
    assert "/* weights: weights by age; one row per age */" in text
    assert "/* two: rows of two */" in text


def test_a_statement_with_its_constants_runs_alone() -> None:
    with DuckDB() as session:
        rows = session.execute(CHAIN.select("two", inline=True).sql("duckdb"))
        words = session.execute(WEIGHTS.query.sql("duckdb"))
        nothing = session.execute(CHAIN.select("three", inline=True).sql("duckdb"))
    assert sorted(rows) == [(-20,), (0,), (10,)]
    assert sorted(words) == [(-2, "\\ :x"), (0, "it's"), (1, None)]
    assert nothing == []


def test_names_of_steps() -> None:
    assert "two" in CHAIN
    assert "weights" not in CHAIN
    assert CHAIN["two"].relation.name == "two"
    with pytest.raises(InternalError, match="four"):
        CHAIN["four"]


def test_a_relation_is_told_in_one_sentence() -> None:
    assert relation("r", "a", "b").sentence == "r: rows of r; one row per a, b"
    assert relation("r").column_names == ("n",)
