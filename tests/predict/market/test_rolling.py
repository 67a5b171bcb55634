"""Rolling evaluation: only what is known is used, and the intercept follows."""

from __future__ import annotations

import numpy as np
import pytest

from tamis.history.intervals import proportion
from tamis.predict.examples import Column, Examples, examples_of
from tamis.predict.learned import Learned, Quality, Training
from tamis.predict.market.rolling import following, rolling
from tamis.predict.scoring import probability


def drifting(count=3000, seed=0):
    """A base rate that wanders, and a column that tells nothing of it."""
    random = np.random.default_rng(seed)
    level = -1.5 + 1.2 * np.sin(np.arange(count) / 150)
    columns = (Column("x", "number", random.normal(0, 1, count)),)
    won = random.random(count) < probability(level)
    return examples_of(columns, won, np.arange(count, dtype=float))


def base_only(examples: Examples) -> Learned:
    """A model without parts: the base rate of what it is given."""
    rate = proportion(float(examples.won.sum()), len(examples))
    z = float(np.log(rate.value / (1 - rate.value)))
    training = Training(len(examples), len(examples), int(examples.won.sum()), "f", 1)
    return Learned(1, "m", "won", "base", False, z, rate, Quality(), training)


def test_the_intercept_follows_what_becomes_known():
    rolled = rolling(drifting(), base_only, every=500, last=1000)
    assert rolled.models == 4
    assert len(rolled.told) == 2000
    assert rolled.auc.low > rolled.plain_auc.high
    assert rolled.calibration_error - rolled.floor < 0.02


def test_what_is_not_known_yet_is_not_used():
    examples = drifting()
    won = examples.won.copy()
    won[2500:] = ~won[2500:]
    later = Examples(
        examples.columns, won, examples.weight, examples.lead, examples.ids, examples.order
    )
    for delay in (1, 100):
        one = rolling(examples, base_only, every=500, last=1000, known_after=delay)
        other = rolling(later, base_only, every=500, last=1000, known_after=delay)
        first = 1500 + delay
        assert (one.told[:first] == other.told[:first]).all()
        assert one.told[first] != other.told[first]


def test_learning_leaves_out_what_is_not_known_yet():
    seen = []

    def learn(examples: Examples) -> Learned:
        seen.append((len(examples), int(examples.order.max())))
        return base_only(examples)

    rolling(drifting(), learn, every=1000, last=1000, known_after=200)
    assert seen == [(801, 800), (801, 1800)]


def test_a_calm_market_is_hardly_disturbed():
    random = np.random.default_rng(3)
    plain = random.normal(-2, 1, 4000)
    won = random.random(4000) < probability(plain)
    told = following(plain, won)
    losses = [np.logaddexp(0, np.where(won, -z, z)).mean() for z in (plain, told)]
    assert losses[1] - losses[0] < 0.01


def test_examples_without_an_order_cannot_be_rolled():
    with pytest.raises(ValueError, match="order"):
        rolling(examples_of((), [True, False]), base_only, last=1)
