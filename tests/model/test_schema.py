"""The JSON Schema admits what `tamis check` admits, and refuses unknown keys."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from tests.cases.loading import all_cases
from tests.strategies.models import models
from tests.strategies.problems import written

from tamis.model import keys
from tamis.model.document import Problems
from tamis.model.lifecycle import keys as lifecycle
from tamis.model.load import read_model
from tamis.model.schema import json_schema
from tamis.model.templates import template_names, template_text

ROOT = Path(__file__).parents[2]
SCHEMA = json_schema()
VALIDATOR = Draft202012Validator(SCHEMA)


def tree(text: str) -> Any:
    """A document as an editor gives it to a schema: keys are texts, days are texts."""
    return plain(YAML(typ="safe", pure=True).load(text))


def plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    return node if isinstance(node, bool | int | float | str | None) else str(node)


def wrong(document: Any) -> list[str]:
    """What the schema has against a document."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(document)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", template_names())
def test_it_admits_every_template(name: str) -> None:
    assert wrong(tree(template_text(name))) == []


@pytest.mark.parametrize("file", sorted((ROOT / "examples").glob("*/model.yaml")), ids=str)
def test_it_admits_every_example(file: Path) -> None:
    assert wrong(tree(file.read_text(encoding="utf-8"))) == []


def test_it_admits_the_model_of_every_case() -> None:
    cases = [case for case in all_cases() if not case.refused]
    assert len(cases) > 100
    assert {case.name: wrong(plain(case.model)) for case in cases if wrong(plain(case.model))} == {}


@given(models())
def test_it_admits_every_random_model(model: dict[str, Any]) -> None:
    assert wrong(tree(written(model))) == []


MODEL = tree(
    """
    tamis: 1
    name: m
    fields: {lead: {n: integer}}
    dimensions:
      fit:
        groups: {web: {cap: 1}}
        decay: {half_life: 3}
        rules:
          - {id: a, when: n > 1, points: 1}
          - {id: b, event: x, total: {field: n, bands: {0: 1}}}
          - {id: c, event: x, rate: {over: y, bands: {0: 1}}}
      learned:
        odds: {rate: 0.1, double: 10, at: 50}
    score: {weights: {fit: 1}}
    plays: [{id: p, when: "true", do: none}]
    accounts: {rollup: max}
    lifecycle:
      use: none
      statuses: {lead: , mql: {milestone: qualified}}
      steps: [{from: lead, to: mql, by: score, when: fit > 1}]
    feedback: {reasons: [timing]}
    queues:
      sales: {assign: capacity, limit: 5}
      north: {territories: [{when: n > 1, to: [ada]}]}
    service: {week: {mon-fri: "09:00-18:00"}, remind: 50%}
    goals: [{milestone: qualified, per_month: 5}]
    costs: {fair: 10}
    """
)
SECTIONS: dict[str, tuple[Any, ...]] = {
    "model": (),
    "fields": ("fields",),
    "dimension": ("dimensions", "fit"),
    "group": ("dimensions", "fit", "groups", "web"),
    "odds": ("dimensions", "learned", "odds"),
    "decay": ("dimensions", "fit", "decay"),
    "rule": ("dimensions", "fit", "rules", 0),
    "total": ("dimensions", "fit", "rules", 1, "total"),
    "rate": ("dimensions", "fit", "rules", 2, "rate"),
    "score": ("score",),
    "play": ("plays", 0),
    "accounts": ("accounts",),
    "lifecycle": ("lifecycle",),
    "status": ("lifecycle", "statuses", "mql"),
    "step": ("lifecycle", "steps", 0),
    "feedback": ("feedback",),
    "queue": ("queues", "sales"),
    "territory": ("queues", "north", "territories", 0),
    "service": ("service",),
    "goal": ("goals", 0),
}


def with_value(path: tuple[Any, ...], value: Any) -> Any:
    """The model with a value put at a path."""
    document = copy.deepcopy(MODEL)
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return document


