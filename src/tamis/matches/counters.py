"""Counters: what is counted. Each event rule has one; a rate has two: what it divides by, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tamis.facts.plan import Plan
from tamis.model.spec import (
    AtLeastRule,
    EventRule,
    FrequencyRule,
    Period,
    PointsRule,
    RateRule,
    RecencyRule,
    SilentRule,
    TotalRule,
)
from tamis.model.terms import Expression
from tamis.sql import days
from tamis.sql.chain import Cell, Constants
from tamis.sql.relation import Column, Relation

Part = Literal["events", "over", "any"]
OVER = ":over"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Counter:
    """Something to count by lead and day.

    `name` is the rule's id, with `:over` for the events that a rate divides by, or `*` for the
    latest event of any kind. `events` empty: any. `within` and `active` bound what can matter for a
    score. `rule` 0: no rule's. `total`: the event field that is added up. `per_day`: at most so
    many count a day. `by_day`: what an event weighs, or whether it counts, depends on its day.
    """

    number: int
    name: str
    part: Part
    rule: int
    events: tuple[str, ...]
    where: Expression | None = None
    within: int | None = None
    active: Period | None = None
    total: str | None = None
    per_day: int | None = None
    by_day: bool = False


def counters(plan: Plan) -> tuple[Counter, ...]:
    """The counters that a plan needs, numbered from 1."""
    return tuple(
        replace(counter, number=number) for number, counter in enumerate(_counters(plan), start=1)
    )


def _counters(plan: Plan) -> Iterator[Counter]:
    for rule in plan.model.event_rules:
        counted = Counter(
            number=0,
            name=rule.id,
            part="events",
            rule=plan.model.numbers[rule.id],
            events=rule.events,
            where=rule.where,
            within=_window(rule),
            active=rule.active,
            total=rule.field if isinstance(rule, TotalRule) else None,
            per_day=_per_day(rule),
            by_day=_by_day(rule),
        )
        yield counted
        if isinstance(rule, RateRule):
            over = f"{rule.id}{OVER}"
            yield replace(counted, name=over, part="over", events=rule.over, where=None)
    if plan.asks_last_event:
        yield Counter(number=0, name=ANY, part="any", rule=0, events=())


def _per_day(rule: EventRule) -> int | None:
    limited = isinstance(rule, PointsRule | AtLeastRule | FrequencyRule | RecencyRule)
    return (rule.per_day or None) if limited else None


def _by_day(rule: EventRule) -> bool:
    fades = isinstance(rule, PointsRule) and rule.decay is not None
    return fades or _per_day(rule) is not None


def _window(rule: EventRule) -> int | None:
    return None if isinstance(rule, SilentRule) else rule.within


COUNTED = Relation(
    "counted",
    "which events each counter counts, and on which days",
    ("counter", "event"),
    (
        Column("counter", "integer", "the counter"),
        Column("event", "text", "an event name", null="any event"),
        Column("first_day", "integer", "first day that counts", unit="days since 1970-01-01"),
        Column("last_day", "integer", "last day that counts", unit="days since 1970-01-01"),
    ),
)
EARLIEST, LATEST = -10_000_000, 10_000_000


def constants(plan: Plan) -> Constants:
    """The table of counters by event name."""
    today = days.number(plan.as_of)
    return Constants(COUNTED, tuple(rows_of(counters(plan), today)))


def rows_of(found: Sequence[Counter], today: int) -> Iterator[tuple[Cell, ...]]:
    """The rows of `counted` for some counters."""
    for counter in found:
        for name in counter.events or (None,):
            yield counter.number, name, *span(counter, today)


def span(counter: Counter, today: int) -> tuple[int, int]:
    """The first and last day whose events a counter counts, as day numbers."""
    first = EARLIEST if counter.within is None else today - counter.within + 1
    last = LATEST
    if counter.active:
        first = max(first, days.number(counter.active.first))
        last = days.number(counter.active.last)
    return first, last
