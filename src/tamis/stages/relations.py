"""The stage of each lead: the last one whose condition holds."""

from __future__ import annotations

from tamis.facts.plan import Plan
from tamis.scores.relations import first_that_holds, score_relation
from tamis.sql.chain import Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import named, query


def stage_relation(plan: Plan) -> Relation:
    """Grain and columns of `stages`."""
    stage = Column("stage", "text", "the stage that the score says", null="none holds")
    columns = score_relation(plan).columns + ((stage,) if plan.model.stages else ())
    return Relation("stages", "scored leads with their stage", ("lead",), columns)


def steps(plan: Plan) -> tuple[Step, ...]:
    """The step from scores to stages."""
    last_first = tuple(reversed(plan.model.stages))
    stage = [named(first_that_holds(plan, last_first, "stage"), "stage")] if last_first else []
    return (Step(stage_relation(plan), query("SELECT s.*, :stage FROM scores AS s", stage=stage)),)
