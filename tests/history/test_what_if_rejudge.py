"""A second model judged from kept counts gives what judging it from the facts gives."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.engines.running import judged, ran
from tests.strategies import Problem, problems, written

from tamis.engines.duckdb import DuckDB
from tamis.history.what_if_rejudge import rejudge
from tamis.model.checks import checked_model
from tamis.run import KEPT, REVISABLE, Result, judge
from tamis.sources import Provided

Row = dict[str, Any]


def rows(result: Result) -> tuple[list[Row], list[Row]]:
    return result.scores.rows(), result.contributions.rows()


@st.composite
def other(draw: st.DrawFn, model: Row) -> Row:
    """The model with other points, caps, grades or weights; at times with other windows."""
    changed = copy.deepcopy(model)
    for dimension in changed["dimensions"].values():
        if "grades" in dimension and draw(st.booleans()):
            dimension["grades"] = {"A": 30, "D": 0}
        for rule in dimension["rules"]:
            if "points" in rule and draw(st.booleans()):
                rule["points"] = draw(st.sampled_from([-3, 0.5, 12]))
            if draw(st.integers(0, 3)) == 0:
                rule["cap"] = draw(st.sampled_from([0, 2.5, 40]))
            if "within" in rule and draw(st.integers(0, 7)) == 0:
                rule["within"] = 5
    changed.pop("cell", None)
    return changed


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Problem, Row]:
    problem = draw(problems())
    # Conditions of verdicts may name cells and grades that the other model no longer has.
    for section in ("temperature", "stages", "plays", "cell"):
        problem.model.pop(section, None)
    return problem, draw(other(problem.model))


@given(pairs(), st.sampled_from([KEPT, REVISABLE]))
@settings(max_examples=6)
def test_rejudging_equals_judging(pair: tuple[Problem, Row], hold: tuple[str, ...]) -> None:
    problem, second = pair
    third = bounded(second)
    facts = (problem.facts.leads, problem.facts.accounts, problem.facts.events)
    with DuckDB(threads=1) as session:
        result = judged(session, problem.model, facts, problem.as_of)
        provided = Provided(result.shape, result.counts)
        result = judge(session, result.model, problem.as_of, provided, hold=hold)
        for model in (second, third, second, problem.model):
            again = rejudge(session, result, checked_model(written(model), "m.yaml"))
            event(f"events read again: {not again.reused}")
            expected = ran(model, *facts, problem.as_of)
            assert rows(again.result) == (expected.scores, expected.contributions)
            result = again.result


def bounded(model: Row) -> Row:
    """The model with other bounds alone."""
    changed = copy.deepcopy(model)
    for dimension in changed["dimensions"].values():
        if "grades" in dimension:
            dimension["grades"] = {"A": 41, "B": 7, "D": 0}
    return changed


MODEL = """
tamis: 1
name: m
fields: {lead: {title: text, size: integer}, event: {url: text}}
dimensions:
  fit:
    rules:
      - {id: boss, when: seniority(title) = 'c_level', points: 40}
      - {id: size, field: size, bands: {0: 1, 10: 2}}
  activity:
    rules:
      - {id: visit, event: visit, where: "url = '/a'", points: 5, within: 30d}
      - {id: seen, event: "*", recency: {0: 15, 7: 8}}
score: {sum: [fit, activity]}
"""


def reused(*changes: tuple[str, str]) -> bool:
    text = MODEL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    leads = [{"lead_id": "ann", "title": "CEO", "size": 3}]
    events = [{"lead_id": "ann", "event": "visit", "timestamp": "2026-11-20", "url": "/a"}]
    with DuckDB(threads=1) as session:
        loaded = dict(YAML(typ="safe").load(MODEL))
        first = judged(session, loaded, (leads, [], events), date(2026, 11, 21))
        return rejudge(session, first, checked_model(text, "m.yaml")).reused


def test_points_caps_bands_and_scores_ask_for_no_event() -> None:
    assert reused(("points: 5", "points: 7, cap: 9"), ("10: 2", "10: 3"), ("7: 8", "9: 8"))
    assert reused(("score: {sum: [fit, activity]}", "stages: {lead: fit > 1}"))


def test_another_window_event_or_condition_asks_for_the_events() -> None:
    assert not reused(("within: 30d", "within: 31d"))
    assert not reused(("event: visit", "event: call"))
    assert not reused(("'/a'", "'/b'"))
    assert not reused(("within: 30d", "within: 30d, per_day: 1"))
    assert not reused(("within: 30d", "within: 30d, decay: {half_life: 3d}"))


def test_a_rule_before_others_renumbers_them_and_asks_for_the_events() -> None:
    assert not reused(
        ("      - {id: boss", "      - {id: x, field: size, bands: {0: 1}}\n      - {id: boss")
    )
