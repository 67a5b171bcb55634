"""Calibration: the intercept and slope that make log-odds say what happened to held-out examples.

Platt, Probabilistic outputs for support vector machines, 1999; its intercept and slope are those of
a logistic regression (Cox, Biometrika 45, 1958). The covariance is clustered by lead (Liang and
Zeger, Biometrika 73, 1986).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Numbers, Places
from tamis.predict.scoring import probability


@dataclass(frozen=True)
class Calibration:
    """Log-odds become `intercept + slope * z`; `told` are the variances and the covariance."""

    intercept: float
    slope: float
    told: tuple[float, float, float]


def calibrate(z: Numbers, won: NDArray[np.bool_], weight: Numbers, lead: Places) -> Calibration:
    """The intercept and slope of log-odds `z` (with a mean near 0), by maximum likelihood."""
    design = np.column_stack([np.ones(len(z)), z])
    rate = min(max(float(np.average(won, weights=weight)), 1e-6), 1 - 1e-6)
    found = np.array([np.log(rate / (1 - rate)), 0.0])
    for _ in range(50):
        p = probability(design @ found)
        step = np.linalg.solve(_curvature(design, weight, p), design.T @ (weight * (won - p)))
        found = found + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    p = probability(design @ found)
    inverse = np.linalg.inv(_curvature(design, weight, p))
    _, who = np.unique(lead, return_inverse=True)
    pulls = (weight * (won - p))[:, None] * design
    by_lead = np.column_stack([np.bincount(who, pull) for pull in pulls.T])
    spread = inverse @ (by_lead.T @ by_lead) @ inverse
    told = (float(spread[0, 0]), float(spread[1, 1]), float(spread[0, 1]))
    return Calibration(float(found[0]), float(found[1]), told)


def intercept_for(z: Numbers, won: NDArray[np.bool_], weight: Numbers) -> float:
    """What to add to log-odds so that their mean probability is the rate that was found."""
    rate = float(np.average(won, weights=weight))
    low, high = -50.0, 50.0
    for _ in range(80):
        middle = (low + high) / 2
        if float(np.average(probability(z + middle), weights=weight)) < rate:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _curvature(design: Numbers, weight: Numbers, p: Numbers) -> Numbers:
    found: Numbers = (design * (weight * p * (1 - p))[:, None]).T @ design
    return found + 1e-9 * np.eye(design.shape[1])
