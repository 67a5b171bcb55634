"""Contributions: what each rule gave, what caps and ranges took or added. They add up exactly."""

from __future__ import annotations

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.model.spec import Dimension
from tamis.scores.relations import nano_column
from tamis.sql.chain import Step
from tamis.sql.days import day_of_number
from tamis.sql.numbers import MILLI, limited, scaled
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, query, text, tree, whole

CONTRIBUTIONS = Relation(
    "contributions",
    "what each rule gave, what caps and ranges took or added; adds up to the unrounded dimension",
    ("lead_id", "dimension", "rule"),
    (
        Column("lead_id", "text", "the lead"),
        Column("dimension", "text", "the dimension"),
        Column("group", "text", "the group", null="none"),
        Column("rule", "text", "the rule, `cap:<group>` or `range:<dimension>`"),
        Column("count", "integer", "events counted", null="not an event rule"),
        Column("last_day", "date", "day of the latest of them", null="not an event rule, or none"),
        Column("points", "number", "points given or taken", unit="points, 9 decimals"),
    ),
)


def contributions(plan: Plan) -> Step:
    """The step from points to contributions."""
    parts = [_of_rules(), _of_caps(), *(_of_range(d) for d in plan.model.dimensions)]
    joined: exp.Query = parts[0]
    for part in parts[1:]:
        joined = exp.union(joined, part, distinct=False)
    select = query(
        """
        SELECT l.lead_id, c.dimension, c."group", c.rule, c.count,
          :last_day AS last_day, :points AS points
        FROM :joined AS c JOIN leads AS l ON l.lead = c.lead
        """,
        last_day=day_of_number(column("last_day", "c")),
        points=_points(column("points", "c")),
        joined=joined.subquery(copy=False),
    )
    return Step(CONTRIBUTIONS, select)


def _points(nano: exp.Expr) -> exp.Expr:
    return tree("CAST(:n AS DECIMAL(28, 0)) * CAST('0.000000001' AS DECIMAL(10, 9))", n=nano)


def _of_rules() -> exp.Query:
    return query(
        """
        SELECT p.lead, k.dimension_name AS dimension, k.group_name AS "group", r.id AS rule,
          p.count, p.last_day, p.points
        FROM points AS p
        JOIN rules AS r ON r.rule = p.rule
        JOIN buckets AS k ON k.bucket = r.bucket
        WHERE p.points <> 0
        """
    )


def _of_caps() -> exp.Query:
    return query(
        """
        SELECT s.lead, k.dimension_name AS dimension, k.group_name AS "group",
          concat('cap:', k.group_name) AS rule, CAST(NULL AS BIGINT) AS count,
          CAST(NULL AS INT) AS last_day, s.capped - s.points AS points
        FROM group_points AS s JOIN buckets AS k ON k.bucket = s.bucket
        WHERE s.capped <> s.points
        """
    )


def _of_range(dimension: Dimension) -> exp.Query:
    exact = tree("coalesce(:n, 0)", n=column(nano_column(dimension), "p"))
    low, high = (
        tree("CAST(:b AS BIGINT) * 1000000", b=whole(scaled(b, MILLI)))
        for b in (dimension.low, dimension.high)
    )
    return query(
        """
        SELECT r.lead, :name AS dimension, CAST(NULL AS VARCHAR) AS "group", :range AS rule,
          CAST(NULL AS BIGINT) AS count, CAST(NULL AS INT) AS last_day, r.points
        FROM (
          SELECT l.lead, :limited - :exact AS points
          FROM leads AS l LEFT JOIN dimension_points AS p ON p.lead = l.lead WHERE NOT l.excluded
        ) AS r
        WHERE r.points <> 0
        """,
        name=text(dimension.name),
        range=text(f"range:{dimension.name}"),
        limited=limited(exact, low, high),
        exact=exact,
    )
