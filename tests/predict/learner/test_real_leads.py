"""What must hold on real leads; skipped, visibly, where the bank's calls are not."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.predict.sets import SETS
from benchmarks.predict.tables import NotHereError
from tests.predict.learner.generated import drawn, permuted

from tamis.predict.examples import Examples
from tamis.predict.learner import learn
from tamis.predict.measures import log_loss
from tamis.predict.scoring import log_odds, probability

pytestmark = pytest.mark.verify


@pytest.fixture(scope="module")
def bank() -> Examples:
    try:
        calls = SETS["bank_marketing"].examples()
    except NotHereError as missing:
        pytest.skip(str(missing))
    return calls.of(np.random.default_rng(1).permutation(len(calls))[:12_000])


@pytest.mark.parametrize("conversions", [5, 10, 20, 40, 80, 160])
def test_it_is_never_worse_than_the_base_rate_in_20_draws(bank, conversions):
    for seed in range(20):
        some, rest = drawn(bank, conversions, seed)
        told = probability(log_odds(learn(some, name="bank", outcome="subscribed"), rest))
        base = np.full(len(rest), some.base_rate)
        assert log_loss(told, rest.won) <= log_loss(base, rest.won) + 1e-6


@pytest.mark.parametrize("seed", range(5))
def test_dealt_outcomes_give_no_usable_signal(bank, seed):
    some = permuted(bank.of(np.arange(3000)), seed)
    assert not learn(some, name="bank", outcome="subscribed").usable