@pytest.mark.parametrize("section", SECTIONS.values(), ids=SECTIONS)
def test_it_refuses_an_unknown_key(section: tuple[Any, ...]) -> None:
    assert wrong(MODEL) == []
    assert wrong(with_value((*section, "zzz"), {})) != []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tamis",), 2),
        (("name",), None),
        (("version",), 0),
        (("fields", "lead", "n"), "string"),
        (("dimensions",), {}),
        (("dimensions", "fit", "range"), [0]),
        (("dimensions", "fit", "grades"), {}),
        (("dimensions", "fit", "groups", "web", "cap"), -1),
        (("dimensions", "fit", "decay"), {"half_life": 3, "linear": 3}),
        (("dimensions", "fit", "decay"), "fast"),
        (("dimensions", "fit", "active"), ["2026-01-01"]),
        (("dimensions", "learned", "odds"), {"rate": 0.1, "double": 10}),
        (("dimensions", "learned", "odds", "rate"), 0),
        (("dimensions", "learned", "odds", "rate"), 1),
        (("dimensions", "learned", "odds", "double"), 0),
        (("dimensions", "fit", "rules", 0, "points"), "many"),
        (("dimensions", "fit", "rules", 1, "total", "bands"), {}),
        (("dimensions", "fit", "rules", 1, "total", "bands"), {"few": 1}),
        (("dimensions", "fit", "rules", 1, "within"), "3 months"),
        (("score", "weights"), {"fit": -1}),
        (("plays", 0, "do"), "sell"),
        (("plays", 0, "respond_within"), "8"),
        (("plays", 0, "respond_within"), "100000m"),
        (("plays", 0, "respond_within"), "08h"),
        (("accounts", "rollup"), "median"),
        (("plays", 0, "fast_track"), "often"),
        (("lifecycle",), "taxonomie"),
        (("lifecycle",), {"use": "taxonomie"}),
        (("lifecycle", "statuses", "mql", "milestone"), "met"),
        (("lifecycle", "statuses", "mql", "closed"), "soon"),
        (("lifecycle", "steps", 0, "by"), "boss"),
        (("lifecycle", "steps", 0, "by"), []),
        (("lifecycle", "steps", 0, "stay"), "long"),
        (("feedback", "reasons"), []),
        (("feedback", "reasons", 0), "no_budgte"),
        (("feedback", "false_positives"), 20),
        (("queues", "sales", "assign"), "chance"),
        (("queues", "sales", "limit"), 0),
        (("queues", "north", "territories", 0, "to"), []),
        (("service", "week", "mon-fri"), "9-18"),
        (("service", "week"), {"monday": "09:00-18:00"}),
        (("service", "holidays"), "France"),
        (("service", "remind"), 0.5),
        (("goals", 0, "milestone"), "met"),
        (("goals", 0, "per_month"), 0),
        (("costs", "fair"), -1),
    ],
)
def test_it_refuses_what_the_loader_refuses(path: tuple[Any, ...], value: Any) -> None:
    document = with_value(path, value)
    problems = Problems()
    read_model(written(document), "m.yaml", problems)
    assert wrong(document) != []
    assert problems.errors != ()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("tamis",), "1"),
        (("dimensions", "fit", "groups", "web"), None),
        (("dimensions", "fit", "label"), True),
        (("dimensions", "fit", "label"), {"en": 4, "fr": False}),
        (("dimensions", "fit", "rules", 1, "total", "bands"), {".5": 1, "1e3": 2, "+7": 3}),
        (("dimensions", "fit", "rules", 1, "total", "bands"), {"5.": 1, "-.5": 2, "1.5e-1": 3}),
        (("dimensions", "fit", "rules", 1, "within"), "4 w"),
        (("plays", 0, "respond_within"), "99999 m"),
        (("plays", 0, "fast_track"), True),
        (("lifecycle",), "validation"),
        (("lifecycle",), {}),
        (("lifecycle",), {"statuses": {"srl": "none", "mql": {"milestone": "none"}}}),
        (("lifecycle", "steps", 0, "from"), "any"),
        (("lifecycle", "steps", 0, "by"), ["score", "sales"]),
        (("feedback", "reasons"), ["timing", {"too_small": {"en": "Too small"}}]),
        (("feedback", "false_positives"), "20 %"),
        (("queues", "north", "territories", 0, "to"), "ada"),
        (("service", "week"), {"mon - thu": "9:00-12:30  14:00 - 18:00", "fri": "none"}),
        (("service", "holidays"), "DE-BY"),
        (("service", "reassign"), "none"),
    ],
)
def test_it_admits_what_the_loader_admits(path: tuple[Any, ...], value: Any) -> None:
    document = with_value(path, value)
    problems = Problems()
    # Keys are quoted where the document is written: a bound must be read as a number.
    text = re.sub(r"'([-+.0-9e]+)':", r"\1:", written(document))
    read_model(text, "m.yaml", problems)
    assert problems.errors == ()
    assert wrong(document) == []


def test_every_key_says_what_it_is_for() -> None:
    sections = [keys.MODEL, keys.DIMENSION, keys.SCORE, keys.PLAY, keys.ACCOUNTS, keys.RULE_BASE]
    sections += [lifecycle.SECTIONS, lifecycle.LIFECYCLE, lifecycle.STATUS, lifecycle.STEP]
    sections += [lifecycle.FEEDBACK, lifecycle.QUEUE, lifecycle.TERRITORY, lifecycle.SERVICE]
    sections += [lifecycle.GOAL]
    assert all(key.about.endswith(".") for section in sections for key in section.values())
