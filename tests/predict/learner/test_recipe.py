from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.predict.learner.generated import drawn, leads, permuted

from tamis.predict.examples import Column, examples_of
from tamis.predict.learned import Learned
from tamis.predict.learner import fingerprint, learn
from tamis.predict.learner.folds import older_and_newest
from tamis.predict.measures import log_loss
from tamis.predict.scoring import interval, log_odds, probability


def learned(examples, **more) -> Learned:
    return learn(examples, name="won deals", outcome="won", **more)


@pytest.fixture(scope="module")
def many():
    return leads(4000)


@pytest.fixture(scope="module")
def model(many) -> Learned:
    return learned(many[0])


def test_full_model_finds_what_was_planted(model):
    fresh, true = leads(4000, seed=2)
    z = log_odds(model, fresh)
    assert (model.phase, model.usable) == ("full", True)
    assert np.corrcoef(z, true)[0, 1] > 0.9
    best = log_loss(probability(true), fresh.won)
    base = log_loss(np.full(4000, fresh.base_rate), fresh.won)
    assert log_loss(probability(z), fresh.won) - best < (base - best) / 6


def test_the_column_of_noise_earns_nothing(model):
    earns = {part.column: part.earns for part in model.parts}
    assert earns["visits"] > 0.005
    assert earns.get("noise", 0.0) < earns["visits"] / 5


def test_the_true_probability_lies_in_nine_of_ten_intervals_or_more(model):
    fresh, true = leads(4000, seed=3)
    low, high = interval(model, fresh)
    inside = (low <= probability(true)) & (probability(true) <= high)
    assert inside.mean() > 0.9
    assert (high - low).mean() < 0.3


def test_the_same_examples_give_the_same_model(many, model):
    assert learned(many[0]) == model


def test_the_fingerprint_covers_values_outcomes_and_weights(many):
    examples = many[0]
    changed = examples.columns[1].values.copy()
    changed[0] += 1
    others = [
        replace(examples, won=~examples.won),
        replace(examples, weight=examples.weight * 2),
        replace(examples, columns=(Column("employees", "number", changed),)),
    ]
    assert len({fingerprint(one) for one in [examples, *others]}) == 4


def test_every_part_is_in_the_order_of_its_contract(model):
    for part in model.parts:
        assert part.groups[-1].missing
        assert len(part.groups) <= 32
        if part.kind == "text":
            assert part.groups[-2].otherwise
        else:
            bounds = [group.at_least for group in part.groups[1:-1]]
            assert part.groups[0].below
            assert bounds == sorted(bounds)


def test_the_mean_weight_of_a_part_is_0(model):
    for part in model.parts:
        rows = sum(group.rows for group in part.groups)
        assert rows == 4000
        assert sum(g.weight * g.rows for g in part.groups) / rows == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(("way", "sign"), [("rises", 1), ("falls", -1)])
def test_a_monotone_column_only_moves_that_way(many, way, sign):
    found = learned(many[0], monotone={"visits": way})
    part = next(part for part in found.parts if part.column == "visits")
    weights = np.array([group.weight for group in part.groups[:-1]])
    assert (sign * np.diff(weights) >= -1e-6).all()
    assert part.monotone == way


@pytest.mark.parametrize(
    ("conversions", "phase"),
    [(0, "base"), (9, "base"), (10, "early"), (40, "additive"), (120, "full")],
)
def test_the_phase_follows_from_leads_won(many, conversions, phase):
    won = np.zeros(4000, dtype=bool)
    won[np.flatnonzero(many[0].won)[:conversions]] = True
    found = learned(replace(many[0], won=won))
    assert found.phase == phase
    assert found.training.conversions == conversions


def test_few_leads_lost_are_as_bad_as_few_won(many):
    found = learned(replace(many[0], won=np.arange(4000) > 5))
    assert (found.phase, found.usable, found.parts) == ("base", False, ())


def test_a_base_model_tells_everybody_the_base_rate_with_its_interval(many):
    few = many[0].of(np.arange(30))
    few = replace(few, won=np.arange(30) < 6)
    found = learned(few)
    low, high = interval(found, few)
    assert probability(log_odds(found, few)) == pytest.approx(np.full(30, 0.2))
    assert (low[0], high[0]) == pytest.approx((0.0951, 0.3731), abs=1e-3)


@pytest.mark.parametrize("seed", range(6))
def test_dealt_outcomes_give_no_usable_signal(many, seed):
    found = learned(permuted(many[0].of(np.arange(700)), seed))
    assert (found.usable, found.parts) == (False, ())


