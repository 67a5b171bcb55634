"""Random models score on the oracle without an error and keep what the specification promises."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests import oracle
from tests.strategies import Problem, problems, promises, written

Row = dict[str, Any]
EXAMPLES = settings(max_examples=200, deadline=None)
FEWER = settings(max_examples=40, deadline=None)


def solved(
    problem: Problem, model: Row | None = None, tables: Row | None = None
) -> oracle.Verdicts:
    """The oracle's answer, with another model or other tables where given."""
    facts = {**vars(problem.facts), **(tables or {})}
    return oracle.score(
        model or problem.model, facts["leads"], facts["accounts"], facts["events"], problem.as_of
    )


@EXAMPLES
@given(problems())
def test_contributions_add_up_to_the_dimension_before_rounding(problem: Problem) -> None:
    promises.contributions_add_up(problem, solved)


@FEWER
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(problem: Problem, random: Any) -> None:
    tables = {name: list(rows) for name, rows in vars(problem.facts).items()}
    for rows in tables.values():
        random.shuffle(rows)
    assert solved(problem, tables=tables) == solved(problem)


@FEWER
@given(problems())
def test_events_that_arrive_twice_change_nothing(problem: Problem) -> None:
    events = problem.facts.events
    repeated = [*events, *(row for row in events if row["event_id"] and row["timestamp"])]
    assert solved(problem, tables={"events": repeated}) == solved(problem)


@FEWER
@given(problems())
def test_decay_never_raises_a_rules_absolute_points(problem: Problem) -> None:
    promises.decay_never_raises(problem, solved)


@FEWER
@given(problems(), st.sampled_from([0.001, 1, 50]))
def test_one_more_positive_rule_never_lowers_a_score(problem: Problem, points: float) -> None:
    promises.one_more_never_lowers(problem, points, solved)


@FEWER
@given(problems())
def test_a_model_survives_being_written_as_yaml(problem: Problem) -> None:
    read = YAML(typ="safe", pure=True).load(written(problem.model))
    assert read == problem.model
    assert solved(problem, read) == solved(problem)
