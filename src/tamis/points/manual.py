"""Manual points: what people added to dimensions of leads, as far as it counts on the day."""

from __future__ import annotations

from sqlglot import exp

from tamis.facts.inputs import ADJUSTMENT_ROWS, lead_column
from tamis.facts.plan import Plan
from tamis.model.spec import Dimension
from tamis.sql.chain import Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, named, query, table, text, tree

MANUAL_POINTS = Relation(
    "manual_points",
    "points that people gave by hand, which count on the day",
    ("lead", "dimension"),
    (
        Column("lead", "integer", "the lead's key inside the chain"),
        Column("dimension", "text", "the dimension"),
        Column("points", "wide", "their sum", unit="nano-points"),
    ),
)


def manual_points(plan: Plan) -> tuple[Step, ...]:
    """The step from what people gave to its sum by lead and dimension; none without any."""
    if not plan.shape.adjustments:
        return ()
    key = lead_column(plan).name
    select = query(
        """
        SELECT l.lead, a.dimension, CAST(sum(a.points) AS INT128) * 1000000 AS points
        FROM :rows JOIN leads AS l ON :same
        WHERE NOT l.excluded AND a.dimension IN (:dimensions)
          AND (a.first_day IS NULL OR a.first_day <= :today)
          AND (a.last_day IS NULL OR a.last_day >= :today)
        GROUP BY l.lead, a.dimension
        """,
        rows=table(ADJUSTMENT_ROWS, "a"),
        same=column(key, "l").eq(column(key, "a")),
        dimensions=[text(dimension.name) for dimension in plan.model.dimensions],
        today=plan.today,
    )
    return (Step(MANUAL_POINTS, select),)


def manual_column(dimension: Dimension) -> str:
    """The column of a dimension's manual points in `by_dimension`."""
    return f"manual__{dimension.name}"


def by_dimension(plan: Plan) -> exp.Query:
    """Each lead with manual points, with a column for each dimension of the model."""
    sums = [
        named(
            tree(
                "sum(CASE WHEN m.dimension = :name THEN m.points ELSE 0 END)",
                name=text(dimension.name),
            ),
            manual_column(dimension),
        )
        for dimension in plan.model.dimensions
    ]
    return query("SELECT m.lead, :sums FROM manual_points AS m GROUP BY m.lead", sums=sums)
