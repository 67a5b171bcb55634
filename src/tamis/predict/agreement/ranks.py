"""Places among all leads, by which figures of different units are compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Numbers


def ranks(values: Numbers) -> Numbers:
    """The share of rows below each value, ties half: above 0, below 1. NaN stays NaN.

    >>> ranks(np.array([10.0, 30.0, 30.0, np.nan, 50.0])).tolist()
    [0.125, 0.5, 0.5, nan, 0.875]
    """
    known = ~np.isnan(values)
    found = np.full(len(values), np.nan)
    if known.any():
        _, place, counts = np.unique(values[known], return_inverse=True, return_counts=True)
        found[known] = ((np.cumsum(counts) - counts / 2) / known.sum())[place]
    return found


def rank_correlation(one: Numbers, other: Numbers) -> float | None:
    """Spearman's correlation of ranks, -1 to 1, ties at their mean rank.

    Rows of which either is NaN are left aside; null where either is the same for all.
    """
    known = ~np.isnan(one) & ~np.isnan(other)
    a, b = ranks(one[known]), ranks(other[known])
    if not len(a) or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def bound_for(values: Numbers, share: float) -> float | None:
    """The value from which on a share of the rows lies, as near as ties allow; null without rows.

    Of two bounds as near, the higher; at least one row lies there.

    >>> bound_for(np.array([1.0, 2.0, 2.0, 3.0]), 0.5)
    3.0
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    bounds, counts = np.unique(known, return_counts=True)
    shares = np.cumsum(counts[::-1])[::-1] / len(known)
    nearest = np.flatnonzero(np.isclose(np.abs(shares - share), np.abs(shares - share).min()))
    return float(bounds[nearest[-1]])


def at_least(values: Numbers, bound: float | None) -> NDArray[np.bool_]:
    """Whether each value reaches a bound; no row does without one, nor does NaN."""
    return np.zeros(len(values), dtype=bool) if bound is None else values >= bound
