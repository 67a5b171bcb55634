"""Matches as a relation: events joined to the counters by name and day, filtered, counted."""

from __future__ import annotations

from functools import reduce

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.matches.counters import EARLIEST, Counter, counters
from tamis.matches.slabs import Slab, slabs
from tamis.model.spec import Field
from tamis.sql import days
from tamis.sql.chain import Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import all_of, column, named, query, switch, text, tree, whole


def relation(plan: Plan) -> Relation:
    """Grain and columns of `matches`."""
    total = Column("total", "number", "sum of the rule's event field", null="the rule adds nothing up")
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
        "SELECT c.lead, c.counter, c.day, count(*) AS n, :total FROM :counted AS c GROUP BY c.lead, c.counter, c.day",
        total=[tree("sum(c.amount) AS total")] if has_totals(plan) else [],
        counted=counted.subquery(),
    )
    return (Step(relation(plan), grouped),)


def _branches(plan: Plan) -> list[exp.Query]:
    """The queries whose rows together are one row per event and counter that counts it."""
    found = counters(plan)
    if not found:
        return [_counted(plan, found, "e.event = c.event", None)]
    if plan.shape.time_ordered:
        return [branch for slab in slabs(found, plan.as_of) for branch in _of_counters(plan, slab.counters, slab)]
    return _of_counters(plan, found, None)


def _of_counters(plan: Plan, found: tuple[Counter, ...], slab: Slab | None) -> list[exp.Query]:
    named_ = tuple(counter for counter in found if counter.events)
    of_any = tuple(counter for counter in found if not counter.events)
    branches = [_counted(plan, named_, "e.event = c.event", slab)] if named_ else []
    return branches + ([_counted(plan, of_any, "c.event IS NULL", slab)] if of_any else [])


def _counted(plan: Plan, found: tuple[Counter, ...], on: str, slab: Slab | None) -> exp.Query:
    """Events joined to the counters of their name: each event row meets only those."""
    select = query(
        "SELECT e.lead, c.counter, e.day, :amount FROM events AS e JOIN counted AS c "
        "ON :on AND e.day >= c.first_day AND e.day <= c.last_day WHERE :slab",
        amount=[named(_amount(plan, found), "amount")] if has_totals(plan) else [],
        on=tree(on),
        slab=_within(slab, found) if slab else exp.true(),
    )
    assert isinstance(select, exp.Select)
    filters = [(c.number, plan.on_event(c.where)) for c in found if c.where]
    return select.where(switch(column("counter", "c"), filters, exp.true())) if filters else select


def _within(slab: Slab, found: tuple[Counter, ...]) -> exp.Expr:
    """Only the slab's events: by instant for the files, widened by a day for any zone, then by day."""
    conditions = [
        tree("c.counter IN (:numbers)", numbers=[whole(counter.number) for counter in found]),
        tree("e.day >= :first AND e.day <= :last", first=whole(slab.first), last=whole(slab.last)),
        tree("e.timestamp < :end", end=days.timestamp_of_day(slab.last + 2)),
    ]
    if slab.first > EARLIEST:
        conditions.append(tree("e.timestamp >= :start", start=days.timestamp_of_day(slab.first - 1)))
    names = sorted({name for counter in found for name in counter.events})
    if names:
        conditions.append(tree("e.event IN (:names)", names=[text(name) for name in names]))
    return all_of(conditions)


def _amount(plan: Plan, found: tuple[Counter, ...]) -> exp.Expr:
    arms = [
        (c.number, tree("coalesce(CAST(:f AS DECIMAL(24, 6)), 0)", f=column(_field(plan, c.total).column, "e")))
        for c in found
        if c.total
    ]
    return switch(column("counter", "c"), arms, exp.cast(exp.null(), exp.DataType.build("DECIMAL(24, 6)")))


def _field(plan: Plan, name: str) -> Field:
    found = plan.model.field("event", name)
    assert found is not None
    return found
