"""What two columns add together beyond their parts: kept only where held-out leads say it pays.

A pair is a table of log-odds, one step of Newton's method from what the parts say, held near 0. It
is learned from four folds and judged on the fifth, in turn; of all pairs tried the best is taken if
what it earns stands far above its error, then the next beside it. Where the columns are cut is
known from all leads, which flatters a pair a little: one more reason to ask for much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from tamis.predict.examples import Examples, Numbers, Places
from tamis.predict.learned import Pair, Part
from tamis.predict.measures import losses
from tamis.predict.scoring import places, probability

MOST = 3
"""At most so many pairs."""
COLUMNS = 8
"""Pairs are tried of so many columns, those whose parts say the most."""
AXIS = 5
"""A column is cut into so many groups for a table, beside `otherwise` and what is missing."""
HELD = 5.0
"""How much a cell is held near 0: as that much of p (1 - p) without any news."""
SURE = 3.5
"""Standard errors that must lie between what a pair earns and 0: some 28 are tried."""
LEAST = 0.0005
"""Log-loss (nats per example) that a pair takes off at least."""


@dataclass(frozen=True)
class Tried:
    """A pair, what it earns on held-out leads with its error, and what it tells each of them."""

    pair: Pair
    earns: float
    error: float
    told: Numbers


def earning_pairs(
    axes: Sequence[Part], told: Numbers, examples: Examples, fold: Places
) -> tuple[tuple[Pair, ...], Numbers]:
    """The pairs that earn their place, and what they tell each held-out example together.

    `axes` are parts of few groups, `told` calibrated log-odds of examples by models that did not
    see them, `fold` the folds by which that was so.
    """
    found: list[Pair] = []
    added = np.zeros(len(told))
    left = [one for one in combinations(axes, 2) if _can_be_said(*one)]
    while left and len(found) < MOST:
        tried = [_tried(first, second, told + added, examples, fold) for first, second in left]
        best = max(tried, key=lambda one: one.earns)
        if best.earns < LEAST or best.earns < SURE * best.error:
            break
        found.append(best.pair)
        added = added + best.told
        left = [one for one in left if one != (best.pair.first, best.pair.second)]
    return tuple(found), added


def _can_be_said(first: Part, second: Part) -> bool:
    """Whether rules can: a rule asks one question of events, under a condition on the lead."""
    forms = [one.said_by.form if one.said_by else "field" for one in (first, second)]
    return "field" in forms


def _tried(first: Part, second: Part, told: Numbers, examples: Examples, fold: Places) -> Tried:
    across = len(second.groups)
    cell = places(first, examples.column(first.column)) * across
    cell = cell + places(second, examples.column(second.column))
    size = len(first.groups) * across
    added = np.zeros(len(told))
    for one in np.unique(fold):
        out = fold == one
        added[out] = _table(cell[~out], size, told[~out], examples.of(~out))[cell[out]]
    off = examples.weight * (
        losses(probability(told), examples.won) - losses(probability(told + added), examples.won)
    )
    _, who = np.unique(examples.lead, return_inverse=True)
    by_lead = np.bincount(who, off)
    error = float(np.sqrt(((by_lead - by_lead.mean()) ** 2).sum()) / len(told))
    weights = _table(cell, size, told, examples).reshape(len(first.groups), across)
    rows = tuple(tuple(round(float(w), 6) for w in row) for row in weights)
    earns = float(off.sum()) / len(told)
    return Tried(Pair(first, second, rows, round(earns, 8)), earns, error, added)


def _table(cell: Places, size: int, told: Numbers, examples: Examples) -> Numbers:
    """The log-odds of each cell beside what was told."""
    p = probability(told)
    news = np.bincount(cell, examples.weight * (examples.won - p), size)
    known = np.bincount(cell, examples.weight * p * (1 - p), size)
    found: Numbers = np.clip(news / (known + HELD), -2.0, 2.0)
    return found


def strongest(parts: Sequence[Part], examples: Examples) -> Iterator[Part]:
    """The parts whose weights differ most from example to example."""

    def differ(part: Part) -> float:
        weights = np.array([group.weight for group in part.groups])
        return float(weights[places(part, examples.column(part.column))].std())

    yield from sorted(parts, key=differ, reverse=True)[:COLUMNS]


def axis(part: Part) -> Part:
    """A part as an axis of a table: where the groups are cut, without their weights."""
    return replace(
        part, groups=tuple(replace(g, weight=0.0, spread=0.0) for g in part.groups), earns=None
    )
