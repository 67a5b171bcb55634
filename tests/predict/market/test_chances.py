"""Exact tests: what they say of chance is true, or careful."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tamis.predict.market.chances import same_share, stability, told_share, unseen_share


@pytest.mark.parametrize(
    ("yes", "of", "now", "now_of"), [(30, 100, 20, 40), (3, 900, 12, 300), (50, 60, 10, 30)]
)
def test_same_share_is_fishers_test_doubled(yes, of, now, now_of):
    table = [[yes, of - yes], [now, now_of - now]]
    one_sided = min(
        stats.fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")
    )
    assert same_share(yes, of, now, now_of) == pytest.approx(min(1.0, 2 * one_sided), rel=1e-6)


@pytest.mark.parametrize("share", [0.02, 0.3])
def test_one_share_is_called_two_no_more_often_than_said(share):
    random = np.random.default_rng(1)
    said = [
        same_share(random.binomial(400, share), 400, random.binomial(60, share), 60)
        for _ in range(4000)
    ]
    for level in (0.2, 0.05, 0.01):
        assert np.mean(np.array(said) <= level) <= level + 2 * np.sqrt(level / 4000)


def test_parts_of_draws_bring_shares_nearer():
    assert same_share(30.7, 100.5, 20.2, 40.4) >= same_share(31, 101, 21, 41)


def test_millions_of_draws_are_no_trouble():
    assert same_share(300_000, 1_000_000, 320_000, 1_000_000) < 1e-8
    assert same_share(300_000, 1_000_000, 300_000, 1_000_000) == 1.0


def test_told_share_is_the_binomial_and_gives_way_to_what_is_unsure():
    p = stats.binomtest(30, 100, 0.2, alternative="greater").pvalue
    assert told_share(30, 100, 0.2) == pytest.approx(2 * p, rel=1e-6)
    assert told_share(30, 100, 0.2, 0.3) > told_share(30, 100, 0.2)
    assert told_share(21, 100, 0.2, 0.3) == 1.0


def test_nothing_drawn_says_nothing():
    assert same_share(0, 0, 3, 10) == same_share(3, 10, 0, 0) == told_share(0, 0, 0.3) == 1.0
    assert unseen_share(100, 0, 10) == 1.0


def test_an_unseen_value_must_be_frequent():
    assert unseen_share(2000, 3, 200) > 0.5
    assert unseen_share(2000, 10, 200) < 1e-6


def test_stability_of_a_known_case():
    same = stability(np.array([10.0, 30.0, 60.0]), np.array([100.0, 300.0, 600.0]))
    assert same == pytest.approx(0, abs=1e-3)
    expected = 0.2 * np.log(0.7 / 0.5) + -0.2 * np.log(0.3 / 0.5)
    moved = stability(np.array([5e6, 5e6]), np.array([7e6, 3e6]))
    assert moved == pytest.approx(expected, rel=1e-5)
