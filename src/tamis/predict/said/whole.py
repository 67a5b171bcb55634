"""A learned model in whole points: the same parts, each group's weight a whole number of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from tamis.predict.examples import Examples, Numbers
from tamis.predict.learned import PER_LOG_ODDS, Group, Learned, Pair, Part
from tamis.predict.scoring import base_log_odds, log_odds, probability

STEPS = 30


def in_whole_points(learned: Learned, examples: Examples | None = None) -> Learned:
    """The model with whole points, of groups, pairs and of where every lead begins.

    Of examples the beginning is set so that as many are told to be won as were, to half a point.
    """
    rounded = replace(
        learned,
        parts=tuple(joined(_part(part)) for part in learned.parts),
        pairs=tuple(_pair(pair) for pair in learned.pairs),
    )
    return begun(rounded, examples)


def whole(weight: float) -> float:
    """The weight of a whole number of points, nearest to a weight; halves away from zero."""
    points = np.floor(abs(weight) * PER_LOG_ODDS + 0.5)
    return float(np.copysign(points / PER_LOG_ODDS, weight)) if points else 0.0


def begun(learned: Learned, examples: Examples | None) -> Learned:
    """The model with an intercept of whole points above or below the base rate's."""
    intercept = learned.intercept
    if examples is not None and 0 < examples.base_rate < 1:
        intercept += _shift(log_odds(learned, examples), examples)
    base = base_log_odds(learned)
    return replace(learned, intercept=base + whole(intercept - base))


def _shift(z: Numbers, examples: Examples) -> float:
    """What to add to log-odds so that the probabilities add up to the wins (Newton's steps)."""
    weight, shift = examples.weight, 0.0
    won = float(weight[examples.won].sum())
    for _ in range(STEPS):
        p = probability(z + shift)
        slope = float((weight * p * (1 - p)).sum())
        if slope <= 0:
            break
        step = (won - float((weight * p).sum())) / slope
        shift += min(max(step, -2.0), 2.0)
    return shift


def _part(part: Part) -> Part:
    return replace(part, groups=tuple(replace(g, weight=whole(g.weight)) for g in part.groups))


def _pair(pair: Pair) -> Pair:
    return replace(pair, weights=tuple(tuple(map(whole, row)) for row in pair.weights))


def joined(part: Part) -> Part:
    """The part with groups of one weight made one, where a rule says them together."""
    special = [g for g in part.groups if g.missing or g.otherwise]
    others = [g for g in part.groups if not (g.missing or g.otherwise)]
    if part.kind == "number":
        together = [_one(list(same)) for _, same in groupby(others, key=lambda g: g.weight)]
        return replace(part, groups=(*together, *special))
    any_other = next((g for g in special if g.otherwise), None)
    told = [g for g in others if any_other is None or g.weight != any_other.weight]
    if any_other is not None:
        rest = [any_other, *(g for g in others if g not in told)]
        special = [_one(rest) if g.otherwise else g for g in special]
    ordered = sorted(told, key=lambda g: -g.weight)
    together = [_one(list(same)) for _, same in groupby(ordered, key=lambda g: g.weight)]
    return replace(part, groups=(*together, *special))


def _one(groups: Sequence[Group]) -> Group:
    """Groups as one: the first says which, of texts all values do unless it is any other."""
    first = groups[0]
    values = () if first.otherwise else tuple(v for group in groups for v in group.values)
    return replace(
        first,
        values=values,
        spread=max(group.spread for group in groups),
        rows=sum(group.rows for group in groups),
        won=sum(group.won for group in groups),
    )
