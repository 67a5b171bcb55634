"""The counts of a run are the oracle's, whatever the facts."""

from __future__ import annotations

from hypothesis import given
from tests import oracle
from tests.strategies import Problem, problems, written

from tamis.engines.duckdb import DuckDB
from tamis.model.document import Problems
from tamis.model.load import read_model
from tamis.sources import Options, provide


@given(problems())
def test_unreadable_events_and_unknown_leads_are_counted_as_the_oracle_counts(
    problem: Problem,
) -> None:
    model = read_model(written(problem.model), "model.yaml", Problems())
    assert model is not None
    facts = problem.facts
    expected = oracle.score(problem.model, facts.leads, facts.accounts, facts.events, problem.as_of)
    with DuckDB() as session:
        counts = provide(
            session,
            model,
            problem.as_of,
            leads=facts.leads,
            accounts=facts.accounts,
            events=facts.events,
            options=Options(),
        ).counts
    assert counts.unknown_leads == expected.unknown_leads
    assert counts.unreadable == expected.unreadable
    assert counts.events == len(facts.events)
    assert counts.leads == len(facts.leads)
