"""Contributions: what rules and people gave, what caps and ranges took. They add up exactly."""

from __future__ import annotations

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.model.scope import MANUAL
from tamis.model.spec import Dimension, Group
from tamis.points.rules import bucket_numbers
from tamis.scores.relations import capped, group_column, nano_column
from tamis.sql.chain import Step
from tamis.sql.days import day_of_number
from tamis.sql.numbers import NANO, limited, scaled, wide
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, query, stacked, text, tree, whole

CONTRIBUTIONS = Relation(
    "contributions",
    "what each rule gave, what caps and ranges took or added; adds up to the unrounded dimension",
    ("lead_id", "dimension", "rule"),
    (
        Column("lead_id", "text", "the lead"),
        Column("dimension", "text", "the dimension"),
        Column("group", "text", "the group", null="none"),
        Column("rule", "text", "the rule, `manual`, `cap:<group>` or `range:<dimension>`"),
        Column("count", "integer", "events counted", null="not an event rule"),
        Column("last_day", "date", "day of the latest of them", null="not an event rule, or none"),
        Column("points", "number", "points given or taken", unit="points, 9 decimals"),
    ),
)


def contributions(plan: Plan) -> Step:
    """The step from points to contributions."""
    dimensions = plan.model.dimensions
    caps = [_of_cap(plan, d, g) for d in dimensions for g in d.groups if g.cap is not None]
    manual = [_of_people()] if plan.shape.adjustments else []
    parts = [_of_rules(), *manual, *caps, *(_of_range(d) for d in dimensions)]
    select = query(
        """
        SELECT l.lead_id, c.dimension, c."group", c.rule, c.count,
          :last_day AS last_day, :points AS points
        FROM :joined AS c JOIN leads AS l ON l.lead = c.lead
        """,
        last_day=day_of_number(column("last_day", "c")),
        points=_points(column("points", "c")),
        joined=stacked(parts).subquery(copy=False),
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


def _of_people() -> exp.Query:
    return query(
        """
        SELECT m.lead, m.dimension, CAST(NULL AS VARCHAR) AS "group", :name AS rule,
          CAST(NULL AS BIGINT) AS count, CAST(NULL AS INT) AS last_day, m.points
        FROM manual_points AS m WHERE m.points <> 0
        """,
        name=text(MANUAL),
    )


def _of_cap(plan: Plan, dimension: Dimension, group: Group) -> exp.Query:
    before = column(group_column(bucket_numbers(plan.model)[dimension.name, group.name]), "g")
    return _taken(
        query(
            "SELECT g.lead, :after - :before AS points FROM group_points AS g",
            after=capped(plan, dimension, group),
            before=before,
        ),
        dimension,
        f"cap:{group.name}",
        text(group.name),
    )


def _of_range(dimension: Dimension) -> exp.Query:
    exact = column(nano_column(dimension), "p")
    low, high = (wide(whole(scaled(b, NANO))) for b in (dimension.low, dimension.high))
    return _taken(
        query(
            "SELECT p.lead, :after - :exact AS points FROM dimension_points AS p "
            "WHERE NOT p.excluded",
            after=limited(exact, low, high),
            exact=exact,
        ),
        dimension,
        f"range:{dimension.name}",
        exp.cast(exp.null(), exp.DType.VARCHAR),
    )


def _taken(points: exp.Query, dimension: Dimension, name: str, group: exp.Expr) -> exp.Query:
    """What a limit took or added, where it did."""
    return query(
        """
        SELECT r.lead, :dimension AS dimension, :group AS "group", :name AS rule,
          CAST(NULL AS BIGINT) AS count, CAST(NULL AS INT) AS last_day, r.points
        FROM :points AS r WHERE r.points <> 0
        """,
        dimension=text(dimension.name),
        group=group,
        name=text(name),
        points=points.subquery(copy=False),
    )
