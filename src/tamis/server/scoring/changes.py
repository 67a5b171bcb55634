"""When a score changes though nothing happens: decay, windows, silence, the end of a campaign.

Bounds are safe: on the day named the score may differ, before it it cannot.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from math import ceil

from tamis.facts.inputs import ADJUSTMENT_ROWS, KEPT_ROWS
from tamis.facts.plan import Plan
from tamis.matches.counters import Counter, counters, span
from tamis.matches.kept import fingerprint
from tamis.model.scope import DAYS_SINCE_LAST_EVENT
from tamis.model.spec import AtLeastRule, PointsRule, RecencyRule, SilentRule
from tamis.points import decay
from tamis.sql import days
from tamis.sql.chain import Constants, Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import query, stacked, table, whole

NEXT_DAYS = Relation(
    "next_days",
    "the next day on which matches of a counter and day give something else",
    ("kept", "day"),
    (
        Column("kept", "integer", "the counter's place in the store's list"),
        Column("day", "integer", "the events' day", unit="days since 1970-01-01"),
        Column("next_day", "integer", "first later day", unit="days since 1970-01-01"),
    ),
)
NEXT_CHANGES = Relation(
    "next_changes",
    "the next day on which the score of a lead may differ with no event; none: left out",
    ("lead",),
    (
        Column("lead", "integer", "the lead's key inside the chain"),
        Column("next_day", "integer", "that day", unit="days since 1970-01-01"),
    ),
)


BY_HAND = (
    "SELECT a.lead, a.last_day + 1 AS next_day FROM :rows AS a WHERE a.last_day >= :today",
    "SELECT a.lead, a.first_day AS next_day FROM :rows AS a WHERE a.first_day > :today",
)
"""When manual points end, and when they begin."""


def is_daily(plan: Plan) -> bool:
    """Whether any score may change on any day, for an expression counts days."""
    asked = " ".join(condition.expression.text for condition in plan.model.conditions).lower()
    return "days_since(" in asked.replace(" ", "") or DAYS_SINCE_LAST_EVENT in asked


def constants(plan: Plan) -> Constants:
    """The table of next days, for the days that the plan's store has."""
    assert plan.shape.kept is not None
    places = {mark: place for place, mark in enumerate(plan.shape.kept.counters)}
    earliest: dict[tuple[int, int], int] = {}
    for counter in counters(plan):
        place = places[fingerprint(plan, counter)]
        for day, next_day in _of_counter(plan, counter):
            known = earliest.get((place, day))
            if known is None or next_day < known:
                earliest[place, day] = next_day
    rows = tuple((place, day, next_day) for (place, day), next_day in earliest.items())
    return Constants(NEXT_DAYS, rows)


def _of_counter(plan: Plan, counter: Counter) -> Iterator[tuple[int, int]]:
    """Days with events of a counter that count, each with the next day of a change."""
    assert plan.shape.kept is not None
    today = days.number(plan.as_of)
    first, last = span(counter, today)
    turns = turning_ages(plan, counter)
    for day in range(max(first, plan.shape.kept.first), min(last, plan.shape.kept.last) + 1):
        if day > today:
            yield day, day
            continue
        place = bisect_right(turns, today - day)
        if place < len(turns):
            yield day, day + turns[place]


def turning_ages(plan: Plan, counter: Counter) -> list[int]:
    """The ages, in days, at which events of a counter begin to give something else; rising."""
    rule = plan.model.rules[counter.rule - 1] if counter.rule else None
    ages: set[int] = set()
    if counter.within is not None:
        ages.add(counter.within)
    if isinstance(rule, PointsRule | AtLeastRule) and rule.decay is not None:
        weights = decay.weights(rule.decay)
        ages |= {age for age in range(1, len(weights)) if weights[age] != weights[age - 1]}
    if isinstance(rule, RecencyRule):
        ages |= {ceil(band.bound) for band in rule.bands if band.bound > 0}
    if isinstance(rule, SilentRule):
        ages.add(rule.silent_for)
    return sorted(age for age in ages if counter.within is None or age <= counter.within)


def step(plan: Plan) -> Step:
    """The step that finds each lead's next change, from kept matches and the leads."""
    today = days.number(plan.as_of)
    if is_daily(plan):
        return Step(
            NEXT_CHANGES,
            query("SELECT l.lead, :next AS next_day FROM leads AS l", next=whole(today + 1)),
        )
    silences = sorted(
        {rule.silent_for for rule in plan.model.event_rules if isinstance(rule, SilentRule)}
    )
    by_matches = query(
        """
        SELECT k.lead, c.next_day FROM :rows AS k
        JOIN next_days AS c ON c.kept = k.counter AND c.day = k.day
        """,
        rows=table(KEPT_ROWS),
    )
    # However far ahead: a clock that was wrong for a while leaves such events behind.
    to_come = query(
        "SELECT k.lead, k.day AS next_day FROM :rows AS k WHERE k.day > :today",
        rows=table(KEPT_ROWS),
        today=whole(today),
    )
    parts = [by_matches, to_come]
    if plan.shape.adjustments:
        parts += [query(sql, rows=table(ADJUSTMENT_ROWS), today=whole(today)) for sql in BY_HAND]
    for silence in silences:
        silent = query(
            """
            SELECT l.lead, l.created_day + :silence AS next_day FROM leads AS l
            WHERE l.created_day + :silence > :today
            """,
            silence=whole(silence),
            today=whole(today),
        )
        parts.append(silent)
    return Step(
        NEXT_CHANGES,
        query(
            "SELECT n.lead, min(n.next_day) AS next_day FROM :found AS n GROUP BY n.lead",
            found=stacked(parts).subquery(copy=False),
        ),
    )
