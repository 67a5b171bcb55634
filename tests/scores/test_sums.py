"""Scores are sums that can be taken apart, and move the way that people expect."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.running import Ran, Row, ran
from tests.strategies import Problem, problems, promises

FEW = settings(max_examples=4)


def solved(problem: Problem, model: Row | None = None) -> Ran:
    facts = problem.facts
    return ran(model or problem.model, facts.leads, facts.accounts, facts.events, problem.as_of)


@FEW
@given(problems())
def test_contributions_add_up_to_the_dimension_before_rounding(problem: Problem) -> None:
    promises.contributions_add_up(problem, solved)


@FEW
@given(problems())
def test_decay_never_raises_a_rules_absolute_points(problem: Problem) -> None:
    promises.decay_never_raises(problem, solved)


@FEW
@given(problems(), st.sampled_from([0.001, 1, 50]))
def test_one_more_positive_rule_never_lowers_a_score(problem: Problem, points: float) -> None:
    promises.one_more_never_lowers(problem, points, solved)
