"""Each rule before the facts: whom it touches, how they fared, what the data would give it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlglot import exp

from tamis.history.evidence_figures import (
    Sides,
    odds_beyond,
    points_from_data,
    weight_of_evidence,
)
from tamis.history.evidence_seen import (
    POINTS,
    SEEN,
    Seen,
    decimal,
    points_of,
    weight_of,
    whole_numbers,
)
from tamis.history.intervals import Interval, difference, proportion
from tamis.history.overlap import duplicates
from tamis.model.spec import AttributeRule, Rule
from tamis.sql.write import query, table, tree

Says = Literal[
    "supports", "misleads", "too_good", "duplicates", "unclear", "too_few", "same", "never"
]
"""What the data say of a rule; `too_good`: its field may be filled in after the win, `unclear`: no
difference beyond chance, `same`: it gives everyone the same points, `never`: it gives nobody any.
"""
TOO_GOOD = 10
"""Odds that a rule on fields multiplies by surely more than this are too good to be true."""

NO_WEIGHT: tuple[Says, ...] = ("never", "same", "too_few", "too_good")
"""Of such rules the data do not say what points they deserve."""
NEARLY_ALL = 0.95
"""A rule that gives a larger share of the cases points is judged by how many it gives."""
STRATA = 5
"""Parts of a day's leads in which the other points are alike."""


@dataclass(frozen=True, slots=True)
class RuleEvidence:
    """What the past says of one rule. Figures are null (intervals unknown) where it says nothing.

    `cases`: cases to which the rule gives points, of `leads` different leads. `sides` compares them
    with the other cases; with `by_amount`, for a rule that gives nearly everyone points, those with
    more than its average against the rest. `lift` is the difference between the two conversions,
    `odds` how many times the rule multiplies the odds of winning among leads with like points from
    other rules, `halves` the lift in the first and in the second half of the days. `earned` is what
    the rule gives on average to those with it more than to those without, `from_data` what the data
    would give them. `duplicates` are ids of rules that touch nearly the same cases.
    """

    rule: Rule
    says: Says
    cases: int
    leads: int
    by_amount: bool
    sides: Sides
    with_: Interval
    without: Interval
    lift: Interval
    odds: Interval
    halves: tuple[Interval, ...]
    earned: float
    from_data: float | None
    duplicates: tuple[str, ...]

    @property
    def holds_over_time(self) -> bool | None:
        """Whether both halves of the days show the lift of the whole; null: not known."""
        values = [half.value for half in self.halves if half.value is not None]
        whole = self.lift.value or 0.0
        return all(value * whole > 0 for value in values) if len(values) == 2 else None

    @property
    def times(self) -> float | None:
        """Conversion with the rule, in multiples of that without it; null when that is 0."""
        if self.with_.value is None or not self.without.value:
            return None
        return self.with_.value / self.without.value


@dataclass(frozen=True, slots=True)
class _Reach:
    """How many cases and leads a rule touches, and its mean points over all cases.

    `same`: it gives everyone the same points. `by_amount`: it gives nearly everyone points, and
    says what it says by how many.
    """

    cases: int = 0
    leads: int = 0
    mean: float = 0.0
    same: bool = False
    by_amount: bool = False


def rules_evidence(seen: Seen) -> tuple[RuleEvidence, ...]:
    """The evidence on each rule, in the order of the model."""
    reaches = _reaches(seen)
    model = seen.model
    alike = duplicates(seen)
    ids = {number: id_ for id_, number in model.numbers.items()}
    found = []
    for rule in model.rules:
        number = model.numbers[rule.id]
        one = _judged(seen, rule, reaches.get(number, _Reach()))
        twins = tuple(ids[other] for other in alike.get(number, ()))
        found.append(replace(one, duplicates=twins, says=_says(one, twins)))
    weighed = [None if one.says in NO_WEIGHT else weight_of_evidence(one.sides) for one in found]
    pairs = [(one.earned, weight) for one, weight in zip(found, weighed, strict=True)]
    return tuple(
        replace(one, from_data=points)
        for one, points in zip(found, points_from_data(pairs), strict=True)
    )


def _reaches(seen: Seen) -> Mapping[int, _Reach]:
    select = query(
        """
        SELECT p.rule, count(*), count(DISTINCT s.lead_id), sum(p.points),
          min(p.points) = max(p.points)
        FROM :points AS p JOIN :seen AS s ON s.day = p.day AND s.lead = p.lead
        GROUP BY p.rule
        """,
        points=table(POINTS),
        seen=table(SEEN),
    )
    found = {}
    for rule, cases, leads, points, constant in seen.session.rows(select):
        number, touched, people = whole_numbers((rule, cases, leads))
        same = bool(constant) and touched == seen.cases
        by_amount = touched > NEARLY_ALL * seen.cases and not same
        found[number] = _Reach(touched, people, float(str(points)) / seen.cases, same, by_amount)
    return found


