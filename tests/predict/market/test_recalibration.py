"""Recalibration moves the intercept as far as outcomes say."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.history.intervals import proportion
from tamis.predict.learned import Learned, Quality, Training
from tamis.predict.market.recalibration import recalibrated, shift
from tamis.predict.scoring import probability

LEARNED = Learned(
    1,
    "m",
    "won",
    "full",
    usable=True,
    intercept=-2.0,
    base_rate=proportion(100, 900),
    quality=Quality(),
    training=Training(900, 900, 100, "f", 1),
    told=(0.01, 0.04, 0.0),
)


def outcomes(count, moved, seed=1):
    random = np.random.default_rng(seed)
    z = random.normal(-2, 1, count)
    return z, random.random(count) < probability(z + moved)


def test_many_outcomes_move_the_intercept_to_where_they_are():
    z, won = outcomes(20_000, 0.8)
    after = recalibrated(LEARNED, z, won)
    assert after.intercept - LEARNED.intercept == pytest.approx(0.8, abs=0.06)
    assert probability(z + 0.8).mean() == pytest.approx(
        probability(z + after.intercept - LEARNED.intercept).mean(), abs=0.01
    )
    assert (after.parts, after.base_rate) == (LEARNED.parts, LEARNED.base_rate)


def test_few_outcomes_hardly_move_it_and_its_error_says_so():
    moves = [shift(*outcomes(15, 0.0, seed))[0] for seed in range(200)]
    free = [shift(*outcomes(15, 0.0, seed), expected=50.0)[0] for seed in range(200)]
    assert np.std(moves) < 0.5 * np.std(free)
    assert shift(*outcomes(15, 0.0))[1] == pytest.approx(0.45, abs=0.06)


def test_the_error_is_honest():
    found = []
    for seed in range(300):
        moved = np.random.default_rng(seed + 1000).normal(0, 0.5)
        value, error = shift(*outcomes(200, moved, seed))
        found.append(abs(value - moved) <= 1.96 * error)
    assert 0.92 <= np.mean(found) <= 0.98


def test_the_slopes_error_is_nought_where_the_leads_stand():
    z, won = outcomes(500, 0.0)
    after = recalibrated(LEARNED, z, won)
    _, error = shift(z, won)
    intercept, slope, both = after.told
    away = float((z - LEARNED.intercept).mean())
    assert intercept + 2 * both * away + slope * away**2 == pytest.approx(error**2)
    assert intercept + 2 * both * (away + 2) + slope * (away + 2) ** 2 > error**2


def test_leads_weigh_not_rows():
    z, won = outcomes(100, 1.0)
    twice = recalibrated(LEARNED, np.repeat(z, 2), np.repeat(won, 2), np.full(200, 0.5))
    assert twice.intercept == pytest.approx(recalibrated(LEARNED, z, won).intercept)


def test_nothing_new_changes_nothing():
    assert recalibrated(LEARNED, np.array([]), np.array([], dtype=bool)) is LEARNED