@pytest.mark.parametrize("conversions", [5, 10, 20, 40, 80])
def test_it_is_never_worse_than_the_base_rate(many, conversions):
    for seed in range(4):
        some, rest = drawn(many[0], conversions, seed)
        told = probability(log_odds(learned(some), rest))
        base = np.full(len(rest), some.base_rate)
        assert log_loss(told, rest.won) <= log_loss(base, rest.won) + 1e-6


def test_rows_of_one_lead_count_as_one_lead(many):
    some, _ = drawn(many[0], 30, seed=5)
    often = some.of(np.repeat(np.arange(len(some)), 6))
    assert learned(often).phase == "early"
    assert learned(often).training.leads == len(some)


def test_useless_columns_are_left_out_by_name(many):
    some = many[0].of(np.arange(1500))
    count = len(some)
    more = (
        Column("void", "number", np.full(count, np.nan)),
        Column("same", "text", np.array(["a"] * count, dtype=object)),
        Column("mail", "text", np.array([f"m{i}" for i in range(count)], dtype=object)),
    )
    found = learned(replace(some, columns=(*some.columns, *more)))
    assert [(one.column, one.why) for one in found.left_out] == [
        ("void", "empty"),
        ("same", "constant"),
        ("mail", "name"),
    ]
    assert not {"void", "same", "mail"} & {part.column for part in found.parts}


def test_progress_rises_to_1(many):
    told: list[float] = []
    learned(many[0].of(np.arange(800)), progress=lambda _stage, share: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_later_check_is_made_where_the_order_is_known(many):
    examples = replace(many[0], order=np.arange(4000.0))
    found = learned(examples)
    assert found.quality.how == "folds"
    assert found.later.how == "later"
    assert found.later.examples == 1000
    assert found.later.auc.above(0.5)


def test_leads_that_stay_are_not_taken_for_new_ones(many):
    """Each lead is seen twice; the later time holds the newest leads alone, not who stayed."""
    examples = many[0].of(np.repeat(np.arange(2000), 2))
    examples = replace(examples, order=np.arange(4000.0) + np.tile([0.0, 2000.0], 2000))
    older, newest = older_and_newest(examples)
    assert not set(examples.lead[older]) & set(examples.lead[newest])
    assert len(np.unique(examples.lead[newest])) == 500
    assert examples.order[older].max() < examples.order[newest].min()


def test_a_rate_that_moves_with_time_is_no_signal():
    """The column tells the time and the time the rate: within a time it tells nothing."""
    draw = np.random.default_rng(5)
    when = np.arange(4000.0)
    won = draw.random(4000) < np.where(when < 2000, 0.1, 0.4)
    month = Column("month", "number", np.floor(when / 500))
    timed = replace(examples_of([month], won), order=when)
    assert learned(replace(timed, order=None)).usable
    assert not learned(timed).usable


def test_a_pair_that_earns_its_place_is_kept_and_others_are_not(many):
    draw = np.random.default_rng(6)
    left, right = (draw.integers(0, 2, 4000) for _ in range(2))
    noise = draw.normal(size=4000)
    won = draw.random(4000) < np.where(left == right, 0.35, 0.1) + 0.1 * left
    columns = [
        Column("left", "text", np.array(["no", "yes"], dtype=object)[left]),
        Column("right", "text", np.array(["no", "yes"], dtype=object)[right]),
        Column("noise", "number", noise),
    ]
    found = learned(examples_of(columns, won))
    assert [{pair.first.column, pair.second.column} for pair in found.pairs] == [{"left", "right"}]
    told = probability(log_odds(found, examples_of(columns, won)))
    both = (left == 1) & (right == 1)
    assert abs(told[both].mean() - won[both].mean()) < 0.03
    assert not learned(many[0]).pairs


def test_a_column_that_only_rises_is_in_no_pair():
    draw = np.random.default_rng(6)
    left, right = (draw.integers(0, 2, 4000).astype(float) for _ in range(2))
    won = draw.random(4000) < np.where(left == right, 0.35, 0.1) + 0.1 * left
    examples = examples_of([Column("left", "number", left), Column("right", "number", right)], won)
    assert learned(examples).pairs
    assert not learned(examples, monotone={"left": "rises"}).pairs


def test_a_column_of_many_values_makes_no_pair_of_noise():
    draw = np.random.default_rng(8)
    page, day = draw.integers(0, 300, 4000), draw.integers(0, 7, 4000)
    size = draw.normal(size=4000)
    won = draw.random(4000) < probability(-2.0 + size)
    columns = [
        Column("page", "text", np.array([f"p{one}" for one in page], dtype=object)),
        Column("day", "text", np.array([f"d{one}" for one in day], dtype=object)),
        Column("size", "number", size),
    ]
    found = learned(examples_of(columns, won))
    assert found.usable
    assert not found.pairs
