"""Counters: what is counted. Each event rule has one; a rate has two: what it divides by, too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tamis.facts.plan import Plan
from tamis.model.spec import EventRule, Expression, Period, RateRule, SilentRule, TotalRule
from tamis.sql import days
from tamis.sql.chain import Constants
from tamis.sql.relation import Column, Relation

Part = Literal["events", "over", "any"]
OVER = ":over"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Counter:
    """Something to count by lead and day.

    `name` is the rule's id, with `:over` for the events that a rate divides by, or `*` for the
    latest event of any kind. `events` empty: any. `within` and `active` bound what can matter for a
    score.
    """

    number: int
    name: str
    part: Part
    rule: int | None
    events: tuple[str, ...]
    where: Expression | None = None
    within: int | None = None
    active: Period | None = None
    total: str | None = None


def counters(plan: Plan) -> tuple[Counter, ...]:
    """The counters that a plan needs, numbered from 1."""
    return tuple(
        Counter(number, *parts)  # type: ignore[arg-type]
        for number, parts in enumerate(_parts(plan), start=1)
    )


def _parts(plan: Plan) -> Iterator[tuple[object, ...]]:
    for rule in plan.model.event_rules:
        number = plan.model.numbers[rule.id]
        total = rule.field if isinstance(rule, TotalRule) else None
        yield rule.id, "events", number, rule.events, rule.where, _window(rule), rule.active, total
        if isinstance(rule, RateRule):
            yield (
                f"{rule.id}{OVER}",
                "over",
                number,
                rule.over,
                None,
                rule.within,
                rule.active,
                None,
            )
    if plan.asks_last_event:
        yield ANY, "any", None, (), None, None, None, None


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
    rows = [
        (counter.number, name, *span(counter, today))
        for counter in counters(plan)
        for name in counter.events or (None,)
    ]
    return Constants(COUNTED, tuple(rows))


def span(counter: Counter, today: int) -> tuple[int, int]:
    """The first and last day whose events a counter counts, as day numbers."""
    first = EARLIEST if counter.within is None else today - counter.within + 1
    last = LATEST
    if counter.active:
        first = max(first, days.number(counter.active.first))
        last = days.number(counter.active.last)
    return first, last
