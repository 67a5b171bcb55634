"""What a rule's points weigh in the score, and which rules nobody may change here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from tamis.model.spec import Model, Rule, WhenRule

Kept = Literal["", "locked", "exclusion"]
"""Why a rule stays as it is: a person locked it, or it shuts leads out; empty for others."""


def weight_of(model: Model, dimension: str) -> float:
    """How many points of the score one point of a dimension is.

    Without a score, and in a dimension that the score leaves out, it is 1.
    """
    if model.score is None:
        return 1.0
    weights = {name: float(weight) for name, weight in model.score.weights.items()}
    total = sum(weights.values()) if model.score.mean else 1.0
    return weights.get(dimension, 0.0) / (total or 1.0) or 1.0


def kept(model: Model, rule: Rule, locked: Collection[str]) -> Kept:
    """Why a rule stays as it is.

    A rule shuts leads out when it takes off at least the whole range of its dimension: whatever
    else a lead does, it cannot make up for it.
    """
    if rule.id in locked:
        return "locked"
    dimension = model.dimension(rule.dimension)
    if isinstance(rule, WhenRule) and dimension is not None:
        return "exclusion" if -rule.points >= dimension.high - dimension.low else ""
    return ""
