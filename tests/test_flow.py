"""Every step of the chain is what its relation says it is."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
import sqlglot
from hypothesis import Phase, given, settings
from sqlglot import exp
from tests.engines.running import judged
from tests.strategies import Problem, problems, written

from tamis import ModelError, flow
from tamis.engines.duckdb import DuckDB
from tamis.facts.plan import Shape
from tamis.model.checks import checked_model
from tamis.model.spec import Dimension, Model, WhenRule
from tamis.model.terms import Expression
from tamis.run import Result
from tamis.sql.dialects import DIALECTS
from tamis.sql.dialects import written as sql_of
from tamis.sql.relation import Column

DAY = date(2026, 11, 21)
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
FIELDS = {
    "lead": {"email": "text", "title": "text", "created_at": "timestamp", "born": "date"},
    "account": {"size": "integer", "revenue": "number"},
    "event": {"url": "text", "seconds": "number"},
}
EVERYTHING: dict[str, Any] = {
    "tamis": 1,
    "name": "everything",
    "timezone": "Europe/Paris",
    "fields": FIELDS,
    "exclude": "is_disposable_email(email)",
    "dimensions": {
        "fit": {
            "grades": {"A": 50, "B": 0},
            "rules": [
                {"id": "boss", "when": "seniority(title) = 'c_level'", "points": 20},
                {"id": "dept", "when": "job_function(title) = 'sales'", "points": 3},
                {"id": "role", "when": "buying_role(title) = 'decides'", "points": 3},
                {"id": "free", "when": "is_free_email(email)", "points": -5},
                {"id": "ours", "when": "email_domain(email) like 'a%'", "points": 1},
                {"id": "age", "when": "created_at >= date '2026-01-01'", "points": 1},
                {"id": "size", "field": "size", "bands": {0: 1, 10: 2}},
                {"id": "money", "when": "revenue / 3 > 1.5", "points": 2},
                {"id": "born", "field": "born", "values": {"1999-01-01": 1}, "otherwise": 0.5},
            ],
        },
        "engagement": {
            "grades": {"2": 10, "1": 0},
            "decay": {"half_life": "7d"},
            "groups": {"web": {"cap": 20}},
            "rules": [
                {"id": "view", "event": "view", "where": "url like '%x%'", "points": 2},
                {"id": "back", "event": "view", "at_least": 2, "points": 5, "group": "web"},
                {"id": "habit", "event": "view", "frequency": {0: -1, 2: 3}, "within": "9d"},
                {"id": "read", "event": "view", "total": {"field": "seconds", "bands": {0: 1}}},
                {"id": "opens", "event": "open", "rate": {"over": "sent", "bands": {0: 0, 50: 4}}},
                {"id": "fresh", "event": "*", "recency": {0: 9, 7: 1}, "within": "30d"},
                {"id": "quiet", "event": "*", "silent_for": "60d", "points": -4},
                {"id": "gate", "event": "view", "when": "size > 1", "points": 1, "cap": 3},
            ],
        },
    },
    "score": {"weights": {"fit": 0.4, "engagement": 0.6}},
    "cell": ["fit", "engagement"],
    "temperature": {"hot": "score >= 5", "cold": "true"},
    "stages": {"lead": "score >= 1", "mql": "days_since_last_event < 9 and score > 1"},
    "plays": [{"id": "call", "when": "hit('view')", "do": "handoff", "to": "sales"}],
    "accounts": {"rollup": "top", "of": "score", "count": 2},
}
SHAPES = (
    Shape(),
    Shape(event_ids=True, bots=True, valid_from=True),
    Shape(integer_ids=True, time_ordered=True),
    Shape(accounts=False, events=False),
    Shape(integer_ids=True, adjustments=True),
)


def everything() -> Model:
    return checked_model(written(EVERYTHING), "everything.yaml")


# ---------------------------------------------------------------- grain, columns, nulls


@given(problems())
@settings(max_examples=4, phases=UNSHRUNK)
def test_every_relation_is_true(problem: Problem) -> None:
    facts = (problem.facts.leads, problem.facts.accounts, problem.facts.events)
    with DuckDB(threads=1) as session:
        by_hand = problem.facts.adjustments
        result = judged(session, problem.model, facts, problem.as_of, adjustments=by_hand)
        for step in result.chain.steps:
            assert_true(session, result, step.relation.name)


@pytest.mark.parametrize("shape", [{}, {"time_ordered": True}])
def test_every_relation_of_a_model_with_everything_is_true(shape: dict[str, bool]) -> None:
    leads = [
        {"lead_id": 1, "account_id": "a", "title": "CEO", "email": "x@acme.com"},
        {"lead_id": 2, "account_id": "a", "title": None, "email": "x@mailinator.com"},
        {"lead_id": 3, "account_id": None, "title": "VP Sales", "email": None},
    ]
    leads = [{"created_at": None, "born": None, **lead} for lead in leads]
    accounts = [{"account_id": "a", "size": 12, "revenue": None}]
    names = ("view", "view", "open", "sent", "view")
    events = [
        {"lead_id": n % 3 + 1, "event": name, "timestamp": DAY, "url": "x", "seconds": 1.5}
        for n, name in enumerate(names)
    ]
    with DuckDB(threads=1) as session:
        result = judged(session, EVERYTHING, (leads, accounts, events), DAY, **shape)
        for step in result.chain.steps:
            assert_true(session, result, step.relation.name)


def assert_true(session: DuckDB, result: Result, name: str) -> None:
    """The rows of a step have the declared columns, types, grain and nulls."""
    relation = result.chain[name].relation
    rows = result.relation(name)
    session.keep("looked_at", rows.query)
    types = session.types("looked_at")
    assert tuple(types) == relation.column_names, name
    for column in relation.columns:
        assert types[column.name].this in kinds(column), f"{name}.{column.name}: {column}"
        if not column.null:
            nulls = exp.select("*").from_("looked_at").where(absent(column.name))
            assert session.rows(nulls) == [], f"{name}.{column.name} is null"
    if relation.grain:
        keys = [exp.column(key, quoted=True) for key in relation.grain]
        repeated = exp.select(*keys).from_("looked_at").group_by(*keys).having("count(*) > 1")
        assert session.rows(repeated) == [], f"{name}: rows repeat"


def absent(name: str) -> exp.Expr:
    return exp.Is(this=exp.column(name, quoted=True), expression=exp.null())


def kinds(column: Column) -> set[exp.DType]:
    """The engine's types that hold a declared type."""
    types = exp.DType
    return {
        "text": {types.TEXT, types.VARCHAR},
        "integer": {types.BIGINT, types.INT, types.UBIGINT},
        "number": {types.DECIMAL, types.DOUBLE},
        "boolean": {types.BOOLEAN},
        "date": {types.DATE},
        "timestamp": {types.TIMESTAMP, types.TIMESTAMPNTZ},
        "wide": {types.INT128},
    }[column.type]


