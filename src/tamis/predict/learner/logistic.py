"""Penalised logistic regression on bins: all columns at once, each beside the others.

The penalty holds weights near 0 and neighbouring bins of a number column near each other (a ridge,
le Cessie and van Houwelingen, Applied Statistics 41, 1992; the differences, Eilers and Marx,
Statistical Science 11, 1996). The inverse of the curvature is how unsure the weights are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tamis.predict.examples import Numbers, Places
from tamis.predict.scoring import probability

STEPS = 30
"""At most so many Newton steps; a handful is usual."""


@dataclass(frozen=True)
class Binned:
    """A column in bins: the bin of each example, how many bins, and whether they are in order."""

    bins: Places
    size: int
    ordered: bool


def logistic(
    columns: Sequence[Binned], won: Numbers, weight: Numbers, ridge: float, smooth: float
) -> tuple[float, list[Numbers], list[Numbers]]:
    """The intercept, the weights of each column's bins and their standard errors, on the log-odds.

    `ridge` is the penalty of a squared weight, `smooth` that of a squared difference of neighbours.
    """
    design, starts = _design(columns)
    penalty = _penalty(columns, ridge, smooth)
    found = np.zeros(design.shape[1])
    rate = float(np.average(won, weights=weight))
    found[0] = np.log(rate / (1 - rate))
    value = _loss(design, won, weight, penalty, found)
    for _ in range(STEPS):
        p = probability(design @ found)
        slope = design.T @ (weight * (won - p)) - penalty @ found
        step = np.linalg.solve(_curvature(design, weight * p * (1 - p), penalty), slope)
        share = 1.0
        while (new := _loss(design, won, weight, penalty, found + share * step)) > value + 1e-9:
            share /= 2
            if share < 1e-4:
                break
        found = found + share * step
        if abs(value - new) < 1e-7 * len(won):
            break
        value = new
    p = probability(design @ found)
    inverse = np.linalg.inv(_curvature(design, weight * p * (1 - p), penalty))
    spread = np.sqrt(np.maximum(0.0, np.diag(inverse)))
    slices = [slice(a, a + one.size) for a, one in zip(starts, columns, strict=True)]
    return float(found[0]), [found[s] for s in slices], [spread[s] for s in slices]


def _design(columns: Sequence[Binned]) -> tuple[Numbers, list[int]]:
    starts = np.cumsum([1, *[one.size for one in columns]])
    rows = len(columns[0].bins) if columns else 0
    design = np.zeros((rows, int(starts[-1])))
    design[:, 0] = 1.0
    for start, one in zip(starts, columns, strict=False):
        design[np.arange(rows), start + one.bins] = 1.0
    return design, [int(start) for start in starts[:-1]]


def _penalty(columns: Sequence[Binned], ridge: float, smooth: float) -> Numbers:
    size = 1 + sum(one.size for one in columns)
    penalty = np.eye(size) * ridge
    penalty[0, 0] = 1e-9
    start = 1
    for one in columns:
        for i in range(start, start + one.size - 2 if one.ordered else start):
            penalty[i : i + 2, i : i + 2] += smooth * np.array([[1.0, -1.0], [-1.0, 1.0]])
        start += one.size
    return penalty


def _curvature(design: Numbers, weight: Numbers, penalty: Numbers) -> Numbers:
    found: Numbers = (design * weight[:, None]).T @ design + penalty
    return found


def _loss(
    design: Numbers, won: Numbers, weight: Numbers, penalty: Numbers, found: Numbers
) -> float:
    z = design @ found
    each = np.logaddexp(0.0, z) - won * z
    return float(weight @ each + 0.5 * found @ penalty @ found)
