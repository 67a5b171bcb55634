"""Matches as a relation: events joined to the counters by name and day, filtered, counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from tamis.facts.inputs import lead_column
from tamis.facts.plan import Plan
from tamis.matches.counters import EARLIEST, Counter, counters
from tamis.matches.slabs import Slab, slabs
from tamis.model.spec import Field
from tamis.sql import days
from tamis.sql.chain import Step
from tamis.sql.numbers import wide
from tamis.sql.relation import Column, Relation
from tamis.sql.write import all_of, column, named, query, stacked, switch, text, tree, whole

LEAD = Column("lead", "integer", "the lead's key inside the chain")
COUNTER = Column("counter", "integer", "what was counted")
DAY = Column("day", "integer", "the events' day", unit="days since 1970-01-01")
N = Column("n", "integer", "number of events, at least 1")
LAST_DAY = Column("last_day", "integer", "day of the latest", unit="days since 1970-01-01")
AMOUNT = Column("amount", "wide", "an event field, or its sum", unit="millionths")


def steps(plan: Plan) -> tuple[Step, ...]:
    """The steps from events to matches: by day where days matter to the rule, else in all.

    Grouping is the dearest part of a run, so events are read and grouped once, and by no more than
    their counter needs.
    """
    if plan.shape.kept is not None:
        # A store has them counted.
        return ()
    kinds = kinds_of(plan)
    found = []
    if kinds.counting:
        found += [_counted_events(plan, kinds.counting), _matches(kinds)]
    if kinds.adding:
        found += [_amounts(plan, kinds.adding), totals()]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Kinds:
    """Counters by what is kept of their events: counts by day, a count in all, a field's sum."""

    by_day: tuple[Counter, ...]
    in_all: tuple[Counter, ...]
    adding: tuple[Counter, ...]

    @property
    def counting(self) -> tuple[Counter, ...]:
        """Those that count, by day or in all."""
        return self.by_day + self.in_all


def kinds_of(plan: Plan) -> Kinds:
    """The counters of a plan, by kind."""
    found = counters(plan)
    adding = tuple(c for c in found if c.total)
    by_day = tuple(c for c in found if c.by_day)
    return Kinds(by_day, tuple(c for c in found if not c.total and not c.by_day), adding)


MATCHES = Relation(
    "matches",
    "how many events a counter counted: on a day where the day matters, else in all",
    ("lead", "counter", "day"),
    (
        LEAD,
        COUNTER,
        replace(DAY, null="the day does not matter"),
        N,
        LAST_DAY,
    ),
)
TOTALS = Relation(
    "totals",
    "what a counter added up",
    ("lead", "counter"),
    (LEAD, COUNTER, N, LAST_DAY, AMOUNT),
)


def _matches(kinds: Kinds) -> Step:
    by_day = [whole(counter.number) for counter in kinds.by_day]
    day = tree("CASE WHEN c.counter IN (:by_day) THEN c.day END", by_day=by_day)
    if not kinds.by_day or not kinds.in_all:
        day = tree("c.day") if kinds.by_day else exp.cast(exp.null(), exp.DType.INT)
    select = query(
        """
        SELECT m.lead, m.counter, m.day, CAST(count(*) AS BIGINT) AS n, max(m.last_day) AS last_day
        FROM (
          SELECT c.lead, c.counter, :day AS day, c.day AS last_day FROM counted_events AS c
        ) AS m
        GROUP BY m.lead, m.counter, m.day
        """,
        day=day,
    )
    return Step(MATCHES, select)


def totals() -> Step:
    """What counters add up of an event field."""
    select = query(
        """
        SELECT c.lead, c.counter, CAST(count(*) AS BIGINT) AS n, max(c.day) AS last_day,
          sum(c.amount) AS amount
        FROM amounts AS c GROUP BY c.lead, c.counter
        """
    )
    return Step(TOTALS, select)


def _counted_events(plan: Plan, found: tuple[Counter, ...]) -> Step:
    about = "events, once for each counter that counts them"
    relation = Relation("counted_events", about, (), (LEAD, COUNTER, DAY))
    return Step(relation, _of_known_leads(plan, _branches(plan, found, amounts=False), []))


