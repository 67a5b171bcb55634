"""How good told probabilities are; worked out here, apart from the learner that is judged."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Numbers

BINS = 10
DRAWS = 200
SEED = 2026
Won = NDArray[np.bool_]


def figures(told: Numbers, won: Won) -> Mapping[str, float]:
    """AUC, average precision, log-loss (nats), excess calibration error and lift at 10 %."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    return {
        "AUC": float(roc_auc_score(won, told)),
        "AP": float(average_precision_score(won, told)),
        "log-loss": log_loss(told, won),
        "excess": calibration_error(told, won) - floor(told),
        "lift": lift(told, won),
    }


def log_loss(told: Numbers, won: Won) -> float:
    """The mean, in nats; probabilities are kept within a millionth of 0 and 1."""
    kept = np.clip(told, 1e-6, 1 - 1e-6)
    return float(-np.mean(np.where(won, np.log(kept), np.log(1 - kept))))


def calibration_error(told: Numbers, won: Won | Numbers) -> float:
    """The mean absolute difference of told and found rates over ten bins of equal count."""
    bins = np.array_split(np.argsort(told, kind="stable"), BINS)
    apart = [abs(told[one].mean() - won[one].mean()) * len(one) for one in bins if len(one)]
    return float(np.sum(apart) / len(told))


def floor(told: Numbers) -> float:
    """What these probabilities would show if each were exactly true: the mean of 200 draws."""
    drawn = np.random.default_rng(SEED)
    errors = [calibration_error(told, drawn.random(len(told)) < told) for _ in range(DRAWS)]
    return float(np.mean(errors))


def lift(told: Numbers, won: Won, share: float = 0.1) -> float:
    """How many times the base rate the best tenth converts; ties in the order given."""
    best = np.argsort(-told, kind="stable")[: max(1, int(len(told) * share))]
    return float(won[best].mean() / won.mean()) if won.any() else 0.0
