"""Whole-number ids are keys as they are; they give what the same ids as text give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from tests.engines.running import Ran, Row, ran
from tests.strategies import Problem, problems
from tests.strategies.vocabulary import LEAD_IDS

# As text "10" comes before "9", as a number after it; rank goes by text.
NUMBERS: dict[Any, int] = dict(
    zip([*LEAD_IDS, "nobody"], (10, 9, 1, 100, 2, 30, -4, 7, 5), strict=True)
)


def with_ids(rows: list[Row], type_: type) -> list[Row]:
    return [
        {**row, "lead_id": None if row["lead_id"] is None else type_(NUMBERS[row["lead_id"]])}
        for row in rows
    ]


def run_with(problem: Problem, type_: type) -> Ran:
    facts = problem.facts
    leads, events = with_ids(facts.leads, type_), with_ids(facts.events, type_)
    result = ran(problem.model, leads, facts.accounts, events, problem.as_of)
    rows = sorted(
        result.contributions, key=lambda row: (row["lead_id"], row["dimension"], row["rule"])
    )
    return replace(result, contributions=rows)


@given(problems())
@settings(max_examples=4)
def test_integer_ids_equal_text_ids(problem: Problem) -> None:
    assert run_with(problem, int) == run_with(problem, str)
