"""Matches as a relation: events joined to the counters by name and day, filtered, counted."""

from __future__ import annotations

from sqlglot import exp

from tamis.facts.plan import Plan
from tamis.matches.counters import Counter, counters
from tamis.model.spec import Field
from tamis.sql.chain import Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, named, query, switch, tree


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
    found = counters(plan)
    branches = [_named(plan, found), *(_any(plan, found))]
    counted: exp.Query = branches[0]
    for branch in branches[1:]:
        counted = exp.union(counted, branch, distinct=False)
    grouped = query(
        "SELECT c.lead, c.counter, c.day, count(*) AS n, :total FROM :counted AS c GROUP BY c.lead, c.counter, c.day",
        total=[tree("sum(c.amount) AS total")] if has_totals(plan) else [],
        counted=counted.subquery(),
    )
    return (Step(relation(plan), _of_known_leads(plan, grouped)),)


def _named(plan: Plan, found: tuple[Counter, ...]) -> exp.Query:
    """Events that a counter names; each event row meets only the counters of its name."""
    return _counted(plan, found, "e.event = c.event")


def _any(plan: Plan, found: tuple[Counter, ...]) -> list[exp.Query]:
    if all(counter.events for counter in found):
        return []
    return [_counted(plan, found, "c.event IS NULL")]


def _counted(plan: Plan, found: tuple[Counter, ...], on: str) -> exp.Query:
    select = query(
        "SELECT e.lead, c.counter, e.day, :amount FROM events AS e JOIN counted AS c "
        "ON :on AND e.day >= c.first_day AND e.day <= c.last_day",
        amount=[named(_amount(plan, found), "amount")] if has_totals(plan) else [],
        on=tree(on),
    )
    assert isinstance(select, exp.Select)
    filters = [(c.number, plan.on_event(c.where)) for c in found if c.where]
    if not filters:
        return select
    kept = switch(column("counter", "c"), filters, exp.true())
    return select.where(kept)


def _amount(plan: Plan, found: tuple[Counter, ...]) -> exp.Expr:
    arms = [
        (c.number, tree("coalesce(CAST(:f AS DECIMAL(24, 6)), 0)", f=column(_field(plan, c.total).column, "e")))
        for c in found
        if c.total
    ]
    return switch(column("counter", "c"), arms, exp.null())


def _field(plan: Plan, name: str) -> Field:
    found = plan.model.field("event", name)
    assert found is not None
    return found


def _of_known_leads(plan: Plan, grouped: exp.Query) -> exp.Query:
    if not plan.shape.integer_ids:
        return grouped
    # Whole-number ids meet the leads here, after counting: far fewer rows than events.
    return query(
        "SELECT g.* FROM :grouped AS g JOIN leads AS l ON l.lead = g.lead WHERE NOT l.excluded",
        grouped=grouped.subquery(),
    )
