"""The engine gives what the oracle gives, on random models and facts."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import oracle
from tests.engines.running import ran
from tests.strategies import Problem, problems

Row = dict[str, Any]


def ordered(rows: Iterable[Row], *keys: str) -> list[Row]:
    return sorted(rows, key=lambda row: tuple(str(row[key]) for key in keys))


def same_as_oracle(problem: Problem) -> None:
    facts = (problem.facts.leads, problem.facts.accounts, problem.facts.events)
    by_hand = problem.facts.adjustments
    expected = oracle.score(problem.model, *facts, problem.as_of, adjustments=by_hand)
    actual = ran(problem.model, *facts, problem.as_of, adjustments=by_hand)
    assert ordered(actual.scores, "lead_id") == ordered(expected.scores, "lead_id")
    keys = ("lead_id", "dimension", "rule")
    assert ordered(actual.contributions, *keys) == ordered(expected.contributions, *keys)
    assert ordered(actual.accounts, "account_id") == ordered(expected.accounts, "account_id")
    assert actual.counters == {
        "unknown_leads": expected.unknown_leads,
        "unreadable": expected.unreadable,
    }


@given(problems())
@settings(max_examples=12)
def test_engine_equals_oracle(problem: Problem) -> None:
    same_as_oracle(problem)


@pytest.mark.verify
@given(problems())
@settings(max_examples=3000)
def test_engine_equals_oracle_on_many(problem: Problem) -> None:
    same_as_oracle(problem)


@given(problems(), st.integers(0, 2**32))
@settings(max_examples=3)
def test_the_order_of_rows_changes_nothing(problem: Problem, seed: int) -> None:
    facts = problem.facts
    shuffled = [
        random.Random(seed).sample(rows, len(rows))
        for rows in (facts.leads, facts.accounts, facts.events)
    ]
    first = ran(problem.model, facts.leads, facts.accounts, facts.events, problem.as_of)
    assert ran(problem.model, *shuffled, problem.as_of) == first
