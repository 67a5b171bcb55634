"""What a lifecycle asks of the score: a bit for each condition, a place for each territory."""

from __future__ import annotations

from copy import deepcopy

from tests.actions.standing_model import DAY, EVENTS, EXPECTED, LEADS, MODEL, standings
from tests.engines.running import judged, ran
from tests.strategies import written

from tamis import flow
from tamis.actions.standing import STANDING, divided, standing
from tamis.engines.duckdb import DuckDB
from tamis.facts.plan import Plan
from tamis.model.checks import checked_model

SECTIONS = ("lifecycle", "queues")


def test_every_condition_has_its_bit_and_every_lead_its_territory() -> None:
    with DuckDB(threads=1) as session:
        assert standings(judged(session, MODEL, (LEADS, [], EVENTS), DAY)) == EXPECTED


def test_bits_are_read_by_the_lifecycle() -> None:
    model = checked_model(written(MODEL), "m.yaml")
    lifecycle = model.lifecycle
    assert lifecycle is not None
    up, mql, sql, back = lifecycle.steps
    bits, *_ = EXPECTED["boss"]
    assert [lifecycle.holds(step, "when", bits) for step in (up, mql, sql, back)] == [
        False,
        False,
        False,
        True,
    ]
    assert lifecycle.holds(up, "back", bits)
    assert not lifecycle.holds(mql, "back", bits)
    assert not any(lifecycle.holds(step, "when", None) for step in lifecycle.steps)


def test_the_divided_queues_are_in_the_order_of_the_model() -> None:
    model = checked_model(written(MODEL), "m.yaml")
    assert [queue.name for queue in divided(model)] == ["north", "south"]


def test_a_model_without_a_lifecycle_has_no_standing() -> None:
    model = deepcopy(MODEL)
    del model["lifecycle"]
    assert standing(Plan(checked_model(written(model), "m.yaml"), DAY)) == ()


def test_scores_are_the_same_with_a_lifecycle_and_without() -> None:
    plain = {key: value for key, value in MODEL.items() if key not in SECTIONS}
    assert ran(MODEL, LEADS, [], EVENTS, DAY) == ran(plain, LEADS, [], EVENTS, DAY)


def test_scores_hand_out_the_same_columns_with_a_lifecycle_and_without() -> None:
    with_, plain = (
        flow.plan(checked_model(written(model), "m.yaml"), DAY)
        for model in (MODEL, {k: v for k, v in MODEL.items() if k not in SECTIONS})
    )
    assert STANDING not in with_
    assert with_["verdicts"].relation == plain["verdicts"].relation
