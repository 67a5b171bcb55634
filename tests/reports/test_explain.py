"""A score taken apart: everything adds up exactly, and what is missing is said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from tests.engines.running import _instants
from tests.reports import sample
from tests.strategies import Problem, problems, written

from tamis.engines.duckdb import DuckDB
from tamis.errors import UserError
from tamis.model.checks import checked_model
from tamis.reports.explain import explain
from tamis.reports.explanation import DimensionPart, Explanation
from tamis.run import Result, run

CENT = Decimal("0.01")


def dimension(explanation: Explanation, name: str) -> DimensionPart:
    return next(part for part in explanation.dimensions if part.name == name)


def adds_up(explanation: Explanation) -> None:
    for part in explanation.dimensions:
        for rule in part.rules:
            assert rule.full + rule.decay + rule.cap == rule.points
        taken = [*part.groups, *([part.range] if part.range else [])]
        whole = sum((rule.points for rule in part.rules), Decimal(0))
        assert whole + sum((one.taken for one in taken), Decimal(0)) == part.unrounded
        assert part.unrounded.quantize(CENT, ROUND_HALF_UP) == part.value
    if explanation.score is not None:
        parts = [part.part for part in explanation.dimensions if part.part is not None]
        assert sum(parts, Decimal(0)) + explanation.rest == explanation.score


# ---------------------------------------------------------------- random models


def explained(problem: Problem) -> Iterator[tuple[Explanation, dict[str, Any]]]:
    """The explanation of every lead of a random problem, with its rows of contributions."""
    model = checked_model(written(problem.model), "model.yaml")
    dated = {f.name for f in model.fields if f.type == "timestamp"} | {"timestamp", "valid_from"}
    tables = {
        name: [_instants(row, dated, ZoneInfo(model.timezone)) for row in rows]
        for name, rows in vars(problem.facts).items()
        if rows or name == "leads"
    }
    with DuckDB(threads=1) as session:
        result = run(session, model, problem.as_of, **tables)
        rows = result.contributions.rows()
        for verdict in result.scores.rows():
            id_ = verdict["lead_id"]
            given = {r["rule"]: r["points"] for r in rows if r["lead_id"] == id_}
            yield explain(result, id_), given


def parts_are_the_contributions(problem: Problem) -> None:
    for explanation, contributions in explained(problem):
        adds_up(explanation)
        parts: dict[str, Decimal] = {}
        for part in explanation.dimensions:
            parts |= {rule.rule: rule.points for rule in part.rules if rule.points}
            parts |= {f"cap:{group.name}": group.taken for group in part.groups}
            parts |= {f"range:{part.name}": part.range.taken} if part.range else {}
        assert parts == contributions


@given(problems())
@settings(max_examples=8)
def test_parts_add_up_and_are_the_contributions(problem):
    parts_are_the_contributions(problem)


@pytest.mark.verify
@given(problems())
@settings(max_examples=300)
def test_parts_add_up_and_are_the_contributions_on_many(problem):
    parts_are_the_contributions(problem)


# ---------------------------------------------------------------- the sample


@pytest.mark.parametrize("lead", ["anna", "bert", "carl"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_sample_adds_up(result, lead, language):
    adds_up(explain(result, lead, language))


def test_what_decay_took(result):
    prices = next(
        r for r in dimension(explain(result, "anna"), "activity").rules if r.rule == "pricing"
    )
    assert (prices.full, prices.decay, prices.points) == (24, -10, 14)
    assert (prices.count, prices.last_day, prices.limit) == (3, sample.AS_OF, 20)


def test_what_caps_and_ranges_took(result):
    anna, bert = explain(result, "anna"), explain(result, "bert")
    company = dimension(anna, "fit").groups[0]
    assert (company.name, company.limit, company.taken) == ("company", 30, -15)
    lower_end = dimension(bert, "fit").range
    assert lower_end is not None
    assert (lower_end.limit, lower_end.taken) == (0, 28)


def test_a_rules_own_cap_took_points():
    rows = [sample.event("anna", "page_view", sample.AS_OF, url="/pricing") for _ in range(2)]
    rows += [sample.event("anna", "page_view", sample.AS_OF.replace(day=20), url="/pricing")] * 2
    with sample.scored(events=rows) as result:
        activity = dimension(explain(result, "anna"), "activity")
    prices = next(rule for rule in activity.rules if rule.rule == "pricing")
    assert (prices.full, prices.points) == (32, 20)
    assert prices.decay < 0
    assert prices.cap < 0


def test_how_the_weights_make_the_score(result):
    anna = explain(result, "anna")
    assert [(p.weight, p.part) for p in anna.dimensions] == [
        (1, Decimal("23.33")),
        (2, Decimal("58.50")),
    ]
    assert (anna.score, anna.rest) == (Decimal("81.83"), 0)


def test_what_is_missing_to_the_next_grade_counts_from_below_the_range(result):
    missing = dimension(explain(result, "bert"), "fit").missing
    assert missing is not None
    assert (missing.to, missing.needed) == ("B", 58)


def test_rules_that_could_still_give_points(result):
    carl = explain(result, "carl")
    fit, activity = (dimension(carl, name).missing for name in ("fit", "activity"))
    assert fit is not None
    assert activity is not None
    # The company is known, the title is not; the group `company` is full.
    assert [(c.rule, c.points, c.unknown) for c in fit.candidates] == [
        ("decides", 40, ("job_title",))
    ]
    rules = [candidate.rule for candidate in activity.candidates]
    assert rules[0] == "demo"
    assert "pricing" not in rules  # it gave some already
    assert "last_year" not in rules  # its campaign is over


def test_a_gated_rule_is_no_candidate_for_whom_its_gate_is_shut(result):
    assert "gated" not in [
        c.rule for c in dimension(explain(result, "bert"), "activity").missing.candidates
    ]


def test_what_is_missing_to_the_next_stage_and_temperature(result):
    carl = explain(result, "carl")
    assert (carl.stage, carl.next_stage.to, carl.next_stage.needed) == (
        "lead",
        "mql",
        Decimal("37.67"),
    )
    best = carl.next_stage.candidates[0]
    assert (best.rule, best.effect) == ("demo", pytest.approx(Decimal(80) / 3))
    assert carl.next_temperature.to == "warm"


def test_nothing_is_missing_at_the_top(result):
    anna = explain(result, "anna")
    assert (anna.next_stage, anna.next_temperature) == (None, None)
    assert [part.missing for part in anna.dimensions] == [None, None]


def test_alternatives_and_their_terms(result):
    with sample.scored(events=[]) as quiet:
        anna = explain(quiet, "anna")
    hot = explain(result, "anna").play
    assert [(term.words, term.holds) for term in hot.ways[0]] == [
        ("temperature hot", True),
        ("grade of Fit A or B", True),
    ]
    assert anna.temperature == "cold"
    assert anna.next_temperature.to == "warm"


def test_the_play_and_the_rank(result):
    anna = explain(result, "anna")
    assert (anna.play.id, anna.play.label, anna.play.to) == ("call", "call now", "senior_sales")
    assert anna.play.deadline == "1 working hour"
    assert (anna.rank, anna.ranked) == (1, 3)


def test_an_excluded_lead_is_explained(result):
    boss = explain(result, "boss")
    assert boss.excluded
    assert boss.exclusion == "email = 'boss@our-company.example'"
    assert (boss.dimensions, boss.score, boss.rank, boss.play) == ((), None, None, None)


def test_it_says_that_a_score_is_no_probability(result):
    assert "not a probability" in explain(result, "anna").caution
    assert "pas une probabilité" in explain(result, "anna", "fr").caution


def test_an_unknown_lead_gets_a_suggestion(result):
    with pytest.raises(UserError, match="there is no lead `ana`") as error:
        explain(result, "ana")
    assert error.value.hint == "did you mean `anna`?"
    with pytest.raises(UserError) as error:
        explain(result, "nothing-like-it")
    assert error.value.hint == ""


def test_a_lead_of_a_later_day_says_so(result):
    with pytest.raises(UserError, match="`late` is not known yet on 21 November 2026") as error:
        explain(result, "late")
    assert "--as-of" in error.value.hint


def test_the_explanation_is_json(result):
    plain = json.loads(json.dumps(explain(result, "anna").to_json()))
    assert plain["as_of"] == "2026-11-21"
    assert plain["score"] == 81.83
    assert plain["dimensions"][0]["rules"][0]["rule"] == "decides"


def test_a_model_without_score_or_plays_is_explained():
    text = sample.MODEL[: sample.MODEL.index("score: {weights")]
    with sample.scored(sample.model(text)) as result:
        anna = explain(result, "anna")
    assert (anna.score, anna.play, anna.next_stage, anna.cell) == (None, None, None, None)
    adds_up(anna)


@pytest.mark.parametrize("name", ["points-100", "b2b", "fit-activity", "customer"])
def test_a_template_is_explained_without_data(name):
    model = sample.template(name)
    lead = {"lead_id": "anna"} | {f.name: None for f in model.fields_of("lead")}
    with DuckDB(threads=1) as session:
        result: Result = run(session, model, sample.AS_OF, leads=[lead | {"account_id": None}])
        adds_up(explain(result, "anna", "fr"))
