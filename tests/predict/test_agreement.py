"""Rules and prediction side by side: grid, disagreements, one order, and what it gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from tamis.predict.agreement.gain import compare
from tamis.predict.agreement.grid import agree
from tamis.predict.agreement.order import combined, together
from tamis.predict.agreement.ranks import ranks
from tamis.predict.agreement.worth_a_look import disagreements, points_behind
from tamis.predict.suggest.fit import Outcomes

NAN = float("nan")


def leads(seed: int = 1, count: int = 4000) -> tuple[np.ndarray, np.ndarray, Outcomes]:
    """Rules see one half of what decides, the prediction the other and a little of the first."""
    draw = np.random.default_rng(seed)
    one, other = draw.normal(size=count), draw.normal(size=count)
    won = draw.random(count) < 1 / (1 + np.exp(2.2 - one - other))
    score = np.clip(np.round(50 + 20 * one), 0, 100)
    probability = 1 / (1 + np.exp(2.2 - 0.3 * one - other))
    return score, probability, Outcomes(won, np.ones(count), np.arange(count))


def test_each_row_is_in_one_cell_and_both_sides_are_as_large() -> None:
    score, probability, outcomes = leads()
    found = agree(score, probability, outcomes=outcomes)
    cells = {cell.name: cell for cell in found.cells}
    assert [cell.name for cell in found.cells] == ["both", "rules", "learned", "neither"]
    assert sum(cell.rows for cell in found.cells) == len(score)
    assert sum(cell.won or 0 for cell in found.cells) == outcomes.won.sum()
    assert found.share_score == pytest.approx(0.2, abs=0.01)
    assert found.share_probability == found.share_score
    assert cells["rules"].rows == cells["learned"].rows
    assert found.chosen == ("share", "share")


def test_cells_convert_as_planted() -> None:
    score, probability, outcomes = leads()
    found = agree(score, probability, outcomes=outcomes)
    both, rules, learned, neither = (cell.conversion for cell in found.cells)
    assert both.above(rules.high or 1)
    assert both.above(learned.high or 1)
    assert neither.below(rules.low or 0)
    assert neither.below(learned.low or 0)
    high = (score >= (found.high_score or 0)) & (probability >= (found.high_probability or 0))
    assert both.value == pytest.approx(outcomes.won[high].mean())


def test_the_bounds_may_be_given() -> None:
    score, probability, _ = leads()
    found = agree(score, probability, high_score=70, high_probability=0.5)
    assert (found.high_score, found.high_probability) == (70, 0.5)
    assert found.chosen == ("given", "given")
    assert found.cells[0].rows == ((score >= 70) & (probability >= 0.5)).sum()
    assert found.cells[0].won is None
    assert found.cells[0].conversion.low is None
    handed_over = agree(score, probability, high_score=70)
    assert handed_over.share_probability == pytest.approx((score >= 70).mean())


def test_a_bound_that_nobody_reaches_leaves_all_to_neither() -> None:
    score, probability, _ = leads(count=100)
    found = agree(score, probability, high_score=101)
    assert [cell.rows for cell in found.cells] == [0, 0, 0, 100]
    nobody = agree(np.array([]), np.array([]))
    assert [cell.rows for cell in nobody.cells] == [0, 0, 0, 0]
    assert nobody.high_score is None


def test_days_of_a_lead_count_it_once() -> None:
    score, probability, outcomes = leads(count=500)
    days = Outcomes(np.repeat(outcomes.won, 3), np.ones(1500), np.repeat(outcomes.lead, 3))
    once = agree(score, probability, outcomes=outcomes)
    often = agree(np.repeat(score, 3), np.repeat(probability, 3), outcomes=days)
    for one, other in zip(once.cells, often.cells, strict=True):
        assert (one.leads, one.won) == (other.leads, other.won)
        assert one.rows * 3 == other.rows
        assert one.conversion.low == pytest.approx(other.conversion.low)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=60))
def test_the_rank_correlation_is_spearmans(pairs: list[tuple[int, int]]) -> None:
    one, other = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    found = agree(one, other).rank_correlation
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(one, other).statistic)


@given(
    st.lists(
        st.tuples(
            st.one_of(st.just(NAN), st.integers(0, 5).map(float)),
            st.one_of(st.just(NAN), st.floats(0, 1)),
        ),
        max_size=40,
    ),
    st.floats(0.01, 0.99),
)
def test_any_rows_are_counted_once_or_left_aside(
    pairs: list[tuple[float, float]], share: float
) -> None:
    score = np.array([one for one, _ in pairs], dtype=float)
    probability = np.array([other for _, other in pairs], dtype=float)
    found = agree(score, probability, share=share)
    assert sum(cell.rows for cell in found.cells) + found.left_aside == len(pairs)


# ------------------------------------------------------------------ worth a look


def test_the_farthest_of_both_sides_are_listed_with_what_is_behind() -> None:
    score = np.array([90.0, 10.0, 50.0, 60.0, 40.0])
    probability = np.array([0.01, 0.9, 0.5, 0.6, 0.4])
    points = np.array([[40.0, -5.0, 0.0], [0.0, -20.0, 3.0], *[[0.0] * 3] * 3])
    parts = {0: [("country", -2.0), ("source", 0.5)], 1: [("visits", 1.5), ("country", -1.0)]}
    first, second = disagreements(
        ["a", "b", "c", "d", "e"],
        score,
        probability,
        rules=points_behind(("demo", "student", "size"), points),
        parts=parts.__getitem__,
    )
    assert (first.lead_id, first.side, second.lead_id, second.side) == (
        "a",
        "rules",
        "b",
        "learned",
    )
    assert first.rank_by_rules == 0.9
    assert first.rank_by_learned == 0.1
    assert first.gap == pytest.approx(0.8)
    assert first.rules == (("demo", 40.0),)
    assert first.parts == (("country", -2.0),)
    assert second.rules == (("student", -20.0),)
    assert second.parts == (("visits", 1.5),)


def test_leads_that_people_hold_are_not_listed_and_count_for_no_rank() -> None:
    score = np.array([90.0, 10.0, 50.0, NAN])
    probability = np.array([0.1, 0.9, 0.5, 0.7])
    held = np.array([True, False, False, False])
    found = disagreements(["a", "b", "c", "d"], score, probability, held=held)
    assert [one.lead_id for one in found] == ["b", "c"]
    assert found[0].rank_by_rules == 0.25
    assert disagreements(["a"], np.array([1.0]), np.array([0.1])) == ()


def test_at_most_so_many_of_each_side_largest_first() -> None:
    score, probability, _ = leads(3, 500)
    ids = [f"{place:03}" for place in range(500)]
    found = disagreements(ids, score, probability, most=7)
    assert [sum(one.side == side for one in found) for side in ("rules", "learned")] == [7, 7]
    assert [one.gap for one in found] == sorted((one.gap for one in found), reverse=True)
    everyone = disagreements(ids, score, probability, most=500)
    for side in ("rules", "learned"):
        largest = [one.lead_id for one in everyone if one.side == side][:7]
        assert [one.lead_id for one in found if one.side == side] == largest
    far = np.abs(ranks(score) - ranks(probability)) >= 0.25
    assert {one.place for one in everyone} == set(np.flatnonzero(far))


# ------------------------------------------------------------------ one order


def test_one_order_by_points_by_ranks_and_by_cells() -> None:
    score = np.array([10.0, 80.0, 60.0, 20.0, 70.0])
    learned = np.array([99.0, 10.0, 60.0, 5.0, 70.0])
    assert combined(score, learned, share=0.0).tolist() == [1, 4, 2, 3, 0]
    assert combined(score, learned, share=1.0).tolist() == [0, 4, 2, 1, 3]
    assert combined(score, learned, how="points").tolist() == [4, 2, 0, 1, 3]
    cells = ("both", "learned", "rules", "neither")
    by_cells = combined(score, learned, cells=cells, high=(60.0, 50.0))
    assert by_cells.tolist() == [4, 2, 0, 1, 3]
    rules_first = combined(
        score, learned, cells=("rules", "both", "learned", "neither"), high=(60.0, 50.0)
    )
    assert rules_first.tolist() == [1, 4, 2, 0, 3]
    with pytest.raises(ValueError, match="both"):
        combined(score, learned, cells=("both",))


def test_people_have_the_last_word_on_who_is_called() -> None:
    score, learned = np.array([10.0, 80.0, NAN, 20.0]), np.array([9.0, 8.0, 7.0, 6.0])
    held = np.array([False, True, False, False])
    assert combined(score, learned, held=held, share=0).tolist() == [3, 0]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30),
    st.sampled_from(["points", "ranks"]),
    st.booleans(),
)
def test_the_order_has_each_row_once_and_keeps_who_is_better_by_both(
    pairs: list[tuple[int, int]], how: str, by_cell: bool
) -> None:
    score = np.array([one for one, _ in pairs], dtype=float)
    learned = np.array([other for _, other in pairs], dtype=float)
    cells = ("both", "learned", "rules", "neither") if by_cell else None
    order = combined(score, learned, how=how, cells=cells).tolist()  # type: ignore[arg-type]
    assert sorted(order) == list(range(len(pairs)))
    stands = {row: place for place, row in enumerate(order)}
    for one, (a, b) in enumerate(pairs):
        for other, (c, d) in enumerate(pairs):
            if a > c and b > d:
                assert stands[one] < stands[other]


# ------------------------------------------------------------------ what it gives


def test_both_together_give_more_where_each_knows_half() -> None:
    score, probability, outcomes = leads()
    found = compare(score, probability, outcomes)
    assert [way.name for way in found.ways] == ["rules", "learned", "combined"]
    gains = {(one.name, one.than): one for one in found.gains}
    assert set(gains) == {("learned", "rules"), ("combined", "rules"), ("combined", "learned")}
    assert gains["combined", "rules"].auc.above(0)
    assert gains["combined", "learned"].auc.above(0)
    assert gains["combined", "rules"].lift.above(0)


def test_the_figures_are_those_of_the_orders() -> None:
    score, probability, outcomes = leads(2)
    found = compare(score, probability, outcomes, draws=50)
    values = (score, probability, together(score, probability))
    for way, told in zip(found.ways, values, strict=True):
        assert way.auc.value == pytest.approx(roc_auc_score(outcomes.won, told))
        assert way.auc.holds(way.auc.value or 0)
    best = np.argsort(-probability)[:400]
    lift = outcomes.won[best].mean() / outcomes.won.mean()
    assert found.ways[1].lift.value == pytest.approx(lift)


def test_the_same_order_gains_nothing_for_sure() -> None:
    score, _, outcomes = leads(3, 500)
    found = compare(score, score * 2, outcomes, draws=50)
    for one in found.gains:
        assert (one.auc.value, one.auc.low, one.auc.high) == (0, 0, 0)


def test_a_lead_of_many_days_is_one_draw() -> None:
    score, probability, outcomes = leads(4, 400)
    days = Outcomes(np.repeat(outcomes.won, 5), np.ones(2000), np.repeat(outcomes.lead, 5))
    once = compare(score, probability, outcomes)
    often = compare(np.repeat(score, 5), np.repeat(probability, 5), days)
    for one, other in zip(once.ways, often.ways, strict=True):
        assert one.auc.value == pytest.approx(other.auc.value)
        assert one.auc.low == pytest.approx(other.auc.low)
        assert one.auc.high == pytest.approx(other.auc.high)


def test_without_wins_nothing_is_told() -> None:
    score, probability, outcomes = leads(5, 100)
    nobody = Outcomes(np.zeros(100, dtype=bool), outcomes.weight, outcomes.lead)
    found = compare(score, probability, nobody)
    assert found.gains == ()
    assert all(way.auc.value is None for way in found.ways)
    half = np.where(np.arange(100) < 50, NAN, score)
    assert compare(half, probability, outcomes, draws=20).leads == 50


def test_intervals_hold_the_true_gain_about_as_often_as_they_say() -> None:
    score, probability, outcomes = leads(999, 400_000)
    truth = compare(score, probability, outcomes, draws=1).gains[1].auc.value or 0
    held = sum(
        compare(*leads(seed, 600), draws=100).gains[1].auc.holds(truth) for seed in range(40)
    )
    assert held >= 34
