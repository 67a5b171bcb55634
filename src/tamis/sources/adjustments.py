"""Adjustments as people have them: points that somebody gave a lead by hand, and until when."""

from __future__ import annotations

from sqlglot import exp

from tamis.engines.base import Session
from tamis.facts.inputs import ADJUSTMENT_ROWS, ADJUSTMENTS
from tamis.facts.plan import Plan
from tamis.sources.reading import Reading
from tamis.sources.verdicts import refuse_missing, refuse_unreadable, refuse_values
from tamis.sql.days import day_number
from tamis.sql.numbers import MILLI
from tamis.sql.write import column, query, table, tree, whole

MOST = 10_000
"""The most points that a row can give or take, as those of a rule."""


def provide_adjustments(session: Session, plan: Plan, read: Reading) -> None:
    """Make adjustments readable as `adjustment_rows`.

    Raises: SourceError for those that cannot be read, or are of no dimension of the model.
    """
    held = f"{ADJUSTMENTS.name}__read"
    session.keep(held, read.rows())
    refuse_unreadable(session, read, held)
    for key in ("lead_id", "dimension", "points"):
        refuse_missing(session, read, held, key)
    _refuse_wrong(session, plan, read, held)
    session.view(ADJUSTMENT_ROWS, _as_read_by_the_chain(plan, held))


def _refuse_wrong(session: Session, plan: Plan, read: Reading, held: str) -> None:
    """Raises: SourceError for dimensions that the model lacks, for points that no rule may give."""
    names = [dimension.name for dimension in plan.model.dimensions]
    hint = f"its dimensions are: {', '.join(names)}"
    unknown = exp.not_(column("dimension").isin(*names)) if names else exp.true()
    why = "is no dimension of the model"
    refuse_values(session, read, table(held), "dimension", unknown, why=why, hint=hint)
    wrong = tree("abs(points) > :most OR points <> round(points, 3)", most=whole(MOST))
    cells, why = read.cells().subquery("c"), "cannot be given as points"
    hint = f"points have at most 3 decimals, and a row gives or takes at most {MOST:,}"
    refuse_values(session, read, cells, "points", wrong, why=why, hint=hint)


def _as_read_by_the_chain(plan: Plan, held: str) -> exp.Query:
    """Points in thousandths and days as numbers; without those of ids that no lead can have."""
    key = "lead_id"
    rows: exp.Expr = table(held)
    if plan.shape.integer_ids:
        # Ids are compared as text: `007` is another lead than 7.
        key = "lead"
        number = exp.TryCast(this=column("lead_id"), to=exp.DataType.build("BIGINT"), safe=True)
        keyed = query("SELECT r.*, :lead AS lead FROM :rows AS r", lead=number, rows=rows)
        rows = keyed.subquery(copy=False)
    select = query(
        """
        SELECT :key, a.dimension, CAST(a.points * :milli AS BIGINT) AS points,
          :first AS first_day, :last AS last_day
        FROM :rows AS a
        """,
        key=column(key, "a"),
        milli=whole(MILLI),
        first=day_number(column("first_day", "a")),
        last=day_number(column("last_day", "a")),
        rows=rows,
    )
    assert isinstance(select, exp.Select)
    if plan.shape.integer_ids:
        select = select.where("CAST(a.lead AS VARCHAR) = a.lead_id")
    return select