def _amounts(plan: Plan, found: tuple[Counter, ...]) -> Step:
    about = "events, once for each counter that adds a field of theirs up"
    relation = Relation("amounts", about, (), (LEAD, COUNTER, DAY, AMOUNT))
    branches = _branches(plan, found, amounts=True)
    return Step(relation, _of_known_leads(plan, branches, [column("amount", "c")]))


def _of_known_leads(plan: Plan, branches: list[exp.Query], amount: list[exp.Expr]) -> exp.Query:
    counted = stacked(branches)
    if plan.shape.integer_ids:
        # Whole-number ids are keys, and meet the leads later, where there are fewer rows.
        return counted
    return query(
        """
        SELECT l.lead, c.counter, c.day, :amount FROM :counted AS c
        JOIN leads AS l ON l.lead_id = c.lead_id AND NOT l.excluded
        """,
        amount=amount,
        counted=counted.subquery(copy=False),
    )


def _branches(plan: Plan, found: tuple[Counter, ...], *, amounts: bool) -> list[exp.Query]:
    """The queries whose rows together are one row per event and counter that counts it."""
    parts = [(slab.counters, slab) for slab in slabs(found, plan.as_of)]
    branches = [
        branch
        for open_, slab in (parts if plan.shape.time_ordered else [(found, None)])
        for branch in of_counters(plan, open_, slab, amounts=amounts)
    ]
    # Where no counter is open, a query with the columns of the others and no row.
    return branches or [_counted(plan, (), NAMED, None, amounts=amounts)]


NAMED, OF_ANY = "e.event = c.event", "c.event IS NULL"


def of_counters(
    plan: Plan, found: tuple[Counter, ...], slab: Slab | None, *, amounts: bool
) -> Iterator[exp.Query]:
    """The events of a slab that counters count; apart: counters of named events and of any."""
    for on, members in (
        (NAMED, tuple(counter for counter in found if counter.events)),
        (OF_ANY, tuple(counter for counter in found if not counter.events)),
    ):
        if members:
            yield _counted(plan, members, on, slab, amounts=amounts)


def _counted(
    plan: Plan, found: tuple[Counter, ...], on: str, slab: Slab | None, *, amounts: bool
) -> exp.Query:
    """Events joined to the counters of their name: each event row meets only those."""
    span = _span(plan, slab) if slab else [tree(IN_SPAN)]
    select = query(
        """
        SELECT :lead, c.counter, e.day, :amount
        FROM events AS e JOIN counted AS c ON :on WHERE :counted
        """,
        lead=[column(lead_column(plan).name, "e")],
        amount=[named(_amount(plan, found), "amount")] if amounts else [],
        on=tree(on),
        counted=all_of([*_among(found), *span]) if found else exp.false(),
    )
    assert isinstance(select, exp.Select)
    filters = [(c.number, plan.on_event(c.where)) for c in found if c.where]
    return select.where(switch(column("counter", "c"), filters, exp.true())) if filters else select


IN_SPAN = "e.day >= c.first_day AND e.day <= c.last_day"


def _among(found: tuple[Counter, ...]) -> list[exp.Expr]:
    """Only these counters, and only the events that they name, for files know their names too."""
    numbers = [whole(counter.number) for counter in found]
    names = sorted({name for counter in found for name in counter.events})
    named_ = [tree("e.event IN (:names)", names=[text(name) for name in names])] if names else []
    return [tree("c.counter IN (:numbers)", numbers=numbers), *named_]


def _span(plan: Plan, slab: Slab) -> list[exp.Expr]:
    """Only the slab's events: by instants, which files know."""
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
    arms = [(c.number, _millionths(_field(plan, c.total).column)) for c in found if c.total]
    return switch(column("counter", "c"), arms, wide(exp.null()))


def _millionths(field: str) -> exp.Expr:
    amount = tree("coalesce(TRY_CAST(:f AS DECIMAL(24, 6)), 0)", f=column(field, "e"))
    return wide(tree(":amount * 1000000", amount=amount))


def _field(plan: Plan, name: str) -> Field:
    found = plan.model.field("event", name)
    assert found is not None
    return found
