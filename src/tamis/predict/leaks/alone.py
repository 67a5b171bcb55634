"""What one column tells of the outcome by itself, on examples that it was not learned from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import UNKNOWN, Interval, proportion
from tamis.predict.examples import Column, Examples, Numbers, Places
from tamis.predict.measures import auc_interval

FOLDS = 5
PRIOR = 10.0
"""So many examples at the base rate are added to each group."""
CUTS = 50
"""Numbers are cut into so many groups of equal count; fewer where values repeat."""
FEWEST = 30
"""A group of fewer examples is not asked whether all or none of it was won."""


def groups_of(column: Column, most: int = CUTS) -> tuple[Places, list[str]]:
    """The group of each example, and the groups' names; what is missing is one, named empty."""
    missing = column.missing
    if column.kind == "text":
        texts = ["" if v is None else str(v) for v in column.values]
        names = sorted({"", *texts})
        number = {name: place for place, name in enumerate(names)}
        return np.array([number[one] for one in texts], dtype=np.int64), names
    values = column.values.astype(np.float64)
    known = np.unique(values[~missing])
    bounds = known
    if len(known) > most:
        bounds = np.unique(np.quantile(values[~missing], np.arange(most) / most, method="lower"))
    place = np.searchsorted(bounds, values, side="right")
    place[missing] = 0
    return place.astype(np.int64), ["", *(f"{bound:g}" for bound in bounds)]


def told(place: Places, hits: NDArray[np.bool_], lead: Places, weight: Numbers) -> Numbers:
    """The rate of each example's group among leads of other folds, shrunken towards that of all.

    Leads go into folds by their number: the same examples, the same folds.
    """
    found = np.zeros(len(place))
    groups, fold = int(place.max(initial=0)) + 1, lead % FOLDS
    for one in range(FOLDS):
        there, here = fold != one, fold == one
        won = np.bincount(place[there], (weight * hits)[there], groups)
        of = np.bincount(place[there], weight[there], groups)
        base = won.sum() / of.sum() if of.sum() else 0.0
        found[here] = ((won + PRIOR * base) / (of + PRIOR))[place[here]]
    return found


def alone(examples: Examples, column: Column) -> Interval:
    """The AUC (0 to 1) of a column by itself, out of fold, with its interval."""
    if not examples.won.any() or examples.won.all():
        return UNKNOWN
    place, _ = groups_of(column)
    rate = told(place, examples.won, examples.lead, examples.weight)
    return auc_interval(rate, examples.won, examples.lead)


def decided(examples: Examples, column: Column, nearly: float) -> tuple[float, tuple[str, ...]]:
    """The share of examples whose values were surely nearly all won, or nearly none; the values.

    Nearly all is above `nearly`, nearly none below 1 - `nearly`, with the whole 95 % interval. A
    side that the base rate is close to by itself does not count. What is missing is no value.
    """
    place, names = groups_of(column, CUTS // 2)
    rows = np.bincount(place, minlength=len(names))
    won = np.bincount(place, examples.won, len(names))
    base, counted = examples.base_rate, []
    for group in np.flatnonzero(rows >= FEWEST):
        rate = proportion(float(won[group]), float(rows[group]))
        all_, none = base <= 0.8 and rate.above(nearly), base >= 0.2 and rate.below(1 - nearly)
        if names[group] and (all_ or none):
            counted.append(int(group))
    counted.sort(key=lambda group: -int(rows[group]))
    share = float(rows[counted].sum() / len(place)) if counted else 0.0
    return share, tuple(names[group] for group in counted[:3])
