"""How good told probabilities are: AUC with its interval, log-loss, calibration, lift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import (
    UNKNOWN,
    Deviations,
    Interval,
    Ranking,
    auc,
    day_weights,
    ranking,
    together,
)
from tamis.predict.examples import Numbers, Places
from tamis.predict.learned import Bin, Quality

BINS = 10
"""Equal-count bins of the calibration curve."""
Flags = NDArray[np.bool_]


def measure(
    p: Numbers,
    won: Flags,
    *,
    weight: Numbers | None = None,
    lead: Places | None = None,
    base: float | Numbers | None = None,
    time: Places | None = None,
    how: Literal["folds", "later", "none"] = "folds",
) -> Quality:
    """The quality of probabilities `p` (0 to 1) on examples that they were not learned from.

    With `time`, the AUC compares examples of the same time alone.
    `base` is the base rate of what was learned from; by default that of the examples themselves.
    """
    if not len(p):
        return Quality(how=how)
    weight = np.ones(len(p)) if weight is None else weight
    lead = np.arange(len(p)) if lead is None else lead
    rate = float(np.average(won, weights=weight)) if base is None else base
    told = calibration_bins(p, won)
    return Quality(
        how,
        len(p),
        len(np.unique(lead[won])),
        auc_interval(p, won, lead, time),
        log_loss(p, won, weight),
        log_loss(np.broadcast_to(np.asarray(rate, dtype=np.float64), p.shape), won, weight),
        calibration_error(told),
        calibration_floor(told),
        average_precision(p, won),
        lift(p, won),
    )


def log_loss(p: Numbers, won: Flags, weight: Numbers | None = None) -> float:
    """The mean of minus the log of what was told of what happened, in nats; weighted."""
    return float(np.average(losses(p, won), weights=weight))


def losses(p: Numbers, won: Flags) -> Numbers:
    """The log-loss of each example, in nats; probabilities are held a trillionth off 0 and 1."""
    held = np.clip(np.where(won, p, 1 - p), 1e-12, 1.0)
    found: Numbers = -np.log(held)
    return found


def calibration_bins(p: Numbers, won: Flags, bins: int = BINS) -> tuple[Bin, ...]:
    """Equal-count bins by rising probability; fewer than `bins` where there are fewer examples."""
    order = np.argsort(p, kind="stable")
    parts = [one for one in np.array_split(order, bins) if len(one)]
    return tuple(Bin(len(one), float(p[one].mean()), int(won[one].sum())) for one in parts)


def calibration_error(bins: tuple[Bin, ...]) -> float:
    """The mean absolute difference of told and found rates, weighted by examples, 0 to 1."""
    total = sum(one.examples for one in bins)
    return sum(abs(one.told * one.examples - one.won) for one in bins) / total if total else 0.0


def calibration_floor(bins: tuple[Bin, ...]) -> float:
    """What a perfectly calibrated model would show: the expected error by chance alone.

    The wins of a bin are then near a normal distribution around what was told, whose mean absolute
    deviation is sqrt(2 / pi) of its standard deviation.
    """
    total = sum(one.examples for one in bins)
    spreads = [np.sqrt(one.examples * one.told * (1 - one.told)) for one in bins]
    return float(np.sqrt(2 / np.pi) * sum(spreads) / total) if total else 0.0


def average_precision(p: Numbers, won: Flags) -> float | None:
    """The mean, over won examples, of the share won among those told at least as much; 0 to 1."""
    if not won.any():
        return None
    order = np.argsort(-p, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(p[order])), len(p) - 1)
    found = np.cumsum(won[order])[ends]
    gained = np.diff(found, prepend=0)
    return float((gained * found / (ends + 1)).sum() / won.sum())


def lift(p: Numbers, won: Flags, share: float = 0.1) -> float | None:
    """How many times the base rate the best `share` converts; ties weigh in proportion."""
    if not won.any():
        return None
    count = max(1.0, share * len(p))
    edge = np.sort(p)[::-1][int(np.ceil(count)) - 1]
    above, at = p > edge, p == edge
    part = (count - above.sum()) / at.sum()
    return float((won[above].sum() + part * won[at].sum()) / count / won.mean())


def auc_interval(
    z: Numbers, won: Flags, lead: Places | None = None, time: Places | None = None
) -> Interval:
    """The AUC of `z` with its 95 % interval, rows of one lead taken together.

    With `time`, only examples of the same time are compared, so that a rate that moves with time
    is no merit of `z`; a time at which all, or nothing, was won says nothing.
    """
    lead = np.arange(len(z)) if lead is None else lead
    time = np.zeros(len(z), dtype=np.int64) if time is None else time
    times = [_Time.of(z, won, np.flatnonzero(time == one)) for one in np.unique(time)]
    whole = together([one.ranked for one in times])
    if whole.auc is None:
        return UNKNOWN
    pairs = sum(one.ranked.won * one.ranked.lost for one in times)
    far = np.zeros(len(z))
    for one in times:
        if one.ranked.auc is not None:
            far[one.rows] = one.far(won, whole.auc, day_weights(one.ranked, whole, pairs))
    return auc(whole, _deviations(far, won, lead))


@dataclass(frozen=True)
class _Time:
    """The rows of one time, and the share of the other outcome that each stands beyond."""

    rows: Places
    ranked: Ranking
    beyond: Numbers

    @classmethod
    def of(cls, z: Numbers, won: Flags, rows: Places) -> _Time:
        values, place = np.unique(z[rows], return_inverse=True)
        wins = np.bincount(place, won[rows], len(values))
        fails = np.bincount(place, ~won[rows], len(values))
        counts = zip(values.tolist(), wins.astype(int), fails.astype(int), strict=True)
        ranked = ranking((value, int(w), int(n)) for value, w, n in counts)
        lost_below = (np.cumsum(fails) - fails / 2) / max(1, ranked.lost)
        won_above = (ranked.won - np.cumsum(wins) + wins / 2) / max(1, ranked.won)
        return cls(rows, ranked, np.where(won[rows], lost_below[place], won_above[place]))

    def far(self, won: Flags, middle: float, weights: tuple[float, float]) -> Numbers:
        """How far each row's place is from the AUC of all, as it weighs among all times."""
        found: Numbers = (self.beyond - middle) * np.where(won[self.rows], *weights)
        return found


def _deviations(far: Numbers, won: Flags, lead: Places) -> Deviations:
    _, who = np.unique(lead, return_inverse=True)
    up, down = np.bincount(who, np.where(won, far, 0.0)), np.bincount(who, np.where(won, 0.0, far))
    with_won, with_lost = np.bincount(who, won) > 0, np.bincount(who, ~won) > 0
    return Deviations(
        float(up @ up),
        float(down @ down),
        float(up @ down),
        int(with_won.sum()),
        int(with_lost.sum()),
        len(up),
    )
