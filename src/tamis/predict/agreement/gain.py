"""What rules, prediction and both together give on leads whose outcome is known, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import UNKNOWN, Interval
from tamis.predict.agreement.order import How, together
from tamis.predict.examples import Numbers
from tamis.predict.suggest.fit import Outcomes

WayName = Literal["rules", "learned", "combined"]
DRAWS = 400
SEED = 20_240_229
TOP = 0.1


@dataclass(frozen=True)
class Way:
    """One way to order leads, with 95 % intervals.

    Its AUC (0 to 1), and how many times the base rate its best part converts.
    """

    name: WayName
    auc: Interval
    lift: Interval


@dataclass(frozen=True)
class Gain:
    """How much more `name` gives than `than`, on the same leads, with 95 % intervals."""

    name: WayName
    than: WayName
    auc: Interval
    lift: Interval


@dataclass(frozen=True)
class Compared:
    """The three ways, and each against those before it.

    `leads` and `conversions` are those that have both figures; intervals are unknown with fewer
    than two conversions.
    """

    ways: tuple[Way, ...]
    gains: tuple[Gain, ...]
    leads: int
    conversions: int


def compare(
    score: Numbers,
    learned: Numbers,
    outcomes: Outcomes,
    *,
    share: float = 0.5,
    how: How = "ranks",
    top: float = TOP,
    draws: int = DRAWS,
) -> Compared:
    """AUC and lift of the best `top` (0 to 1) by rules, by prediction, and by both together.

    What was learned must be told of leads that it was not learned from, or it is flattered.
    Intervals are quantiles of `draws` draws of leads with replacement (Efron, Annals of Statistics
    7, 1979), of a fixed seed; all ways see the same draws, so that a gain is told as surely as two
    orders of the same leads allow.
    """
    known = ~np.isnan(score) & ~np.isnan(learned)
    of = Outcomes(outcomes.won[known], outcomes.weight[known], outcomes.lead[known])
    values: Mapping[WayName, Numbers] = {
        "rules": score[known],
        "learned": learned[known],
        "combined": together(score[known], learned[known], share=share, how=how),
    }
    if of.conversions < 2 or of.won.all():
        nothing = tuple(Way(name, UNKNOWN, UNKNOWN) for name in values)
        return Compared(nothing, (), of.leads, of.conversions)
    tables = {name: _drawn(_Sorted(one, of.won), of, top, draws) for name, one in values.items()}
    ways = tuple(Way(name, *_intervals(table)) for name, table in tables.items())
    gains = tuple(
        Gain(one, than, *_intervals(tables[one] - tables[than]))
        for than, one in combinations(tables, 2)
    )
    return Compared(ways, gains, of.leads, of.conversions)


class _Sorted:
    """Rows from the highest value down, in groups of equal ones: sorted once for all draws."""

    def __init__(self, values: Numbers, won: NDArray[np.bool_]) -> None:
        self.order = np.argsort(-values, kind="stable")
        falling = values[self.order]
        self.starts = np.flatnonzero(np.r_[True, falling[1:] != falling[:-1]])
        self.won = won[self.order]

    def figures(self, weight: Numbers, top: float) -> tuple[float, float]:
        """The AUC and the lift of the best `top`, at weights of the rows; ties count in part."""
        ordered = weight[self.order]
        total = np.add.reduceat(ordered, self.starts)
        won = np.add.reduceat(np.where(self.won, ordered, 0.0), self.starts)
        lost = total - won
        below = lost.sum() - np.cumsum(lost) + lost / 2
        pairs = won.sum() * lost.sum()
        wanted = top * total.sum()
        taken = np.clip(wanted - (np.cumsum(total) - total), 0.0, total)
        part = np.divide(taken, total, out=np.zeros_like(total), where=total > 0)
        if pairs <= 0:
            return float("nan"), float("nan")
        lift = float(won @ part) / wanted / float(won.sum() / total.sum())
        return float(won @ below / pairs), lift


def _drawn(sorted_: _Sorted, of: Outcomes, top: float, draws: int) -> Numbers:
    """AUC and lift (draws + 1 x 2), the first row on the leads as they are."""
    figures = partial(sorted_.figures, top=top)
    random = np.random.default_rng(SEED)
    found = [figures(of.shares)]
    for _ in range(draws):
        times = np.bincount(random.integers(0, of.leads, of.leads), minlength=of.leads)
        found.append(figures(of.shares * times[of.clusters]))
    return np.array(found)


def _intervals(table: Numbers) -> tuple[Interval, Interval]:
    return _interval(table[:, 0]), _interval(table[:, 1])


def _interval(drawn: Numbers) -> Interval:
    value = float(drawn[0])
    low, high = (float(one) for one in np.nanquantile(drawn[1:], [0.025, 0.975]))
    return Interval(value, min(low, value), max(high, value))
