"""A challenger takes over when it is better by a margin, and not by luck."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.predict.market.challenger import challenge
from tamis.predict.scoring import probability


def told(count, seed=0, *, champion=1.0, challenger=1.0, rows=1):
    """Log-odds of two models with so much noise on the truth, and what came."""
    random = np.random.default_rng(seed)
    truth = random.normal(-1.5, 1.2, count)
    won = random.random(count) < probability(truth)
    one, other = (truth + random.normal(0, noise, count) for noise in (champion, challenger))
    return (*(np.repeat(x, rows) for x in (one, other, won)), np.repeat(np.arange(count), rows))


def test_one_that_knows_more_is_better():
    verdict = challenge(*told(3000, champion=1.2, challenger=0.3))
    assert verdict.found == "better"
    assert verdict.gain.low > verdict.margin
    assert verdict.auc.low > 0


def test_one_that_knows_less_is_not():
    assert challenge(*told(3000, champion=0.3, challenger=1.2)).found == "not_better"


def test_few_conversions_say_nothing_yet():
    one, other, won, lead = told(100, champion=2.0, challenger=0.1)
    verdict = challenge(one, other, won, lead)
    assert verdict.found == "too_few"
    assert verdict.conversions + verdict.more == 40


def test_an_open_question_says_how_many_more_are_needed():
    one, other, won, lead = told(400, 3, champion=0.7, challenger=0.5)
    verdict = challenge(one, other, won, lead)
    assert verdict.found == "too_few"
    assert 1 <= verdict.more <= 10_000


def test_a_lead_with_many_rows_is_one_draw():
    one, many = challenge(*told(500, 5)), challenge(*told(500, 5, rows=6))
    assert many.gain.value == pytest.approx(one.gain.value)
    assert many.gain.low == pytest.approx(one.gain.low, abs=1e-9)
    assert many.auc.low == pytest.approx(one.auc.low, abs=1e-9)


def test_equals_almost_never_take_over_even_when_asked_every_month_of_a_year():
    taken = 0
    for seed in range(100):
        one, other, won, lead = told(2400, seed)
        ends = range(200, 2401, 200)
        taken += any(
            challenge(one[:n], other[:n], won[:n], lead[:n]).found == "better" for n in ends
        )
    assert taken <= 5


def test_better_calibrated_but_worse_ordered_is_not_better():
    one, _, won, lead = told(4000, champion=0.2)
    shuffled = np.random.default_rng(1).normal(0, 0.8, len(one))
    verdict = challenge(3 * one + 2, 0.6 * (one + shuffled) - 0.6, won, lead)
    assert verdict.gain.low > verdict.margin
    assert verdict.found == "not_better"
