"""The false alarms that a year may bring, shared among all tests; and when a change began."""

from __future__ import annotations

from math import log

import numpy as np

from tamis.predict.market.baseline import Baseline
from tamis.predict.market.weeks import KEPT, Week

PER_YEAR = 0.5
"""False alarms a year that the tests may bring, all together."""
WEEKS_A_YEAR = 365.25 / 7
WINDOWS = (1, 2, 4, KEPT)
"""Weeks that are held against the baseline: short ones see a jump soon, long ones a slow drift."""


def streams(baseline: Baseline) -> int:
    """How many things are watched, among which the false alarms of a year are shared.

    Each field, the new values of each text field, the score, the base rate, two calibrations.
    """
    return len(baseline.fields) + sum(bool(field.known) for field in baseline.fields) + 4


def a_year(baseline: Baseline, tests: int, p: float) -> float:
    """How many alarms a year chance alone brings, if those as unlikely as `p` are raised."""
    return min(1.0, p * tests * streams(baseline) * len(WINDOWS) * WEEKS_A_YEAR)


def windows(weeks: tuple[Week, ...]) -> tuple[int, ...]:
    """The windows, in weeks, that the weeks so far fill; the longest as far as they go."""
    return tuple(sorted({min(window, len(weeks)) for window in WINDOWS}))


def since_when(rows: list[tuple[int, int]], before: float) -> int:
    """The week from which a share most probably differs: the place in `rows` of (yes, of).

    The maximum of the likelihood over all starts (Page, Biometrika 41, 1954; Hinkley, Biometrika
    57, 1970), the share before being the baseline's.
    """
    p = min(max(before, 1e-4), 1 - 1e-4)
    gains = [_gain(rows[start:], p) for start in range(len(rows))]
    return int(np.argmax(gains))


def _gain(rows: list[tuple[int, int]], p: float) -> float:
    yes, of = sum(one for one, _ in rows), sum(one for _, one in rows)
    if not of:
        return 0.0
    q = min(max(yes / of, 1e-9), 1 - 1e-9)
    return yes * log(q / p) + (of - yes) * log((1 - q) / (1 - p))
