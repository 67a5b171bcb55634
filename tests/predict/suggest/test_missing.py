"""Rules worth adding: a planted one is found and can be added; noise proposes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.model.checks import checked_model
from tamis.model.spec import BandsRule, FrequencyRule, RecencyRule, ValuesRule
from tamis.predict.examples import Column, Examples, Saying
from tamis.predict.suggest.draft import add
from tamis.predict.suggest.missing import Proposal, missing_rules

TEXT = """\
tamis: 1
name: short
fields:
  lead: {title: text, country: text, employees: integer, signed: date}  # of the form
dimensions:
  fit:
    rules:
      - {id: boss, when: title = 'boss', points: 10}
  interest:
    rules:
      - {id: visits, event: visit, points: 2}  # any page
score: {sum: [fit, interest]}
"""
MODEL = checked_model(TEXT, "short.yaml")


def field(name: str) -> Saying:
    return Saying("field", field=name)


def examples(seed: int, rows: int = 4000, signal: float = 1.0) -> tuple[Examples, np.ndarray]:
    """Countries, staff and demos say something that no rule reads; a colour says nothing."""
    draw = np.random.default_rng(seed)
    boss = draw.random(rows) < 0.3
    country = draw.choice(["FR", "DE", "IT", None], rows, p=[0.3, 0.3, 0.3, 0.1])
    staff = np.where(draw.random(rows) < 0.2, np.nan, np.round(10 ** draw.uniform(0, 4, rows)))
    demos = draw.poisson(0.3, rows).astype(float)
    age = np.where(demos > 0, draw.integers(0, 60, rows), np.nan)
    colour = draw.choice(["red", "green", "blue"], rows)
    truth = -2.0 + boss * 1.0
    truth += signal * ((country == "FR") * 1.2 + (np.nan_to_num(staff) > 1000) * 1.5)
    truth += signal * (demos > 0) * 1.0
    won = draw.random(rows) < 1 / (1 + np.exp(-truth))
    columns = (
        Column("title", "text", np.where(boss, "boss", "other").astype(object), field("title")),
        Column("country", "text", country, field("country")),
        Column("employees", "number", staff, field("employees")),
        Column("colour", "text", colour.astype(object), field("colour")),
        Column("demos", "number", demos, Saying("frequency", event="demo", within=90)),
        Column("demo age", "number", age, Saying("recency", event="demo", within=90)),
        Column("unsayable", "number", truth),
    )
    ids = tuple(str(one) for one in range(rows))
    table = Examples(columns, won, np.ones(rows), np.arange(rows), ids)
    return table, boss * 10.0


def proposals(seed: int = 1, scale: float = 10.0) -> dict[str, Proposal]:
    rows, score = examples(seed)
    return {one.column: one for one in missing_rules(MODEL, rows, score, scale=scale)}


def test_planted_rules_are_found_the_best_of_an_event_once() -> None:
    found = proposals()
    assert {"country", "employees"} < set(found)
    assert len({"demos", "demo age"} & set(found)) == 1
    assert not {"title", "colour", "unsayable"} & set(found)


def test_points_hold_the_planted_truth() -> None:
    found = proposals()
    french = next(level for level in found["country"].levels if level.name == "FR")
    others = {level.points for level in found["country"].levels if level.name != "FR"}
    assert french.interval.holds(12)
    assert others == {0}
    staff = {float(level.name): level for level in found["employees"].levels}
    largest = staff[max(staff)]
    assert largest.interval.low is not None
    assert largest.interval.low > 8
    assert largest.points > 8


def test_conversion_is_told_with_and_without() -> None:
    one = proposals()["country"]
    rows, _ = examples(1)
    french = rows.column("country").values == "FR"
    assert one.leads == french.sum()
    assert one.with_.value == pytest.approx(rows.won[french].mean())
    assert one.without.value == pytest.approx(rows.won[~french].mean())
    assert one.chance < 1e-6


def test_a_draft_has_the_rules_and_what_they_need() -> None:
    rows, score = examples(1)
    paint = replace(rows.column("country"), name="paint", said_by=field("paint"))
    rows = replace(rows.without(["country", "demo age"]), columns=(paint, *rows.columns[2:5]))
    found = missing_rules(MODEL, rows, score, scale=10.0)
    assert {one.column for one in found} == {"paint", "employees", "demos"}
    text = add(TEXT, found)
    draft = checked_model(text, "draft.yaml")
    assert draft.field("lead", "paint").type == "text"  # type: ignore[union-attr]
    forms = {id_: type(draft.rule(id_)) for id_ in ("paint", "employees", "demos")}
    assert forms == {"paint": ValuesRule, "employees": BandsRule, "demos": FrequencyRule}
    assert draft.rule("demos").dimension == "interest"  # type: ignore[union-attr]
    assert "# of the form" in text
    assert "# any page" in text


def test_recency_is_said_by_ages() -> None:
    rows, score = examples(2)
    found = missing_rules(MODEL, rows.without(["demos"]), score)
    draft = checked_model(add(TEXT, found), "draft.yaml")
    rule = draft.rule("demo_age")
    assert isinstance(rule, RecencyRule)
    assert rule.within == 90
    assert all(band.points > 0 for band in rule.bands[:2])


def test_where_all_have_an_age_the_oldest_get_no_points() -> None:
    rows, score = examples(9)
    recent = rows.column("country").values == "FR"
    age = np.where(recent, 3.0, 200.0)
    column = replace(rows.column("demo age"), values=age)
    (one,) = missing_rules(MODEL, replace(rows, columns=(column,)), score)
    assert {level.name: level.points > 0 for level in one.levels} == {"0": True, "90": False}


def test_what_repeats_a_chosen_rule_is_not_proposed_too() -> None:
    rows, score = examples(3)
    region = replace(rows.column("country"), name="region", said_by=field("region"))
    both = replace(rows, columns=(*rows.columns, region))
    found = {one.column for one in missing_rules(MODEL, both, score)}
    assert len(found & {"country", "region"}) == 1


def test_what_the_score_says_already_is_not_proposed() -> None:
    rows, score = examples(4, signal=0.0)
    boss = replace(rows.column("title"), name="rank", said_by=field("rank"))
    assert missing_rules(MODEL, replace(rows, columns=(boss,)), score) == ()
    assert len(missing_rules(MODEL, replace(rows, columns=(boss,)), score * 0)) == 1


def test_personal_attributes_and_dates_are_not_offered() -> None:
    rows, score = examples(5)
    country = rows.column("country")
    columns = tuple(
        replace(country, name=name, said_by=field(name)) for name in ("gender", "signed")
    )
    assert missing_rules(MODEL, replace(rows, columns=columns), score) == ()


def test_columns_that_are_left_out_and_rows_without_score_are_not_looked_at() -> None:
    rows, score = examples(6)
    names = [one.name for one in rows.columns if one.name != "country"]
    found = missing_rules(MODEL, rows, score, left_out=names)
    assert [one.column for one in found] == ["country"]
    half = np.where(np.arange(len(score)) % 2 == 0, score, np.nan)
    (one,) = missing_rules(MODEL, rows, half, left_out=names)
    assert one.leads == (rows.column("country").values[::2] == "FR").sum()


def noise(seed: int) -> tuple[Examples, np.ndarray]:
    """Twenty columns of all kinds, several rows a lead, and outcomes dealt out at random."""
    draw = np.random.default_rng(seed)
    leads, days = 400, 3
    rows = leads * days
    lead = np.repeat(np.arange(leads), days)
    columns = [
        Column(f"n{i}", "number", np.repeat(draw.lognormal(3, 1, leads), days), field(f"n{i}"))
        for i in range(7)
    ]
    columns += [
        Column(
            f"t{i}",
            "text",
            np.repeat(draw.choice(list("abcdef"), leads), days).astype(object),
            field(f"t{i}"),
        )
        for i in range(7)
    ]
    columns += [
        Column(
            f"e{i}",
            "number",
            draw.poisson(0.5, rows).astype(float),
            Saying("frequency", event=f"e{i}"),
        )
        for i in range(6)
    ]
    won = np.repeat(draw.permutation(leads) < 60, days)
    score = np.repeat(draw.integers(0, 100, leads), days).astype(float)
    ids = tuple(map(str, lead))
    return Examples(tuple(columns), won, np.ones(rows), lead, ids), score


def test_of_noise_nothing_is_proposed() -> None:
    draws = [missing_rules(MODEL, *noise(seed)) for seed in range(40)]
    assert sum(found == () for found in draws) >= 38


@given(seed=st.integers(0, 10_000), rows=st.integers(1, 400), scale=st.floats(0.1, 500))
def test_whatever_is_proposed_can_be_read(seed: int, rows: int, scale: float) -> None:
    table, score = examples(seed, rows)
    found = missing_rules(MODEL, table, score, scale=scale)
    assert len(found) <= 10
    assert len({one.id for one in found}) == len(found)
    draft = checked_model(add(TEXT, found), "draft.yaml")
    assert {one.id for one in found} <= set(draft.numbers)


def test_events_of_a_condition_are_ignored_until_a_rule_asks_it() -> None:
    text = TEXT.replace("signed: date}", "signed: date}\n  event: {channel: text}")
    rows, score = examples(7)
    ads = Saying("frequency", event="*", where="channel = 'ads'", within=30)
    column = replace(rows.column("demos"), name="ads in 30 days", said_by=ads)
    alone = replace(rows, columns=(column,))
    (one,) = missing_rules(checked_model(text, "m"), alone, score)
    draft_text = add(text, [one])
    draft = checked_model(draft_text, "draft.yaml")
    rule = draft.rule("ads_in_30_days")
    assert isinstance(rule, FrequencyRule)
    assert (rule.events, rule.within) == ((), 30)
    assert missing_rules(draft, alone, score) == ()


def test_what_was_learned_is_no_rule_of_a_person() -> None:
    learned = replace(MODEL.dimensions[0], name="learned")
    rules = tuple(replace(rule, dimension="learned") for rule in learned.rules)
    promoted = replace(MODEL, dimensions=(replace(learned, rules=rules),))
    rows, score = examples(8)
    assert missing_rules(promoted, rows, score) == ()
    both = replace(MODEL, dimensions=(*MODEL.dimensions[1:], *promoted.dimensions))
    assert "title" in {one.column for one in missing_rules(both, rows, score * 0)}
