"""What a score promises, whoever makes it: checked on the reference and on a real engine alike."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.strategies.problems import Problem

Solve = Callable[..., Any]
"""Gives the scores and contributions of a problem, with another model where one is given."""


def contributions_add_up(problem: Problem, solved: Solve) -> None:
    """Contributions are the dimension before it is rounded, inside its range."""
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


def decay_never_raises(problem: Problem, solved: Solve) -> None:
    """No rule has more absolute points with decay than without."""
    steady = deepcopy(problem.model)
    for section in steady["dimensions"].values():
        for part in (section, *(rule for rule in section["rules"] if "event" in rule)):
            part["decay"] = "none"
    without = by_rule(solved(problem, steady))
    for key, points in by_rule(solved(problem)).items():
        assert abs(points) <= abs(without[key])


def by_rule(result: Any) -> dict[tuple[str, str], Decimal]:
    """Points by lead and rule, without the rows of caps and ranges."""
    return {
        (row["lead_id"], row["rule"]): row["points"]
        for row in result.contributions
        if ":" not in row["rule"]
    }


def one_more_never_lowers(problem: Problem, points: float, solved: Solve) -> None:
    """One more rule with positive points lowers neither a dimension nor the score."""
    richer = deepcopy(problem.model)
    section = next(iter(richer["dimensions"].values()))
    rule = {"id": "more", "when": "true", "points": points}
    section["rules"].append(rule | ({"group": "web"} if "groups" in section else {}))
    after = {row["lead_id"]: row for row in solved(problem, richer).scores}
    for before in solved(problem).scores:
        for column in (*problem.model["dimensions"], "score"):
            if before.get(column) is not None:
                assert after[before["lead_id"]][column] >= before[column]
