from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tamis.history.intervals import Interval
from tamis.predict import scoring
from tamis.predict.examples import Column, examples_of
from tamis.predict.learned import Group, Learned, Pair, Part, Quality, Training

SIZE = Part(
    "size",
    "number",
    (
        Group(-1.0, 0.1, below=True),
        Group(0.5, 0.2, at_least=10),
        Group(2.0, 0.3, at_least=100),
        Group(-0.25, 0.4, missing=True),
    ),
)
COUNTRY = Part(
    "country",
    "text",
    (
        Group(0.7, values=("france", "côte-d'or")),
        Group(-0.2, otherwise=True),
        Group(0.1, missing=True),
    ),
)
MODEL = Learned(
    1, "m", "won", "full", usable=True, intercept=-2.0, base_rate=Interval(0.1, 0.08, 0.12),
    quality=Quality(), training=Training(0, 0, 0, "", 1), parts=(SIZE, COUNTRY),
    told=(0.01, 0.04, 0.0),
)  # fmt: skip


def examples(size, country):
    columns = (
        Column("size", "number", np.array(size, dtype=float)),
        Column("country", "text", np.array(country, dtype=object)),
    )
    return examples_of(columns, [False] * len(size))


SOME = examples([9.99, 10, 1e9, np.nan], ["FRANCE", "Côte-d'Or", "Chile", None])


def test_log_odds_add_up():
    expected = [-2 - 1 + 0.7, -2 + 0.5 + 0.7, -2 + 2 - 0.2, -2 - 0.25 + 0.1]
    assert scoring.log_odds(MODEL, SOME) == pytest.approx(expected)


def test_a_pair_adds_its_table():
    pair = Pair(SIZE, COUNTRY, ((1, 2, 3), (4, 5, 6), (7, 8, 9), (10, 11, 12)))
    more = scoring.log_odds(replace(MODEL, pairs=(pair,)), SOME) - scoring.log_odds(MODEL, SOME)
    assert more == pytest.approx([1, 4, 8, 12])


def test_ten_points_double_the_odds_and_the_base_rate_is_50():
    base = np.log(0.1 / 0.9)
    z = np.array([base, base + np.log(2), base - np.log(4), 50, -50])
    assert scoring.score(MODEL, z) == pytest.approx([50, 60, 30, 99, 1])


def test_the_interval_grows_with_calibration_and_spread():
    z = scoring.log_odds(MODEL, SOME)
    low, high = scoring.interval(MODEL, SOME)
    told = np.sqrt(0.01 + 0.04 * (z[0] + 2) ** 2 + 0.1**2)
    assert np.log(high[0] / (1 - high[0])) == pytest.approx(z[0] + 1.96 * told, abs=1e-4)
    assert (low < scoring.probability(z)).all()


def test_contributions_come_largest_first():
    found = scoring.contributions(MODEL, SOME)
    assert [(one.part, one.weight) for one in found] == [("size", -1.0), ("country", 0.7)]
    assert found[1].group is COUNTRY.groups[0]


def test_a_column_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        scoring.log_odds(MODEL, SOME.without(["size"]))
