"""The points that the outcomes support for each of the user's own rules, beside today's."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import exp
from typing import Literal

import numpy as np

from tamis.history.evidence_figures import ENOUGH
from tamis.history.intervals import SURE, UNKNOWN, Interval
from tamis.model.editing.tree import Path
from tamis.model.load_rules import LIMIT
from tamis.model.spec import Model
from tamis.predict.examples import Numbers
from tamis.predict.suggest.fit import Outcomes, fit
from tamis.predict.suggest.ignored import LEARNED
from tamis.predict.suggest.shares import converted
from tamis.predict.suggest.units import Per, Unit, units_of
from tamis.predict.suggest.weights import Kept, kept, weight_of

Says = Literal["supports", "more", "less", "none", "against", "too_few"]
"""What the outcomes say of points: they lie in the interval (`supports`), the interval lies beyond
them (`more`), between none and them (`less`), holds no points at all (`none`) or lies on the other
side (`against`); or too few leads say anything (`too_few`).
"""
CHANGING: tuple[Says, ...] = ("more", "less", "against")
"""Verdicts after which other points are worth a draft."""
NEARLY_ALL = 0.95
"""A unit that a larger share of the rows has is judged by how much of it they have."""


NONE = Decimal(0)


@dataclass(frozen=True)
class Suggestion:
    """Points of the model's file, and those that the outcomes support.

    `today` and `interval` are in the rule's own points, once, per event or for a level; `points`
    is the interval's value as a whole number. Both are null, the interval unknown, when too few
    leads say anything. `odds` is how many times (once, or one event, or the level) it multiplies
    the odds of winning, all other rules alike. `leads` had it on some row, `won` of them on a row
    with a win; `conversion` is the weighted share of their rows that were won. `kept` says why it
    is not to be changed. `edits` are the changes of the file (path, value); empty where it is kept
    or not known.
    """

    rule: str
    dimension: str
    per: Per
    level: str
    today: float
    points: int | None
    interval: Interval
    odds: Interval
    leads: int
    won: int
    conversion: Interval
    says: Says
    kept: Kept
    edits: tuple[tuple[Path, str], ...]

    @property
    def is_worth_a_draft(self) -> bool:
        """Whether the outcomes ask for other points and nothing forbids them."""
        return self.says in CHANGING and bool(self.edits)


@dataclass(frozen=True)
class Suggested:
    """Suggestions in the order of the model.

    `scale` is how many points of the score stand for 1 on the log of the odds: with it the rules
    judged here give together as many points as they do today; null when none could be judged.
    `exclude` is the model's condition on leads that get no score, which is never touched.
    """

    suggestions: tuple[Suggestion, ...]
    scale: float | None
    leads: int
    conversions: int
    exclude: str | None


def suggest(
    model: Model,
    rules: Sequence[str],
    points: Numbers,
    outcomes: Outcomes,
    *,
    locked: Collection[str] = (),
) -> Suggested:
    """The points that the outcomes support, for each amount of points that the file names.

    `points` (rows x rules) are what each rule gave each row, after its cap; `rules` are the ids of
    its columns. Rules of `locked` are judged and never changed; those of the dimension
    `learned`, which outcomes wrote, are left out. Raises: KeyError for a rule that
    the model does not have.
    """
    units = units_of(model, rules, points)
    units = tuple(one for one in units if one.rule.dimension != LEARNED)
    fitted = _fitted(units, outcomes)
    judged = [
        interval_of(weight, error) if _has_enough(unit, outcomes) else UNKNOWN
        for unit, weight, error in zip(units, *fitted, strict=True)
    ]
    scale = _scale(model, units, judged, outcomes)
    found = tuple(
        _suggestion(_Judged(model, unit, weight, scale), outcomes, locked)
        for unit, weight in zip(units, judged, strict=True)
    )
    exclude = model.exclude.text if model.exclude else None
    return Suggested(found, scale, outcomes.leads, outcomes.conversions, exclude)


def _fitted(units: Sequence[Unit], outcomes: Outcomes) -> tuple[Numbers, Numbers]:
    """The log-odds of one of each unit, and their errors.

    All units go in at once, so that rules on the same leads share what these tell.
    """
    nothing = np.zeros(len(units))
    if not units or not outcomes.won.any() or outcomes.won.all():
        return nothing, nothing
    typical = np.array([_typical(unit) for unit in units])
    columns = np.column_stack([unit.values for unit in units]) / typical
    fitted = fit(columns, outcomes, np.ones(len(units)))
    return fitted.weights / typical, fitted.errors / typical


def _typical(unit: Unit) -> float:
    """The mean amount of those who have it: the belief before the outcomes is about so much."""
    return float(np.abs(unit.values[unit.seen]).mean()) if unit.seen.any() else 1.0


def _has_enough(unit: Unit, outcomes: Outcomes) -> bool:
    """Whether 5 wins, and 5 losses, were to be expected on either side if it said nothing."""
    side = unit.seen
    if len(side) and side.mean() > NEARLY_ALL:
        side = unit.values > unit.values.mean()
    leads, won = outcomes.leads, outcomes.conversions
    smaller = min(len(np.unique(outcomes.lead[of])) for of in (side, ~side))
    return leads > 0 and smaller * min(won, leads - won) / leads >= ENOUGH


def _scale(
    model: Model, units: Sequence[Unit], weights: Sequence[Interval], of: Outcomes
) -> float | None:
    """Points of the score for 1 on the log of the odds, so that the points given stay as many."""
    given = told = 0.0
    for unit, weight in zip(units, weights, strict=True):
        if weight.value is not None and not kept(model, unit.rule, ()):
            amount = float((of.shares * np.abs(unit.values)).sum())
            today = float(unit.today - unit.base) * weight_of(model, unit.rule.dimension)
            given, told = given + amount * abs(today), told + amount * abs(weight.value)
    return given / told if told > 0 and given > 0 else None


def interval_of(weight: float, error: float) -> Interval:
    """The 95 % interval of a weight by its standard error."""
    return Interval(float(weight), float(weight - SURE * error), float(weight + SURE * error))


@dataclass(frozen=True)
class _Judged:
    """A unit and its weight on the log of the odds, unknown where too few leads say anything."""

    model: Model
    unit: Unit
    weight: Interval
    scale: float | None

    @property
    def moved(self) -> Interval:
        """The points of the rule beyond those of its base that the weight stands for."""
        if self.scale is None:
            return UNKNOWN
        by = self.scale / weight_of(self.model, self.unit.rule.dimension)
        return each(self.weight, lambda one: one * by)


def _suggestion(one: _Judged, outcomes: Outcomes, locked: Collection[str]) -> Suggestion:
    unit, moved, base = one.unit, one.moved, float(one.unit.base)
    points = None if moved.value is None else whole(moved, unit.base)
    why = kept(one.model, unit.rule, locked)
    leads, won, conversion = converted(unit.seen, outcomes)
    return Suggestion(
        rule=unit.rule.id,
        dimension=unit.rule.dimension,
        per=unit.per,
        level=unit.level,
        today=float(unit.today),
        points=points,
        interval=each(moved, lambda one: one + base),
        odds=each(one.weight, exp),
        leads=leads,
        won=won,
        conversion=conversion,
        says=_says(float(unit.today - unit.base), moved),
        kept=why,
        edits=() if points is None or why else _edits(unit, points),
    )


def _says(today: float, data: Interval) -> Says:
    """The verdict on points by the interval of those that the outcomes give."""
    if data.low is None or data.high is None:
        return "too_few"
    if data.holds(0):
        return "none"
    if data.low * today < 0:
        return "against"
    if data.holds(today):
        return "supports"
    return "more" if min(abs(data.low), abs(data.high)) > abs(today) else "less"


def each(interval: Interval, change: Callable[[float], float]) -> Interval:
    """The interval in another unit: `change` rises or falls throughout; unknown stays unknown."""
    if interval.value is None or interval.low is None or interval.high is None:
        return UNKNOWN
    low, high = sorted((change(interval.low), change(interval.high)))
    return Interval(change(interval.value), low, high)


def whole(moved: Interval, base: Decimal = NONE) -> int:
    """Whole points, half away from zero; what surely is not nothing is at least one point."""
    assert moved.value is not None
    points = int((Decimal(str(moved.value)) + base).quantize(Decimal(1), ROUND_HALF_UP))
    if points == base and not moved.holds(0):
        points = int(base) + (1 if moved.value > 0 else -1)
    return max(-LIMIT, min(LIMIT, points))


def _edits(unit: Unit, points: int) -> tuple[tuple[Path, str], ...]:
    """The changes of the file; the cap of a rule per event moves along, at as many events."""
    changes = [(path, str(points)) for path in unit.paths]
    cap, today = unit.rule.cap, unit.today
    if unit.per == "event" and cap and today and points:
        along = (cap * abs(Decimal(points) / today)).quantize(Decimal(1), ROUND_HALF_UP)
        changes.append(((*unit.paths[0][:-1], "cap"), str(max(1, min(LIMIT, int(along))))))
    return tuple(changes)
