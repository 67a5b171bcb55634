"""Unit sums: what rules count and add up as of a day, from a store of kept matches.

They are what points are linear in: points, caps, groups, grades and stages change none of them, so
a store keeps those of a day too, and a score of that day reads them instead of matches.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import groupby

from sqlglot import exp

from tamis.facts.inputs import KEPT_ROWS, KEPT_SUMS, lead_column
from tamis.facts.plan import Plan
from tamis.matches.counters import Counter, counters, span
from tamis.matches.kept import fingerprint
from tamis.model.spec import Decay, PointsRule, RateRule, TotalRule
from tamis.points import decay
from tamis.sql import days
from tamis.sql.chain import Cell, Constants, Step
from tamis.sql.numbers import MICRO, wide
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, query, table, tree, whole

FORMAT = 1
"""Raised when the same sum would add up something else."""

RULE = Column("rule", "integer", "number of the rule; 0: the latest event of any kind")
KEPT_DAYS = Relation(
    "kept_days",
    "for which rule a match of the store counts, and how much",
    ("kept", "day", "rule", "over"),
    (
        Column("kept", "integer", "the counter's place in the store's list"),
        Column("day", "integer", "the events' day", unit="days since 1970-01-01"),
        RULE,
        Column("over", "boolean", "whether it counts what a rate divides by"),
        Column("per_day", "integer", "events that count a day", null="all"),
        Column("weight", "integer", "what an event weighs", unit="millionths"),
    ),
)
KEPT_RULES = Relation(
    "kept_rules",
    "which unit sum of the store each rule has",
    ("rule",),
    (RULE, Column("kept", "integer", "the sum's place in the store's list")),
)


def constants(plan: Plan) -> tuple[Constants, ...]:
    """Where the store has what the rules need; none without a store."""
    if plan.shape.kept is None:
        return ()
    if are_kept(plan):
        places = {mark: place for place, mark in enumerate(plan.shape.kept.sums)}
        rows = tuple((rule, places[mark]) for rule, mark in fingerprints(plan).items())
        return (Constants(KEPT_RULES, rows),)
    return (Constants(KEPT_DAYS, tuple(_days(plan))),)


def are_kept(plan: Plan) -> bool:
    """Whether the store has every unit sum of the plan, as of its day."""
    kept = plan.shape.kept
    return bool(kept and kept.sums and set(fingerprints(plan).values()) <= set(kept.sums))


def fingerprints(plan: Plan) -> Mapping[int, str]:
    """What shapes the sums of each rule: day, counters, window, limit a day, decay."""
    return {
        rule: _fingerprint(plan, rule, tuple(found))
        for rule, found in groupby(counters(plan), lambda counter: counter.rule)
    }


def _fingerprint(plan: Plan, rule: int, found: tuple[Counter, ...]) -> str:
    counted = [
        [fingerprint(plan, c), c.part, c.within, repr(c.active), c.per_day, c.total] for c in found
    ]
    shaping = [FORMAT, str(plan.as_of), repr(_decay(plan, rule)), counted]
    return hashlib.sha256(json.dumps(shaping).encode()).hexdigest()[:24]


def _decay(plan: Plan, number: int) -> Decay | None:
    """The decay in the sum of a rule, by its number; 0 is no rule's."""
    rule = plan.model.rules[number - 1] if number else None
    return rule.decay if isinstance(rule, PointsRule) else None


def _days(plan: Plan) -> Iterator[tuple[Cell, ...]]:
    """A row per counter of the plan and day of the store that counts."""
    assert plan.shape.kept is not None
    kept, today = plan.shape.kept, days.number(plan.as_of)
    places = {mark: place for place, mark in enumerate(kept.counters)}
    for counter in counters(plan):
        first, last = span(counter, today)
        fades = _decay(plan, counter.rule)
        weigh = decay.weights(fades) if fades else (MICRO,)
        place = places[fingerprint(plan, counter)]
        of_counter = (counter.rule, counter.part == "over", counter.per_day)
        for day in range(max(first, kept.first), min(last, kept.last, today) + 1):
            yield place, day, *of_counter, weigh[min(today - day, len(weigh) - 1)]


UNIT_SUMS = (
    Column("count", "integer", "events counted in the window"),
    Column("last_day", "integer", "day of the latest", unit="days since 1970-01-01", null="none"),
    Column("added", "wide", "what the rule adds up, as in `measures`"),
)


def unit_sums(plan: Plan) -> Step:
    """The unit sums of each lead, known or not, and rule: kept ones, or from kept matches."""
    lead = lead_column(plan)
    about = "what each event rule counted and added up"
    relation = Relation("unit_sums", about, (lead.name, "rule"), (lead, RULE, *UNIT_SUMS))
    return Step(relation, _kept(lead.name) if are_kept(plan) else _added_up(plan, lead.name))


def _kept(lead: str) -> exp.Query:
    return query(
        """
        SELECT :lead, r.rule, k.count, k.last_day, CAST(k.added AS INT128) AS added
        FROM :rows AS k JOIN kept_rules AS r ON r.kept = k.sum
        """,
        lead=column(lead, "k"),
        rows=table(KEPT_SUMS),
    )


def _added_up(plan: Plan, lead: str) -> exp.Query:
    """Matches of a day meet what they count for that day; a store has each once."""
    today = days.number(plan.as_of)
    rates = [n for n, rule in enumerate(plan.model.rules, start=1) if isinstance(rule, RateRule)]
    counted, day = tree("least(k.n, coalesce(c.per_day, k.n))"), tree("k.day")
    added = tree(":counted * c.weight", counted=counted)
    totals = [n for n, rule in enumerate(plan.model.rules, start=1) if isinstance(rule, TotalRule)]
    if totals:
        added = tree(
            "CASE WHEN c.rule IN (:totals) THEN :amount ELSE :added END",
            totals=[whole(n) for n in totals],
            amount=wide(tree("k.amount")),
            added=added,
        )
    if rates:
        rated = "CASE WHEN c.rule IN (:rates) THEN CASE WHEN c.over THEN k.n ELSE 0 END ELSE :a END"
        added = tree(rated, rates=[whole(n) for n in rates], a=added)
        counted = tree("CASE WHEN c.over THEN 0 ELSE :counted END", counted=counted)
        day = tree("CASE WHEN NOT c.over THEN k.day END")
    return query(
        """
        SELECT :lead, c.rule, CAST(sum(:counted) AS BIGINT) AS count, max(:day) AS last_day,
          sum(:added) AS added
        FROM :rows AS k JOIN kept_days AS c ON c.kept = k.counter AND c.day = k.day
        WHERE k.day >= :first AND k.day <= :today
        GROUP BY :lead, c.rule
        """,
        lead=column(lead, "k"),
        counted=counted,
        day=day,
        added=added,
        rows=table(KEPT_ROWS),
        first=whole(min((span(c, today)[0] for c in counters(plan)), default=today)),
        today=plan.today,
    )