def _judged(seen: Seen, rule: Rule, reach: _Reach) -> RuleEvidence:
    rows = _counted(seen, rule, reach) if reach.cases and not reach.same else []
    sides = sum((one for *_, one, _points in rows), Sides())
    with_ = proportion(sides.won_with, sides.with_)
    without = proportion(sides.won_without, sides.without)
    return RuleEvidence(
        rule,
        "never" if not reach.cases else "same" if reach.same else "unclear",
        reach.cases,
        reach.leads,
        reach.by_amount,
        sides,
        with_,
        without,
        difference(with_, without),
        odds_beyond(one for *_, one, _points in rows),
        _halves(seen, rows),
        _earned(sides, rows),
        None,
        (),
    )


_Row = tuple[int, Sides, tuple[float, float]]
"""Day, cases of one stratum, and the points of those with the rule and without it."""


def _counted(seen: Seen, rule: Rule, reach: _Reach) -> list[_Row]:
    """Cases with and without the rule, by day and by fifths of the other points."""
    more = tree("c.points > :mean", mean=decimal(reach.mean))
    has = more if reach.by_amount else tree("c.points <> 0")
    # Rounded, so that equal points from different sums stand in one stratum.
    rest = tree("round(c.total - :w * c.points, 4)", w=weight_of(seen.model, rule))
    select = query(
        """
        SELECT r.day, r.stratum, :counts FROM (
          SELECT c.day, c.won, c.points, :has AS has,
            least(floor(:strata * percent_rank() OVER (PARTITION BY c.day ORDER BY :rest)),
              :strata - 1) AS stratum
          FROM :cases AS c
        ) AS r
        GROUP BY r.day, r.stratum ORDER BY r.day, r.stratum
        """,
        counts=[
            tree("count(CASE WHEN r.has THEN 1 END)"),
            tree("count(CASE WHEN r.has AND r.won THEN 1 END)"),
            tree("count(CASE WHEN NOT r.has THEN 1 END)"),
            tree("count(CASE WHEN NOT r.has AND r.won THEN 1 END)"),
            tree("coalesce(sum(CASE WHEN r.has THEN r.points END), 0)"),
            tree("coalesce(sum(CASE WHEN NOT r.has THEN r.points END), 0)"),
        ],
        has=has,
        rest=rest,
        strata=exp.Literal.number(STRATA),
        cases=points_of(seen, rule).subquery(),
    )
    return [
        (int(str(day)), Sides(*whole_numbers(counts)), (float(str(more)), float(str(less))))
        for day, _stratum, *counts, more, less in seen.session.rows(select)
    ]


def _halves(seen: Seen, rows: Sequence[_Row]) -> tuple[Interval, ...]:
    """The lift in the earlier and in the later half of the days; none where either has few."""
    middle = len(seen.days) / 2
    halves = [
        sum((sides for day, sides, _ in rows if (day < middle) is early), Sides())
        for early in (True, False)
    ]
    if len(seen.days) < 2 or not all(half.enough for half in halves):
        return ()
    return tuple(
        difference(
            proportion(half.won_with, half.with_), proportion(half.won_without, half.without)
        )
        for half in halves
    )


def _earned(sides: Sides, rows: Sequence[_Row]) -> float:
    more, less = (sum(points[side] for *_, points in rows) for side in (0, 1))
    with_ = more / sides.with_ if sides.with_ else 0.0
    return with_ - (less / sides.without if sides.without else 0.0)


def _says(one: RuleEvidence, twins: Sequence[str]) -> Says:
    if one.says in ("never", "same"):
        return one.says
    if not one.sides.enough:
        return "too_few"
    odds = (odds_beyond([one.sides]), one.odds)
    if isinstance(one.rule, AttributeRule) and all(o.above(TOO_GOOD) for o in odds):
        return "too_good"
    seen = one.lift.above(0) - one.lift.below(0)
    # Other points alike, the rule must not look right after all: a rule that takes points off busy
    # visitors would seem to mislead only because busy visitors buy.
    beyond = (one.odds.value or 1.0) - 1
    if seen * one.earned < 0:
        return "misleads" if beyond * one.earned <= 0 else "unclear"
    if twins:
        return "duplicates"
    return "supports" if seen else "unclear"
