from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score

from tamis.predict import measures

DRAW = np.random.default_rng(4)
P = np.round(DRAW.random(2000), 2)
WON = DRAW.random(2000) < P


def test_figures_agree_with_those_of_scikit_learn():
    found = measures.measure(P, WON)
    assert found.auc.value == pytest.approx(roc_auc_score(WON, P))
    assert found.average_precision == pytest.approx(average_precision_score(WON, P))
    assert found.log_loss == pytest.approx(log_loss(WON, np.clip(P, 1e-12, 1 - 1e-12)))


def test_calibrated_probabilities_err_as_much_as_their_floor():
    errors, floors = [], []
    for seed in range(50):
        won = np.random.default_rng(100 + seed).random(2000) < P
        bins = measures.calibration_bins(P, won)
        errors.append(measures.calibration_error(bins))
        floors.append(measures.calibration_floor(bins))
    assert np.mean(errors) == pytest.approx(np.mean(floors), rel=0.1)


def test_bins_hold_all_examples_in_equal_counts():
    bins = measures.calibration_bins(P, WON)
    assert [one.examples for one in bins] == [200] * 10
    assert sum(one.won for one in bins) == WON.sum()


def test_lift_counts_ties_in_proportion():
    p = np.array([0.9, *[0.5] * 3, *[0.1] * 16])
    won = np.array([True, True, False, False, *[False] * 16])
    assert measures.lift(p, won) == pytest.approx((1 + 1 / 3) / 2 / 0.1)


def test_rows_of_a_lead_widen_the_interval_of_the_auc():
    once = measures.auc_interval(P, WON)
    often = measures.auc_interval(np.repeat(P, 5), np.repeat(WON, 5), np.repeat(np.arange(2000), 5))
    apart = measures.auc_interval(np.repeat(P, 5), np.repeat(WON, 5))
    assert often.value == pytest.approx(once.value)
    assert (often.low, often.high) == pytest.approx((once.low, once.high), abs=1e-4)
    assert apart.high - apart.low < often.high - often.low


def test_nothing_to_measure_gives_nulls():
    assert measures.measure(P[:0], WON[:0]).auc.value is None
    assert measures.measure(P, np.zeros(2000, dtype=bool)).lift is None
