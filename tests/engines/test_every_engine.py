"""Every engine gives what DuckDB gives, to the cent: on the readable cases and on random models.

A gap of an engine is listed in its capabilities with the reason, and fails here once it closes.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from tests.cases import Case, all_cases, differences
from tests.engines.running import Ran, ran, ran_on
from tests.engines.servers import QUICK, SLOW
from tests.strategies import Problem, problems

from tamis import UserError
from tamis.engines.base import Engine
from tamis.engines.capabilities import ENGINES

GAPS = {(name, gap.case): gap for name, engine in ENGINES.items() for gap in engine.gaps}


def ordered(result: Ran) -> tuple[object, ...]:
    """A result without the order of its rows."""
    tables = (result.scores, result.contributions, result.accounts)
    return tuple(sorted(map(repr, table)) for table in tables)


def test_every_gap_has_a_case() -> None:
    assert {case for _, case in GAPS} <= {str(case) for case in all_cases()}


def holds(engine: Engine, case: Case, request: pytest.FixtureRequest) -> None:
    """A case holds on an engine, or is one of its gaps."""
    if gap := GAPS.get((request.node.callspec.params["engine"], str(case))):
        request.applymarker(pytest.mark.xfail(strict=True, reason=f"{gap.why}: {gap.reason}"))
    facts = (case.model, (case.leads, case.accounts, case.events), case.as_of)
    if case.refused:
        with pytest.raises(UserError):
            ran_on(engine, *facts, adjustments=case.adjustments)
        return
    result = ran_on(engine, *facts, adjustments=case.adjustments)
    assert not differences(
        case, result.scores, result.contributions, result.accounts, result.counters
    )


@pytest.mark.parametrize("case", all_cases(), ids=str)
@pytest.mark.parametrize("engine", QUICK, indirect=True)
def test_case(engine: Engine, case: Case, request: pytest.FixtureRequest) -> None:
    holds(engine, case, request)


@pytest.mark.parametrize("case", all_cases()[::60], ids=str)
@pytest.mark.parametrize("engine", SLOW, indirect=True)
def test_some_cases(engine: Engine, case: Case, request: pytest.FixtureRequest) -> None:
    holds(engine, case, request)


@pytest.mark.verify
@pytest.mark.parametrize("case", all_cases(), ids=str)
@pytest.mark.parametrize("engine", SLOW, indirect=True)
def test_case_on_slow_engines(engine: Engine, case: Case, request: pytest.FixtureRequest) -> None:
    holds(engine, case, request)


def same_as_duckdb(engine: Engine, problem: Problem) -> None:
    facts = problem.facts
    rows, day = (facts.leads, facts.accounts, facts.events), problem.as_of
    assert ordered(
        ran_on(engine, problem.model, rows, day, adjustments=facts.adjustments)
    ) == ordered(ran(problem.model, *rows, day, adjustments=facts.adjustments))


@pytest.mark.parametrize("engine", QUICK, indirect=True)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(problem=problems())
def test_random_models(engine: Engine, problem: Problem) -> None:
    same_as_duckdb(engine, problem)


@pytest.mark.parametrize("engine", SLOW, indirect=True)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(problem=problems())
def test_a_few_random_models(engine: Engine, problem: Problem) -> None:
    same_as_duckdb(engine, problem)


@pytest.mark.verify
@pytest.mark.parametrize("engine", [*QUICK, *SLOW], indirect=True)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(problem=problems())
def test_many_random_models(engine: Engine, problem: Problem) -> None:
    same_as_duckdb(engine, problem)
