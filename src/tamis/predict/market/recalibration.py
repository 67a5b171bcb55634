"""Recalibration: the same parts, another intercept, because the base rate moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Numbers
from tamis.predict.learned import Learned
from tamis.predict.scoring import probability

EXPECTED = 0.5
"""How far an intercept moves as a rule, in log-odds: what few outcomes say is drawn to nought."""


def shift(
    log_odds: Numbers,
    won: NDArray[np.bool_],
    weight: Numbers | None = None,
    *,
    expected: float = EXPECTED,
) -> tuple[float, float]:
    """By how much the log of the odds should move, and the standard error of that.

    The maximum of the likelihood times a normal with the spread `expected` around no move.
    """
    weights = np.ones(len(won)) if weight is None else weight
    move, held = 0.0, 1.0 / expected**2
    for _ in range(25):
        p = probability(log_odds + move)
        known = float((weights * p * (1 - p)).sum()) + held
        step = (float((weights * (won - p)).sum()) - held * move) / known
        move += max(-1.0, min(1.0, step))
        if abs(step) < 1e-10:
            break
    p = probability(log_odds + move)
    return move, float(1 / np.sqrt((weights * p * (1 - p)).sum() + held))


def recalibrated(
    learned: Learned,
    log_odds: Numbers,
    won: NDArray[np.bool_],
    weight: Numbers | None = None,
    *,
    expected: float = EXPECTED,
) -> Learned:
    """The model with its intercept moved to what came of leads that it was not learned from.

    `log_odds` is what the model tells of each, `won` what came; `weight` adds up to as many as
    there are leads (null: all 1). Parts, order of leads and the base rate that reads as 50 stay as
    they are. The intercept's error becomes that of the recalibration; what the slope adds to it is
    nought where these leads stand on average, and grows away from there.
    """
    if not len(won):
        return learned
    move, error = shift(log_odds, won, weight, expected=expected)
    away = float(np.average(log_odds - learned.intercept, weights=weight))
    _, slope, _ = learned.told
    told = (error**2 + slope * away * away, slope, -slope * away)
    return replace(learned, intercept=learned.intercept + move, told=told)
