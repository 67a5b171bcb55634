"""Whether there is a signal at all: when in doubt, the base rate."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np

from tamis.history.intervals import SURE, Interval
from tamis.predict.examples import Examples, Numbers, Places
from tamis.predict.measures import auc_interval, losses
from tamis.predict.scoring import probability

STRICTER = 2.75
"""Standard errors that must lie between the AUC and 0.5: on noise 1 learning in 300 passes."""


def signal(
    ranked: Numbers,
    told: Numbers,
    base: Numbers,
    examples: Examples,
    *,
    time: Places,
    gain: float = 1.0,
) -> bool:
    """Whether held-out log-odds say more than the base rate does.

    `ranked` are log-odds that need no calibration, `told` calibrated ones and `base` those of the
    base rate. Both must hold: the AUC lies clearly above 0.5 among examples of the same time, and
    the log-loss taken off lies `gain` standard errors above 0.
    """
    found = auc_interval(ranked, examples.won, examples.lead, time)
    return clearly(found) and _gains(told, base, examples, gain)


def clearly(found: Interval, least: float = 0.5) -> bool:
    """Whether all of a wider interval of the AUC lies above `least`."""
    if found.value is None or found.low is None:
        return False
    if not 0 < found.value < 1 or found.low <= 0:
        return found.above(least)
    middle = log(found.value / (1 - found.value))
    reach = (middle - log(found.low / (1 - found.low))) * STRICTER / SURE
    return 1 / (1 + exp(reach - middle)) > least


def _gains(told: Numbers, base: Numbers, examples: Examples, gain: float) -> bool:
    won = examples.won
    off = examples.weight * (losses(probability(base), won) - losses(probability(told), won))
    _, who = np.unique(examples.lead, return_inverse=True)
    by_lead = np.bincount(who, off)
    total = float(by_lead.sum())
    return total > gain * sqrt(float(((by_lead - by_lead.mean()) ** 2).sum()))
