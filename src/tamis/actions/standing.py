"""What a lifecycle asks of the score: which steps hold for each lead, and which territory is its.

Not among the six steps: where a lead stands is kept by a server, which adds this relation to the
chain of a model with a lifecycle and asks for it in one statement with the verdict.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.model.lifecycle.work import Queue
from tamis.model.spec import Model
from tamis.sql.chain import Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import added, named, one_of, query, tree, whole

STANDING = "standing"
STEPS = "steps"


def divided(model: Model) -> tuple[Queue, ...]:
    """The queues with territories, in the order of the model."""
    return tuple(queue for queue in model.queues if queue.territories)


def territory_column(number: int) -> str:
    """The column with the territory of a lead in a divided queue, by the queue's number from 1."""
    return f"territory__{number}"


def standing(plan: Plan) -> tuple[Step, ...]:
    """The step from stages to `standing`; none for a model without a lifecycle.

    One row per lead. `steps` is a bit set: bit *i* (from 0) is set when `lifecycle.conditions[i]`
    holds. A territory is its place in its queue, from 1. All are null for an excluded lead, of whom
    nothing is judged.
    """
    lifecycle = plan.model.lifecycle
    if lifecycle is None:
        return ()
    held = [plan.on_verdict(one.expression, "step") for one in lifecycle.conditions]
    territories = [
        named(_unless_excluded(_first(plan, queue)), territory_column(number))
        for number, queue in enumerate(divided(plan.model), start=1)
    ]
    select = query(
        "SELECT s.lead, :steps, :territories FROM stages AS s",
        steps=named(_unless_excluded(_bit_set(held)), STEPS),
        territories=territories,
    )
    return (Step(_relation(plan.model), select),)


def _relation(model: Model) -> Relation:
    columns = [
        Column("lead", "integer", "the lead's key inside the chain"),
        Column(STEPS, "integer", "bit set of the conditions that hold", null="excluded"),
    ]
    columns += [
        Column(
            territory_column(number),
            "integer",
            f"place of the territory in queue {number}, from 1",
            null="none holds, or excluded",
        )
        for number, _ in enumerate(divided(model), start=1)
    ]
    return Relation(STANDING, "what steps and territories ask of leads", ("lead",), tuple(columns))


def _bit_set(conditions: Sequence[exp.Expr]) -> exp.Expr:
    # A sum of powers of two: engines differ in operators on bits, not in addition.
    return added(
        tree("CASE WHEN :c THEN :bit ELSE 0 END", c=condition, bit=whole(1 << place))
        for place, condition in enumerate(conditions)
    )


def _first(plan: Plan, queue: Queue) -> exp.Expr:
    """The place of the first territory that holds."""
    conditions = [plan.on_verdict(one.when, "territory") for one in queue.territories]
    return one_of([(c, whole(n)) for n, c in enumerate(conditions, start=1)], exp.null())


def _unless_excluded(value: exp.Expr) -> exp.Expr:
    return tree("CASE WHEN NOT s.excluded THEN CAST(:value AS BIGINT) END", value=value)
