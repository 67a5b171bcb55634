"""A learned model as a whole model file: ordinary, without a problem, near what it approximates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.model.checks.reading import problems_of
from tests.predict.said.made import SMALL, field, model_of, number_part, text_part

import tamis
from tamis.errors import UserError
from tamis.model.checks import checked_model
from tamis.predict.examples import Saying
from tamis.predict.learned import Pair
from tamis.predict.said import exported, pairable, put_into

TODAY = date(2026, 11, 21)


def learned_of(text: str, leads: list[dict[str, object]], **tables: object) -> dict[str, float]:
    model = checked_model(text, "m")
    with tamis.score(model, leads=leads, as_of=TODAY, **tables) as result:  # type: ignore[arg-type]
        return {str(row["lead_id"]): float(str(row["learned"])) for row in result.scores.rows()}


@pytest.mark.parametrize("integer", [True, False])
def test_it_passes_check_without_a_word(integer: bool) -> None:
    text = exported(SMALL, integer=integer)
    assert problems_of(text) == ()
    assert "ab" * 32 in text.split("tamis: 1", maxsplit=1)[0]


def test_whole_points_are_whole() -> None:
    rules = checked_model(exported(SMALL), "m").rules
    given = [
        p
        for r in rules
        for p in (getattr(r, "points", 0), *(b.points for b in getattr(r, "bands", ())))
    ]
    assert all(point == round(point) for point in given)
    assert max(given) > 1


def test_lines_are_as_few_as_asked_for() -> None:
    rules = checked_model(exported(SMALL, lines=1), "m").rules
    assert len([rule for rule in rules if rule.id != "learned_base"]) == 1


def test_temperatures_follow_how_often_leads_are_won() -> None:
    text = exported(model_of([number_part("n", {1.0: 2.0}, -2.0, 0.0)], rate=0.1))
    assert "hot: score >= 62" in text  # odds of 0.2: 10 * log2(0.25 / 0.1111) = 11.7 above 50
    assert "# 20.3% or more" in text
    common = exported(model_of([number_part("n", {1.0: 2.0}, -2.0, 0.0)], intercept=0.4, rate=0.6))
    assert problems_of(common) == ()
    assert "hot: score >= 64" in common  # 80 %: half as many are not won


def test_what_is_hardly_told_apart_has_temperatures_that_are_reached() -> None:
    text = exported(
        model_of([number_part("n", {1.0: 0.1}, -0.1, 0.0)], intercept=-2.197), integer=False
    )
    assert problems_of(text) == ()


def test_a_name_that_no_field_can_have_is_told() -> None:
    parts = [
        number_part(name, {1.0: 1.0}, -1.0, 0.0) for name in ("emp.var.rate", "N", "n", "lead_id")
    ]
    text = exported(model_of(parts))
    assert problems_of(text) == ()
    assert 'emp_var_rate: number  # the column "emp.var.rate"' in text
    assert 'n_2: number  # the column "n"' in text or "n_2: number  # the column n" in text
    assert "lead_id_2: number" in text


def test_one_that_abstains_is_refused() -> None:
    with pytest.raises(UserError, match="no usable signal"):
        exported(model_of([], usable=False))


def test_a_forbidden_character_is_refused() -> None:
    with pytest.raises(UserError, match="forbidden character"):
        exported(model_of([text_part("t", {("a\x00",): 1.0}, 0.0, 0.0)]))


def test_a_value_is_found_in_any_type_of_field() -> None:
    parts = [
        text_part("flag", {("true",): 1.0, ("maybe",): 3.0}, -1.0, 0.5),
        text_part("code", {("1",): 1.0, ("2",): 2.0, ("x",): 3.0}, -1.0, 0.5),
    ]
    sides = [replace(p, groups=tuple(replace(g, weight=0.0) for g in p.groups)) for p in parts]
    row = (0.1, 0.2, 0.3, 0.4, 0.5)
    learned = model_of(parts, [Pair(sides[0], sides[1], (row, row[::-1], row, row))])
    own = (
        "{tamis: 1, name: m, fields: {lead: {flag: boolean, code: integer}}, "
        'dimensions: {fit: {rules: [{id: a, when: "true", points: 1}]}}}'
    )
    leads: list[dict[str, object]] = [
        {"lead_id": "a", "flag": True, "code": 2},
        {"lead_id": "b", "flag": False, "code": 7},
        {"lead_id": "c", "flag": None, "code": None},
    ]
    found = learned_of(put_into(own, learned), leads)
    base = 50 + 10 / 0.6931471805599453 * (-2.0 + 2.1972245773362196)
    expected = {"a": 1.0 + 2.0 + 0.2, "b": -1.0 - 1.0 + 0.4, "c": 0.5 + 0.5 + 0.5}
    for lead, z in expected.items():
        assert found[lead] == pytest.approx(base + 10 / 0.6931471805599453 * z, abs=0.02)


AGES = {"d0": 0, "d3": 3, "d7": 7, "d30": 30, "never": None}


def test_counts_and_ages_of_events_are_said() -> None:
    """Of a lead without events the count is 0 and the age is missing."""
    count = number_part(
        "visits", {0.5: 0.2, 2.0: 0.7}, -0.4, 9.0, Saying("frequency", event="visit", within=10)
    )
    age = number_part("age", {3.0: 0.3, 20.0: -0.2}, 0.8, -0.6, Saying("recency", event="visit"))
    gate = text_part("country", {("France",): 0.0}, 0.0, 0.0)
    pair = Pair(
        gate,
        replace(age, groups=age.groups),
        ((1, 0.5, 0.2, -0.5), (0, 0, 0, 0), (0.1, 0.1, 0.1, 0.1)),
    )
    learned = model_of([count, age], [pair], intercept=-2.1972245773362196)
    text = exported(learned, integer=False)
    assert problems_of(text) == ()
    leads: list[dict[str, object]] = []
    events: list[dict[str, object]] = []
    for name, age_ in AGES.items():
        for country in ("FRANCE", "Peru", None):
            leads.append({"lead_id": f"{name}{country}", "country": country})
            if age_ is not None:
                day = TODAY - timedelta(days=age_)
                events.append({"lead_id": f"{name}{country}", "event": "visit", "timestamp": day})
    found = learned_of(text, leads, events=events)
    ages = {"d0": (0.2, 0.8, 1), "d3": (0.2, 0.3, 0.5), "d7": (0.2, 0.3, 0.5)}
    ages |= {"d30": (-0.4, -0.2, 0.2), "never": (-0.4, -0.6, -0.5)}
    for name, (of_count, of_age, of_pair) in ages.items():
        for country, together in (("FRANCE", of_pair), ("Peru", 0.0), ("None", 0.1)):
            z = of_count + of_age + together
            expected = min(max(50 + 10 / 0.6931471805599453 * z, 1), 99)
            assert found[f"{name}{country}"] == pytest.approx(expected, abs=0.02), (name, country)


def test_the_age_of_a_day_is_said_and_a_day_ahead_is_missing() -> None:
    said = Saying("field", "signed_up", days_since=True)
    learned = model_of(
        [number_part("signed_up", {7.0: 0.5, 30.0: 1.0}, -0.5, 0.25, said)],
        intercept=-2.1972245773362196,
    )
    text = exported(learned, integer=False)
    assert problems_of(text) == ()
    ages = {"ahead": -3, "today": 0, "week": 7, "month": 30, "older": 99}
    leads: list[dict[str, object]] = [
        {"lead_id": name, "signed_up": TODAY - timedelta(days=age)} for name, age in ages.items()
    ]
    found = learned_of(text, [*leads, {"lead_id": "none", "signed_up": None}])
    weights = {"ahead": 0.25, "today": -0.5, "week": 0.5, "month": 1.0, "older": 1.0, "none": 0.25}
    for name, weight in weights.items():
        assert found[name] == pytest.approx(50 + 10 / 0.6931471805599453 * weight, abs=0.02)


def test_two_questions_about_events_are_no_pair() -> None:
    visits, age = Saying("frequency", event="visit"), Saying("recency", event="visit")
    assert not pairable(visits, age)
    assert pairable(visits, field("country"))
    assert not pairable(None, field("country"))
    parts = [
        number_part("v", {1.0: 0.1}, 0.0, 0.0, visits),
        number_part("a", {1.0: 0.1}, 0.0, 0.0, age),
    ]
    learned = model_of(parts, [Pair(parts[0], parts[1], ((0.1,) * 3,) * 3)])
    with pytest.raises(UserError, match="no rule can say the pair `v` and `a`"):
        exported(learned)


def test_bands_that_a_window_cannot_reach_are_left_out() -> None:
    daily = Saying("frequency", event="visit", within=3, per_day=1)
    age = Saying("recency", event="visit", within=10)
    learned = model_of(
        [
            number_part("v", {1.0: 0.1, 3.0: 0.4, 9.0: 0.9}, 0.0, 0.0, daily),
            number_part("a", {5.0: 0.1, 10.0: 0.9}, 0.3, 0.0, age),
        ]
    )
    assert problems_of(exported(learned)) == ()
