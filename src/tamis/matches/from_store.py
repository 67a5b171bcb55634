"""Matches from a store of kept ones, instead of events."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.matches.counters import counters, span
from tamis.sql import days
from tamis.sql.chain import Constants, Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, query, switch, table, tree, whole

KEPT_COUNTERS = Relation(
    "kept_counters",
    "which counter of the store each counter of the model is, and on which days it counts",
    ("counter",),
    (
        Column("counter", "integer", "the counter"),
        Column("kept", "integer", "its place in the store's list"),
        Column("first_day", "integer", "first day that counts", unit="days since 1970-01-01"),
        Column("last_day", "integer", "last day that counts", unit="days since 1970-01-01"),
    ),
)


def constants(plan: Plan) -> tuple[Constants, ...]:
    """The table of the store's counters; none without a store."""
    if plan.shape.kept is None:
        return ()
    pairs = zip(counters(plan), plan.shape.kept, strict=True)
    today = days.number(plan.as_of)
    rows = tuple((counter.number, kept, *span(counter, today)) for counter, kept in pairs)
    return (Constants(KEPT_COUNTERS, rows),)


def counted_days(plan: Plan, columns: Sequence[Column]) -> Step:
    """What the store has for the model's counters up to the as-of day."""
    lead = column("lead", "k" if plan.shape.integer_ids else "l")
    select = query(
        """
        SELECT :lead, c.counter, k.day, k.n, CAST(k.amount AS INT128) AS amount
        FROM kept_rows AS k JOIN kept_counters AS c ON c.kept = k.counter
        WHERE :near AND k.day >= c.first_day AND k.day <= c.last_day AND k.day <= :today
        """,
        lead=lead,
        near=_near(plan),
        today=plan.today,
    )
    assert isinstance(select, exp.Select)
    if not plan.shape.integer_ids:
        on = "l.lead_id = k.lead_id AND NOT l.excluded"
        select = select.join(table("leads", "l"), on=on)
    about = "kept counts of the days that count"
    grain = ("lead", "counter", "day")
    return Step(Relation("counted_days", about, grain, tuple(columns)), select)


def _near(plan: Plan) -> exp.Expr:
    """What the join would find too, said so that most rows never reach it."""
    first: dict[int, int] = {}
    assert plan.shape.kept is not None
    for counter, kept in zip(counters(plan), plan.shape.kept, strict=True):
        begins = span(counter, days.number(plan.as_of))[0]
        first[kept] = min(begins, first.get(kept, begins))
    if not first:
        return exp.false()
    arms = [(kept, whole(begins)) for kept, begins in sorted(first.items())]
    return tree(
        "k.day >= :earliest AND k.counter IN (:kept) AND k.day >= :first",
        earliest=whole(min(first.values())),
        kept=[whole(kept) for kept in sorted(first)],
        first=switch(column("counter", "k"), arms, exp.null()),
    )
