"""Scores are sums that can be taken apart, and move the way that people expect."""

from __future__ import annotations

from copy import deepcopy
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.running import Ran, Row, ran
from tests.strategies import Problem, problems

FEW = settings(max_examples=4)


def solved(problem: Problem, model: Row | None = None) -> Ran:
    facts = problem.facts
    return ran(model or problem.model, facts.leads, facts.accounts, facts.events, problem.as_of)


@FEW
@given(problems())
def test_contributions_add_up_to_the_dimension_before_rounding(problem: Problem) -> None:
    result = solved(problem)
    for row in (row for row in result.scores if not row["excluded"]):
        for name, section in problem.model["dimensions"].items():
            parts = [
                part["points"]
                for part in result.contributions
                if (part["lead_id"], part["dimension"]) == (row["lead_id"], name)
            ]
            exact = sum(parts, Decimal(0))
            low, high = section.get("range", [0, 100])
            assert Decimal(str(low)) <= exact <= Decimal(str(high))
            assert exact.quantize(Decimal("0.01"), ROUND_HALF_UP) == row[name]


@FEW
@given(problems())
def test_decay_never_raises_a_rules_absolute_points(problem: Problem) -> None:
    steady = deepcopy(problem.model)
    for section in steady["dimensions"].values():
        for part in (section, *(rule for rule in section["rules"] if "event" in rule)):
            part["decay"] = "none"
    without = by_rule(solved(problem, steady))
    for key, points in by_rule(solved(problem)).items():
        assert abs(points) <= abs(without[key])


def by_rule(result: Ran) -> dict[tuple[str, str], Decimal]:
    """Points by lead and rule, without the rows of caps and ranges."""
    return {
        (row["lead_id"], row["rule"]): row["points"]
        for row in result.contributions
        if ":" not in row["rule"]
    }


@FEW
@given(problems(), st.sampled_from([0.001, 1, 50]))
def test_one_more_positive_rule_never_lowers_a_score(problem: Problem, points: float) -> None:
    richer = deepcopy(problem.model)
    section = next(iter(richer["dimensions"].values()))
    rule = {"id": "more", "when": "true", "points": points}
    section["rules"].append(rule | ({"group": "web"} if "groups" in section else {}))
    after = {row["lead_id"]: row for row in solved(problem, richer).scores}
    for before in solved(problem).scores:
        for column in (*problem.model["dimensions"], "score"):
            if before.get(column) is not None:
                assert after[before["lead_id"]][column] >= before[column]
