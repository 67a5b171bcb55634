"""Rolling evaluation: learn again and again, tell what comes next, with what was known then only.

Between two learnings the intercept follows the outcomes as they become known, on two levels: a slow
one (the market) and a quick one on top of it (the list that is being called). Both are means of
what was told wrongly, older outcomes counting less (exponential smoothing: Brown, Statistical
Forecasting for Inventory Control, 1959; on the log-odds as West, Harrison and Migon, JASA 80,
1985).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import Interval
from tamis.predict.examples import Examples, Numbers
from tamis.predict.learned import Learned
from tamis.predict.measures import (
    auc_interval,
    calibration_bins,
    calibration_error,
    calibration_floor,
    log_loss,
)
from tamis.predict.scoring import log_odds, probability

SLOW, QUICK = 400.0, 25.0
"""After so many outcomes, one counts half."""
HELD = 4.0
"""How strongly a level is held at nought: as much as 4 / p(1-p) outcomes would."""


@dataclass(frozen=True)
class Rolled:
    """What rolling evaluation told of each example from the first learning on.

    `places` are those of the examples told, in the order of time; `plain` is the log of the odds as
    learned, `told` with the intercept that follows; `won` what came. Figures are of `told`, pooled
    over all. `floor` is the calibration error that a calibrated model would show.
    """

    places: NDArray[np.int64]
    plain: Numbers
    told: Numbers
    won: NDArray[np.bool_]
    models: int
    auc: Interval
    plain_auc: Interval
    log_loss: float
    calibration_error: float
    floor: float


class Level:
    """The mean by which outcomes differ from what was told, on the log of the odds.

    `half` is after how many outcomes one counts half.
    """

    def __init__(self, half: float, held: float = HELD) -> None:
        self._keep, self._held = 0.5 ** (1.0 / half), held
        self._sum = self._known = 0.0

    @property
    def value(self) -> float:
        """What is to be added to the log of the odds now."""
        return self._sum / (self._known + self._held)

    def learn(self, told: float, added: float, *, won: bool) -> None:
        """An outcome became known; `told` includes `added`, what this level had added then."""
        p = float(probability(np.array([told]))[0])
        known = p * (1 - p)
        self._sum = self._sum * self._keep + (won - p) + added * known
        self._known = self._known * self._keep + known


def following(
    plain: Numbers, won: NDArray[np.bool_], known_after: NDArray[np.int64] | int = 1
) -> Numbers:
    """The log of the odds with an intercept that follows what is known, in the order of time.

    An outcome is known `known_after` examples later (1: before the next is told), one number for
    all or one for each.
    """
    count = len(plain)
    known_at = np.arange(count) + np.maximum(1, known_after)
    turn = np.argsort(known_at, kind="stable")
    slow, quick, told = Level(SLOW), Level(QUICK), plain.astype(np.float64).copy()
    added, next_ = np.zeros((count, 2)), 0
    for place in range(count):
        while next_ < count and known_at[turn[next_]] <= place:
            one = turn[next_]
            middle = plain[one] + added[one, 0]
            slow.learn(float(middle), float(added[one, 0]), won=bool(won[one]))
            quick.learn(float(middle + added[one, 1]), float(added[one, 1]), won=bool(won[one]))
            next_ += 1
        added[place] = slow.value, quick.value
        told[place] += added[place].sum()
    return told


def rolling(
    examples: Examples,
    learn: Callable[[Examples], Learned],
    *,
    every: int = 1000,
    last: int = 4000,
    known_after: NDArray[np.int64] | int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Rolled:
    """Learn on the `last` examples, tell the next `every`, and so on to the end.

    The examples of a learning must be decided before it: those not known yet (`known_after`, one
    number for all or one per example in the order of time) are left out of it. `progress` is given
    the place and the end.

    Raises: ValueError without an order, or with fewer than `last` examples.
    """
    if examples.order is None or len(examples) <= last:
        raise ValueError("rolling needs an order, and more examples than are learned from")
    turn = np.argsort(examples.order, kind="stable")
    known_at = np.arange(len(turn)) + np.maximum(1, known_after)
    plain, starts = np.full(len(turn), np.nan), range(last, len(turn), every)
    for start in starts:
        past = np.arange(start - last, start)
        learned = learn(examples.of(turn[past[known_at[past] <= start]]))
        block = turn[start : start + every]
        plain[start : start + every] = log_odds(learned, examples.of(block))
        if progress:
            progress(start, len(turn))
    won = examples.won[turn]
    after = known_after if isinstance(known_after, int) else known_after[last:]
    told = following(plain[last:], won[last:], after)
    return _rolled(turn[last:], plain[last:], told, won[last:], len(starts))


def _rolled(
    places: NDArray[np.int64], plain: Numbers, told: Numbers, won: NDArray[np.bool_], models: int
) -> Rolled:
    p = probability(told)
    bins = calibration_bins(p, won)
    return Rolled(
        places=places,
        plain=plain,
        told=told,
        won=won,
        models=models,
        auc=auc_interval(told, won),
        plain_auc=auc_interval(plain, won),
        log_loss=log_loss(p, won),
        calibration_error=calibration_error(bins),
        floor=calibration_floor(bins),
    )
