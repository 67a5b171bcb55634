"""Intervals hold what they say: known values, repeated leads, chance."""

from __future__ import annotations

from math import exp, log
from random import Random

import pytest
from tests.history.reference import auc_of, clusters_of

from tamis.history.intervals import (
    UNKNOWN,
    Interval,
    clustered_proportion,
    difference,
    proportion,
)


def near(interval: Interval, value: float, low: float, high: float) -> bool:
    """Whether an interval is the expected one, to four decimals."""
    return [interval.value, interval.low, interval.high] == pytest.approx(
        [value, low, high], abs=5e-5
    )


def test_a_share_has_the_interval_of_wilson() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    assert near(proportion(81, 263), 0.3080, 0.2553, 0.3662)
    assert near(proportion(15, 148), 0.1014, 0.0624, 0.1605)
    assert near(proportion(0, 20), 0.0, 0.0, 0.1611)
    assert near(proportion(29, 29), 1.0, 0.8830, 1.0)


def test_nothing_is_known_of_no_draws() -> None:
    assert proportion(0, 0) == UNKNOWN
    assert clustered_proportion(clusters_of([])) == UNKNOWN
    assert difference(proportion(1, 2), UNKNOWN) == UNKNOWN
    assert auc_of([("a", 1.0, True)]) == UNKNOWN


def test_an_interval_lies_above_or_below_a_value_or_holds_it() -> None:
    found = Interval(0.5, 0.4, 0.6)
    assert [found.above(value) for value in (0.39, 0.4, 0.6)] == [True, False, False]
    assert [found.below(value) for value in (0.4, 0.6, 0.61)] == [False, False, True]
    assert (UNKNOWN.above(0), UNKNOWN.below(0), UNKNOWN.holds(0)) == (False, False, True)


def test_a_difference_is_that_of_newcombe() -> None:
    assert near(difference(proportion(56, 70), proportion(48, 80)), 0.2, 0.0524, 0.3339)


def test_a_lead_seen_on_many_days_counts_once() -> None:
    weekly = clusters_of([(12, 12)] * 30 + [(0, 12)] * 70)
    once = clustered_proportion(weekly)
    alone = proportion(30, 100)
    assert near(once, 0.3, alone.low or 0, alone.high or 1)
    all_lost = clustered_proportion(clusters_of([(0, 12)] * 100))
    assert all_lost == proportion(0, 100)


def test_auc_is_the_share_of_pairs_in_order() -> None:
    random = Random(7)
    rows = [(n, float(random.randrange(6)), random.random() < 0.4) for n in range(120)]
    won = [score for _, score, is_won in rows if is_won]
    lost = [score for _, score, is_won in rows if not is_won]
    pairs = [(w > n) + (w == n) / 2 for w in won for n in lost]
    assert auc_of(rows).value == pytest.approx(sum(pairs) / len(pairs))


def test_auc_has_the_variance_of_delong_where_each_lead_has_one_row() -> None:
    won, lost = [3.0, 5.0, 5.0, 8.0, 9.0], [1.0, 2.0, 3.0, 5.0, 6.0, 7.0]
    rows = [(n, s, n < len(won)) for n, s in enumerate([*won, *lost])]
    above = [sum((w > n) + (w == n) / 2 for n in lost) / len(lost) for w in won]
    below = [sum((w > n) + (w == n) / 2 for w in won) / len(won) for n in lost]
    middle = sum(above) / len(above)
    variance = sum((v - middle) ** 2 for v in above) / (len(won) - 1) / len(won)
    variance += sum((v - middle) ** 2 for v in below) / (len(lost) - 1) / len(lost)
    # The small term between leads that have both kinds of row is nil here: no lead has both.
    found = auc_of(rows)
    assert found.value == pytest.approx(middle)
    slope = middle * (1 - middle)
    top = log(middle / (1 - middle))
    reach = 1.959963984540054 * variance**0.5 / slope
    assert found.high == pytest.approx(1 / (1 + exp(-(top + reach))))


def test_auc_of_repeated_leads_is_no_surer() -> None:
    random = Random(3)
    rows = [(n, random.random(), random.random() < 0.3) for n in range(200)]
    once, often = auc_of(rows), auc_of(rows * 10)
    assert often.value == pytest.approx(once.value)
    assert often.low == pytest.approx(once.low)


def test_perfect_order_has_an_interval_too() -> None:
    found = auc_of([(n, float(n), n >= 50) for n in range(100)])
    assert found == proportion(50, 50)


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_clustered_intervals_cover(share: float) -> None:
    """400 draws of 300 leads with 1 to 12 rows each: about 95 % of the intervals hold the truth."""
    random = Random(11)
    covered = 0
    for _ in range(400):
        pairs = []
        for _ in range(300):
            own, rows = random.betavariate(share, 1 - share), random.randint(1, 12)
            pairs.append((sum(random.random() < own for _ in range(rows)), rows))
        covered += clustered_proportion(clusters_of(pairs)).holds(share)
    assert 0.92 * 400 <= covered <= 0.98 * 400


def test_auc_intervals_cover_chance() -> None:
    random = Random(5)
    covered = 0
    for _ in range(200):
        rows = [
            (lead, random.random(), won)
            for lead in range(80)
            for won in [random.random() < 0.3]
            for _ in range(3)
        ]
        covered += auc_of(rows).holds(0.5)
    assert covered >= 0.9 * 200


def test_rows_of_different_days_are_not_compared() -> None:
    random = Random(11)
    days, rows = [], []
    for n in range(400):
        day = random.randrange(4)
        # Later days have higher scores and more wins, within a day the score tells nothing.
        days.append(day)
        rows.append((n % 150, float(10 * day + random.randrange(5)), random.random() < 0.2 * day))
    found = auc_of(rows, days)
    pairs = [
        (w > n) + (w == n) / 2
        for d, (_, w, is_won) in zip(days, rows, strict=True)
        for e, (_, n, other) in zip(days, rows, strict=True)
        if d == e and is_won and not other
    ]
    assert found.value == pytest.approx(sum(pairs) / len(pairs))
    assert found.holds(0.5)
    pooled = auc_of(rows)
    assert pooled.low
    assert pooled.low > 0.6


def test_days_taken_together_cover_chance() -> None:
    random = Random(6)
    covered = 0
    for _ in range(200):
        rows, days = [], []
        for lead in range(80):
            own = random.random()
            for day in range(random.randint(1, 4)):
                rows.append((lead, own + day, random.random() < 0.1 * (day + 1)))
                days.append(day)
        covered += auc_of(rows, days).holds(0.5)
    assert 0.9 * 200 <= covered <= 0.99 * 200
