"""The flow: facts, matches, points, scores, stages, actions, joined into one chain.

Order is data: `STEPS` names the six steps, each a function from a plan to the relations it adds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from tamis.actions import relations as actions
from tamis.facts import inputs
from tamis.facts import relations as facts
from tamis.facts.plan import Plan, Shape
from tamis.matches import counters
from tamis.matches import relations as matches
from tamis.model.spec import Model
from tamis.points import relations as points
from tamis.points import rules, unit_sums
from tamis.scores import relations as scores
from tamis.sql.chain import Chain, Step
from tamis.stages import relations as stages

STEPS: Mapping[str, Callable[[Plan], tuple[Step, ...]]] = {
    "facts": facts.steps,
    "matches": matches.steps,
    "points": points.steps,
    "scores": scores.steps,
    "stages": stages.steps,
    "actions": actions.steps,
}
"""The six steps, in order."""

VERDICTS, CONTRIBUTIONS, ACCOUNTS = "verdicts", "contributions", "account_scores"
"""The relations that the chain hands out."""


def plan(model: Model, as_of: date, shape: Shape | None = None, *, any_day: bool = False) -> Chain:
    """The chain that gives a model's verdicts on a day, over data of a shape.

    The model must have passed its checks. With `any_day`, the chain for another day is the same
    but for whole days that are added everywhere.

    Raises:
        ModelError: for an expression that does not compile.
    """
    question = Plan(model, as_of, shape or Shape(), any_day=any_day)
    constants = (
        *facts.constants(question),
        counters.constants(question),
        *unit_sums.constants(question),
        *rules.constants(question),
    )
    steps = [step for make in STEPS.values() for step in make(question)]
    return Chain(inputs.inputs(question), constants, tuple(steps))
