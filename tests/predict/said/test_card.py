"""The card of few lines: whole points, few enough, and nearly as good as the whole model."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import pytest
from tests.predict.said.made import (
    SMALL,
    field,
    model_of,
    number_column,
    number_part,
    text_column,
    text_part,
)

from tamis.predict.examples import Examples, Saying, examples_of
from tamis.predict.learned import PER_LOG_ODDS, Group, Learned, Part
from tamis.predict.measures import auc_interval, log_loss
from tamis.predict.said import exported, short_card
from tamis.predict.said.lines import said_groups
from tamis.predict.said.whole import in_whole_points
from tamis.predict.scoring import log_odds, probability


def market(rows: int, seed: int = 7) -> tuple[Examples, Learned]:
    """Leads of which ten columns tell ever less, and the model that knows exactly what."""
    import numpy as np

    drawn = np.random.default_rng(seed)
    columns, parts = [], []
    for place in range(8):
        weights = drawn.normal(0, 0.9 / (1 + place / 2), 8)
        values = drawn.integers(0, 80, rows).astype(float)
        values[drawn.random(rows) < 0.1] = np.nan
        bounds = {10.0 * i: float(np.sort(weights)[i]) for i in range(1, 7)}
        columns.append(number_column(f"n{place}", [float(v) for v in values]))
        parts.append(number_part(f"n{place}", bounds, float(min(weights)), float(weights[7])))
    for place in range(2):
        weights = drawn.normal(0, 0.6, 14)
        texts = [f"v{n}" if n < 13 else None for n in drawn.integers(0, 14, rows)]
        given = {(f"v{n}",): float(weights[n]) for n in range(12)}
        columns.append(text_column(f"t{place}", texts))
        parts.append(text_part(f"t{place}", given, float(weights[12]), float(weights[13])))
    learned = model_of(parts, rate=0.12)
    examples = examples_of(columns, [False] * rows)
    p = probability(log_odds(learned, examples))
    return examples_of(columns, drawn.random(rows) < p), learned


def auc(learned: Learned, examples: Examples) -> float:
    found = auc_interval(log_odds(learned, examples), examples.won, examples.lead).value
    assert found is not None
    return found


@pytest.mark.parametrize("lines", [1, 5, 20])
def test_a_card_has_no_more_lines_than_asked_for(lines: int) -> None:
    examples, learned = market(3000)
    card = short_card(learned, examples, lines=lines)
    assert 0 < len(card.lines) <= lines
    assert all(line.points for line in card.lines)


def test_twenty_lines_are_nearly_as_good_as_the_whole() -> None:
    examples, learned = market(20_000)
    card = short_card(learned, examples)
    assert auc(card.learned, examples) > auc(learned, examples) - 0.01
    few = short_card(learned, examples, lines=5)
    assert auc(few.learned, examples) < auc(card.learned, examples)


def test_a_card_says_the_sum_of_its_lines() -> None:
    examples, learned = market(500)
    card = short_card(learned, examples)
    z = log_odds(card.learned, examples)
    base_rate = learned.base_rate.value
    assert base_rate is not None
    points = 50 + PER_LOG_ODDS * (z - log(base_rate / (1 - base_rate)))
    assert card.base + sum(_given(card.lines, examples, 0)) == pytest.approx(points[0])


def _given(lines: Sequence[object], examples: Examples, place: int) -> list[int]:
    """The points of the lines that hold for an example, told without the scoring of the model."""
    found = []
    for line in lines:
        value = examples.column(line.column).values[place]  # type: ignore[attr-defined]
        groups, part = line.groups, line.part  # type: ignore[attr-defined]
        if any(_in(group, part, value) for group in groups):
            found.append(line.points)  # type: ignore[attr-defined]
    return found


def _in(group: Group, part: Part, value: object) -> bool:
    missing = value is None or value != value  # noqa: PLR0124 (not a number is not itself)
    if missing or group.missing:
        return missing and group.missing
    if part.kind == "text":
        known = [one for other in part.groups for one in other.values]
        return value in group.values or (group.otherwise and value not in known)
    assert isinstance(value, float)
    bounds = [one.at_least for one in part.groups if one.at_least is not None]
    reached = max((bound for bound in bounds if bound <= value), default=None)
    return reached == group.at_least


def test_as_many_are_told_to_be_won_as_were() -> None:
    examples, learned = market(5000)
    for told in (short_card(learned, examples).learned, in_whole_points(learned, examples)):
        p = probability(log_odds(told, examples))
        assert p.mean() == pytest.approx(examples.base_rate, rel=0.05)


def test_whole_points_lose_next_to_nothing() -> None:
    examples, learned = market(20_000)
    whole = in_whole_points(learned, examples)
    assert auc(whole, examples) == pytest.approx(auc(learned, examples), abs=0.002)
    losses = [
        log_loss(probability(log_odds(one, examples)), examples.won) for one in (whole, learned)
    ]
    assert losses[0] == pytest.approx(losses[1], abs=0.002)
    groups = [group.weight * PER_LOG_ODDS for part in whole.parts for group in part.groups]
    assert groups == pytest.approx([round(points) for points in groups])


def test_without_examples_columns_are_taken_as_independent() -> None:
    card = short_card(SMALL, lines=3)
    said = [(line.column, line.text("en"), line.points) for line in card.lines]
    assert len(said) == 3
    assert ("visits", "10 or more") in [one[:2] for one in said]


def test_a_model_that_abstains_has_an_empty_card() -> None:
    card = short_card(model_of([], intercept=log(0.1 / 0.9), usable=False))
    assert (card.lines, card.base, card.double) == ((), 50, 10)


def test_no_line_is_no_card() -> None:
    with pytest.raises(ValueError, match="at least one line"):
        short_card(SMALL, lines=0)


def test_a_card_is_exported_with_its_lines_as_rules() -> None:
    examples, learned = market(2000)
    text = exported(learned, examples, lines=20)
    assert text.count("- {id: learned_") <= 21 + 10  # a missing value may need a rule of its own


def test_an_age_counts_from_no_event() -> None:
    age = Saying("recency", event="visit")
    learned = model_of([number_part("age", {7.0: 0.1, 30.0: -0.4}, 0.9, -0.5, age)])
    card = short_card(learned, lines=3)
    assert {line.text("en") for line in card.lines} <= {
        "below 7",
        "7 up to, not including, 30",
        "30 or more",
        "not known",
        "30 or more or not known",
    }


# Groups in words ---------------------------------------------------------------------------------


def test_groups_are_said_in_words() -> None:
    number, text = SMALL.parts
    said = [said_groups(number, (group,), "en") for group in number.groups]
    assert said == ["below 3", "3 up to, not including, 10", "10 or more", "not known"]
    assert said_groups(number, number.groups[1:3], "en") == "3 or more"
    assert said_groups(text, text.groups[:2], "en") == "France, Norway or Spain"
    many = text_part("t", {tuple("abcdefgh"): 1.0}, 0.0, 0.0)
    assert said_groups(many, many.groups[:1], "en") == "a, b, c, d, e or 3 other values"


def test_fields_are_not_needed_for_a_card() -> None:
    part = number_part("n", {1.0: 1.0}, -1.0, 0.0, field("n"))
    assert short_card(model_of([part]), lines=2).lines