# ---------------------------------------------------------------- the statement


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_each_named_step_carries_its_sentence(shape: Shape) -> None:
    chain = flow.plan(everything(), DAY, shape)
    statement = chain.select(flow.VERDICTS, inline=True)
    sentences = {c.relation.name: c.relation.sentence for c in (*chain.constants, *chain.steps)}
    assert len(statement.ctes) > 10
    for part in statement.ctes:
        assert part.comments == [f" {sentences[part.alias]} "]


WRITTEN = (
    *zip((flow.ACCOUNTS, flow.VERDICTS, flow.CONTRIBUTIONS), SHAPES, strict=False),
    (flow.CONTRIBUTIONS, SHAPES[-1]),
)


def lean() -> Model:
    """Everything but the long: lists of mail domains and a zone with many changes."""
    model = deepcopy(EVERYTHING) | {"timezone": "Asia/Kolkata", "exclude": "title = 'x'"}
    rules = model["dimensions"]["fit"]["rules"]
    rules[:] = [rule for rule in rules if rule["id"] != "free"]
    return checked_model(written(model), "lean.yaml")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("name", "shape"), WRITTEN, ids=str)
def test_what_is_written_for_a_dialect_is_read_by_it(dialect: str, name: str, shape: Shape) -> None:
    chain = flow.plan(lean(), DAY, shape)
    sql = sql_of(chain, name, dialect)
    (statement,) = sqlglot.parse(sql, dialect=dialect)
    names = [part.alias for part in statement.ctes]
    assert names == [part.alias for part in chain.select(name, inline=True).ctes]
    for part in chain.steps:
        if part.relation.name in names:
            assert part.relation.sentence in sql
    for relation in chain.inputs:
        assert f"-- reads {relation.name}(" in sql


@pytest.mark.parametrize("dialect", [d for d in DIALECTS if d != "duckdb"])
def test_keys_are_the_same_however_often_a_step_is_run(dialect: str) -> None:
    (statement,) = sqlglot.parse(sql_of(flow.plan(lean(), DAY), flow.VERDICTS, dialect), dialect)
    windows = list(statement.find_all(exp.Window))
    assert windows
    assert all(window.args.get("order") for window in windows)


def test_without_a_shape_a_plan_takes_accounts_and_events_to_be_there() -> None:
    chain = flow.plan(everything(), DAY)
    assert [relation.name for relation in chain.inputs] == [
        "lead_rows",
        "account_rows",
        "event_rows",
    ]


def test_only_the_tables_that_are_there_are_read() -> None:
    chain = flow.plan(everything(), DAY, Shape(accounts=False, events=False))
    read = {t.name for step in chain.steps for t in step.query.find_all(exp.Table)}
    assert [relation.name for relation in chain.inputs] == ["lead_rows"]
    assert not {"account_rows", "event_rows", "adjustment_rows"} & read


def test_the_six_steps_stand_in_their_order() -> None:
    assert list(flow.STEPS) == ["facts", "matches", "points", "scores", "stages", "actions"]
    chain = flow.plan(everything(), DAY)
    known = {c.relation.name for c in chain.constants} | {r.name for r in chain.inputs}
    for step in chain.steps:
        own = {part.alias for part in step.query.ctes}
        assert {t.name for t in step.query.find_all(exp.Table)} <= known | own
        known.add(step.relation.name)


def test_a_plan_of_an_unchecked_model_refuses_what_does_not_compile() -> None:
    rule = WhenRule(id="r", dimension="d", when=Expression("nobody = 1"), points=1)
    model = Model(name="m", dimensions=(Dimension(name="d", rules=(rule,)),))
    with pytest.raises(ModelError, match="unknown field `nobody`"):
        flow.plan(model, DAY)
