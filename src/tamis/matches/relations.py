"""Matches as a relation: events joined to the counters by name and day, filtered, counted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from sqlglot import exp

from tamis.facts.events import lead_column
from tamis.facts.plan import Plan
from tamis.matches.counters import EARLIEST, Counter, counters
from tamis.matches.slabs import Slab, slabs
from tamis.model.spec import Field
from tamis.sql import days
from tamis.sql.chain import Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import all_of, column, named, query, switch, table, text, tree, whole


def relation(plan: Plan) -> Relation:
    """Grain and columns of `matches`."""
    total = Column(
        "total", "number", "sum of the rule's event field", null="the rule adds nothing up"
    )
    return Relation(
        "matches",
        "how many events each counter counted",
        ("lead", "counter", "day"),
        (
            Column("lead", "integer", "the lead's key inside the chain"),
            Column("counter", "integer", "what was counted"),
            Column("day", "integer", "the events' day", unit="days since 1970-01-01"),
            Column("n", "integer", "number of events, at least 1"),
            *((total,) if has_totals(plan) else ()),
        ),
    )


def has_totals(plan: Plan) -> bool:
    """Whether any rule adds an event field up."""
    return any(counter.total for counter in counters(plan))


def steps(plan: Plan) -> tuple[Step, ...]:
    """The step from events to matches."""
    counted = reduce(lambda a, b: exp.union(a, b, distinct=False, copy=False), _branches(plan))
    grouped = query(
        """
        SELECT :lead, c.counter, c.day, count(*) AS n, :total
        FROM :counted AS c GROUP BY :lead, c.counter, c.day
        """,
        lead=column("lead", "c" if plan.shape.integer_ids else "l"),
        total=[tree("sum(c.amount) AS total")] if has_totals(plan) else [],
        counted=counted.subquery(copy=False),
    )
    assert isinstance(grouped, exp.Select)
    if not plan.shape.integer_ids:
        # Text ids become keys before grouping; whole-number ids are keys, and meet the leads later.
        on = tree("l.lead_id = c.lead_id AND NOT l.excluded")
        grouped = grouped.join(table("leads", "l"), on=on)
    return (Step(relation(plan), grouped),)


def _branches(plan: Plan) -> list[exp.Query]:
    """The queries whose rows together are one row per event and counter that counts it."""
    found = counters(plan)
    parts = [(slab.counters, slab) for slab in slabs(found, plan.as_of)]
    branches = [
        branch
        for open_, slab in (parts if plan.shape.time_ordered else [(found, None)])
        for branch in _of_counters(plan, open_, slab)
    ]
    # Without anything to count, a query with the columns of the others and no row.
    return branches or [_counted(plan, (), NAMED, None)]


NAMED, OF_ANY = "e.event = c.event", "c.event IS NULL"


def _of_counters(plan: Plan, found: tuple[Counter, ...], slab: Slab | None) -> Iterator[exp.Query]:
    for on, members in (
        (NAMED, tuple(counter for counter in found if counter.events)),
        (OF_ANY, tuple(counter for counter in found if not counter.events)),
    ):
        if members:
            yield _counted(plan, members, on, slab)


def _counted(plan: Plan, found: tuple[Counter, ...], on: str, slab: Slab | None) -> exp.Query:
    """Events joined to the counters of their name: each event row meets only those."""
    select = query(
        """
        SELECT :lead, c.counter, e.day, :amount
        FROM events AS e JOIN counted AS c ON :on WHERE :slab
        """,
        lead=[column(lead_column(plan).name, "e")],
        amount=[named(_amount(plan, found), "amount")] if has_totals(plan) else [],
        on=all_of([tree(on), *([] if slab else [tree(IN_SPAN)])]),
        slab=all_of(_within(plan, slab, found)) if slab else exp.true(),
    )
    assert isinstance(select, exp.Select)
    filters = [(c.number, plan.on_event(c.where)) for c in found if c.where]
    return select.where(switch(column("counter", "c"), filters, exp.true())) if filters else select


IN_SPAN = "e.day >= c.first_day AND e.day <= c.last_day"


def _within(plan: Plan, slab: Slab, found: tuple[Counter, ...]) -> list[exp.Expr]:
    """Only the slab's events and the counters open in it; by instants, which files know."""
    numbers = [whole(counter.number) for counter in found]
    names = sorted({name for counter in found for name in counter.events})
    conditions = [tree("c.counter IN (:numbers)", numbers=numbers), *_span(plan, slab)]
    return conditions + (
        [tree("e.event IN (:names)", names=[text(n) for n in names])] if names else []
    )


def _span(plan: Plan, slab: Slab) -> list[exp.Expr]:
    zone, until = plan.model.timezone, plan.as_of
    start = days.first_instant(slab.first, zone, until)
    end = days.first_instant(slab.last + 1, zone, until)
    if start and end:
        bounds = (
            [] if slab.first <= EARLIEST else [tree("e.timestamp >= :i", i=days.timestamp(start))]
        )
        return [*bounds, tree("e.timestamp < :i", i=days.timestamp(end))]
    # No single instant parts two days in such a zone: a day more on both sides, then by day.
    around = (days.timestamp_of_day(slab.first - 1), days.timestamp_of_day(slab.last + 2))
    return [
        tree("e.timestamp >= :start AND e.timestamp < :end", start=around[0], end=around[1]),
        tree("e.day >= :first AND e.day <= :last", first=whole(slab.first), last=whole(slab.last)),
    ]


def _amount(plan: Plan, found: tuple[Counter, ...]) -> exp.Expr:
    arms = [
        (
            c.number,
            tree(
                "coalesce(TRY_CAST(:f AS DECIMAL(24, 6)), 0)",
                f=column(_field(plan, c.total).column, "e"),
            ),
        )
        for c in found
        if c.total
    ]
    return switch(
        column("counter", "c"), arms, exp.cast(exp.null(), exp.DataType.build("DECIMAL(24, 6)"))
    )


def _field(plan: Plan, name: str) -> Field:
    found = plan.model.field("event", name)
    assert found is not None
    return found
