"""Counting once: the same verdicts on every day as from events."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.engines.running import judged
from tests.strategies.problems import Problem, problems

from tamis.engines.duckdb import DuckDB
from tamis.facts.plan import Plan
from tamis.history.count_once import counted_once
from tamis.run import judge
from tamis.sources import Counts, Provided


@given(problem=problems(), back=st.lists(st.integers(0, 400), min_size=1, max_size=3))
@settings(max_examples=6, phases=(Phase.generate,))
def test_every_day_is_judged_as_from_events(problem: Problem, back: list[int]) -> None:
    facts = problem.facts
    asked = [problem.as_of - timedelta(days=days) for days in back]
    with DuckDB(threads=1) as session:
        rows = (facts.leads, facts.accounts, facts.events)
        result = judged(session, problem.model, rows, problem.as_of)
        provided = Provided(result.shape, Counts())
        found = []
        for source in (provided, counted_once(session, result.model, provided, asked)):
            for day in asked:
                told = judge(session, result.model, day, source)
                found.append((told.scores.rows(), told.contributions.rows()))
    assert found[: len(asked)] == found[len(asked) :]
    counts = bool(result.model.event_rules) or Plan(result.model, asked[0]).asks_last_event
    assert (source.shape.kept is not None) == bool(facts.events and counts)
