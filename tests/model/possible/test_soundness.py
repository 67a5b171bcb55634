"""What the checks call impossible never happens, as the slow reference shows on random models."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.oracle.expression import Scope, evaluate
from tests.oracle.syntax import parse
from tests.strategies import problems
from tests.strategies.expressions import conditions
from tests.strategies.models import lead_names
from tests.strategies.problems import Problem, written
from tests.strategies.vocabulary import INTEGERS, NUMBERS, TEXTS

from tamis.model.checks import check, firing
from tamis.model.document import Problems
from tamis.model.load import read_model
from tamis.model.possible.domains import Choices, Domain, Numbers
from tamis.model.possible.outcomes import given as known_when_true
from tamis.model.possible.outcomes import outcomes
from tamis.model.possible.reach import Span, reach

NAMES = lead_names()
TODAY = date(2026, 3, 29)
DAYS = (date(2018, 11, 4), date(2026, 3, 29), date(2026, 10, 25))


def values(kind: str, name: str) -> st.SearchStrategy[Any]:
    """A value of a field as the reference holds it, null among them."""
    choices: dict[str, Any] = {
        "text": TEXTS.get(name.rpartition(".")[2], ("a", "")),
        "integer": [Fraction(n) for n in INTEGERS],
        "number": [Fraction(n) for n in NUMBERS],
        "boolean": [True, False],
        "date": DAYS,
        "timestamp": DAYS,
    }
    return st.sampled_from([None, *choices[kind]])


@st.composite
def scopes(draw: Any) -> Scope:
    """A lead's fields."""
    found = {name: draw(values(kind, name)) for name, kind in NAMES.items()}
    return Scope(found, ZoneInfo("UTC"), TODAY)


def around(value: Any, kind: str, slack: int, *, null: bool) -> Domain:
    """A domain in which the value lies."""
    if kind in ("integer", "number"):
        if value is None:
            return Numbers(Decimal(1), Decimal(0), null=True)
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return Numbers(exact - slack, exact + slack, null=null)
    if kind in ("date", "timestamp"):
        return Choices()
    return Choices(frozenset() if value is None else frozenset({value}), null=null or value is None)


@given(conditions(NAMES), scopes(), st.sampled_from([0, 1, 100]), st.booleans())
def test_an_outcome_is_among_the_possible_ones(
    condition: str, scope: Scope, slack: int, null: bool
) -> None:
    answer = evaluate(parse(condition), scope)
    known = {n: around(scope.names[n], kind, slack, null=null) for n, kind in NAMES.items()}
    assert answer in outcomes(condition, {})
    assert answer in outcomes(condition, known)
    assert answer is not True or known_when_true(condition, known) is not None


def inside(value: Any, span: Span) -> bool:
    """Whether a number lies in the span."""
    return span.low <= Decimal(value) <= span.high


@given(problems())
@settings(max_examples=40)
def test_nothing_out_of_reach_is_reached(problem: Problem) -> None:
    found = Problems()
    model = read_model(written(problem.model), "random", found)
    assert model is not None
    check(model, found, today=problem.as_of)
    assert not found.errors
    spans = reach(model, firing.spans(model))
    facts = problem.facts
    verdicts = oracle.score(problem.model, facts.leads, facts.accounts, facts.events, problem.as_of)
    for row in verdicts.contributions:
        if row["rule"] in spans.rules:
            assert inside(row["points"], spans.rules[row["rule"]])
    out = {
        (p.code, *p.message.split("`")[1::2][:2])
        for p in found.found
        if p.code in ("unreachable-verdict", "shadowed-verdict", "unreachable-grade", "not-today")
    }
    named = {entry[1] for entry in out if entry[0].endswith("-verdict")}
    for row in verdicts.scores:
        if row["excluded"]:
            continue
        assert all(inside(row[name], span) for name, span in spans.dimensions.items())
        assert spans.score is None or inside(row["score"], spans.score)
        assert not named & {row.get("temperature"), row.get("stage"), row.get("play")}
        for dimension in model.dimensions:
            grade = row.get(f"{dimension.name}_grade")
            assert ("unreachable-grade", grade, dimension.name) not in out
