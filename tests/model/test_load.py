"""Reading a model: every key, every wrong type, nothing lost in silence and never a crash."""

# ruff: noqa: E501 (a rule of a model stands on one line)

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tamis.errors import UserError
from tamis.model import keys
from tamis.model.document import Problems
from tamis.model.load import read_model, read_text
from tamis.model.load_rules import form_of
from tamis.model.spec import (
    AtLeastRule,
    Band,
    BandsRule,
    EventRule,
    Grade,
    Group,
    HalfLife,
    Linear,
    Model,
    Odds,
    Period,
    PointsRule,
    RateRule,
    Steps,
    ValuesRule,
    WhenRule,
)
from tamis.model.templates import template_names, template_text
from tamis.model.terms import Expression

FULL = """
tamis: 1
name: full
version: 3
about: Everything
timezone: Europe/Paris
fields:
  lead: {country: text, n: integer}
  account: {employees: number}
  event: {url: text, seconds: number}
exclude: n = 0
dimensions:
  fit:
    label: {en: Fit, fr: Adéquation}
    about: Who they are
    range: [-10, 90.5]
    grades: {A: 75, B: 50, C: 0}
    groups: {web: {cap: 40}, free: {}, empty: }
    rules:
      - {id: w, label: VIP, about: why, when: n > 1, points: 5.5, cap: 20, group: web}
      - {id: b, field: employees, bands: {0: 0, 10.5: 5}}
      - {id: v, field: country, values: {FR: 5, NO: 3}, otherwise: -1}
  engagement:
    decay: {half_life: 30d}
    active: [2026-01-01, 2026-12-31]
    rules:
      - {id: p, event: visit, where: seconds > 1, when: n > 1, points: 8, within: 90d, per_day: 2, decay: {linear: 9}, active: [2026-02-01, 2026-02-28]}
      - {id: l, event: [a, b, a], at_least: 3, points: 5, decay: none}
      - {id: f, event: "*", frequency: {1: 2, 5: 6}}
      - {id: t, event: visit, total: {field: seconds, bands: {0: 0, 120: 4}}}
      - {id: r, event: open, rate: {over: sent, at_least: 5, bands: {0: -5, 50: 6}}}
      - {id: c, event: visit, recency: {0: 15, 7: 8}, decay: {steps: {30d: 0.5, 4w: 0.75}}}
  quiet:
    rules: [{id: s, event: visit, silent_for: 8w, points: -15}]
score: {weights: {fit: 0.4, engagement: 0.6}, range: [0, 50]}
cell: [fit]
temperature: {hot: score >= 70, cold: true}
stages: {lead: score >= 30, mql: score >= 50}
plays:
  - {id: call, label: Call, about: now, when: "true", do: handoff, to: sales, respond_within: 8 h}
accounts: {rollup: top, of: fit, count: 2}
"""


def read(text: str) -> tuple[Model | None, list[str]]:
    """The model, and what was found as `code line:column`."""
    problems = Problems()
    model = read_model(text, "m.yaml", problems)
    return model, [f"{p.code} {p.place.line}:{p.place.column}" for p in problems.sorted]


def full() -> Model:
    model, found = read(FULL)
    assert [line for line in found if not line.startswith("unused-key")] == []
    assert model is not None
    return model


def rule_of(rule: str) -> tuple[Any, list[str]]:
    """A rule as read, and the codes of what was found."""
    model, found = read(f"tamis: 1\nname: m\ndimensions: {{fit: {{rules: [{rule}]}}}}")
    assert model is not None
    return next(iter(model.rules), None), [line.split()[0] for line in found]


def test_the_head_of_a_model() -> None:
    model = full()
    assert (model.name, model.version, model.about, model.timezone) == (
        "full",
        3,
        "Everything",
        "Europe/Paris",
    )
    assert [(f.table, f.name, f.type) for f in model.fields] == [
        ("lead", "country", "text"),
        ("lead", "n", "integer"),
        ("account", "employees", "number"),
        ("event", "url", "text"),
        ("event", "seconds", "number"),
    ]
    assert model.exclude == Expression("n = 0")


def test_a_dimension() -> None:
    fit = full().dimension("fit")
    assert fit is not None
    assert (fit.low, fit.high) == (Decimal(-10), Decimal("90.5"))
    assert fit.grades == (Grade("C", Decimal(0)), Grade("B", Decimal(50)), Grade("A", Decimal(75)))
    assert fit.groups == (Group("web", Decimal(40)), Group("free", None), Group("empty", None))
    assert (fit.label.text("fr", ""), fit.label.text("en", ""), fit.about) == (
        "Adéquation",
        "Fit",
        "Who they are",
    )


def test_what_was_learned_is_read_as_a_probability() -> None:
    text = "{tamis: 1, name: m, dimensions: {learned: {odds: {rate: 0.2, double: 10, at: 50}}}}"
    model, told_ = read(text)
    assert model is not None
    assert told_ == []
    odds = model.dimensions[0].odds
    assert odds == Odds(Decimal("0.2"), Decimal(10), Decimal(50))
    assert [odds.probability(value) for value in (50, Decimal(60), 40.0)] == pytest.approx(
        [0.2, 1 / 3, 1 / 9]
    )
    assert (odds.probability(10**6), odds.probability(-(10**6))) == pytest.approx((1, 0))
    assert full().dimensions[0].odds is None


def test_every_form_of_rule_is_told_by_its_keys() -> None:
    forms = {rule.id: form_of(rule) for rule in full().rules}
    assert forms == {
        "w": "when",
        "b": "bands",
        "v": "values",
        "p": "points",
        "l": "at_least",
        "f": "frequency",
        "t": "total",
        "r": "rate",
        "c": "recency",
        "s": "silent_for",
    }
    assert set(forms.values()) == set(keys.FORMS)


def test_attribute_rules() -> None:
    model = full()
    when, bands, values = (model.rule(id_) for id_ in "wbv")
    assert isinstance(when, WhenRule)
    assert (when.points, when.cap, when.group, when.when) == (
        Decimal("5.5"),
        Decimal(20),
        "web",
        Expression("n > 1"),
    )
    assert isinstance(bands, BandsRule)
    assert bands.bands == (Band(Decimal(0), Decimal(0)), Band(Decimal("10.5"), Decimal(5)))
    assert isinstance(values, ValuesRule)
    assert values.values == (("FR", Decimal(5)), ("NO", Decimal(3)))
    assert values.otherwise == -1


def test_event_rules() -> None:
    points, at_least, rate = (full().rule(id_) for id_ in "plr")
    assert isinstance(points, PointsRule)
    assert (points.events, points.within, points.per_day) == (("visit",), 90, 2)
    assert (points.where, points.when) == (Expression("seconds > 1"), Expression("n > 1"))
    assert isinstance(at_least, AtLeastRule)
    assert (at_least.events, at_least.at_least) == (("a", "b"), 3)
    assert isinstance(rate, RateRule)
    assert (rate.over, rate.at_least) == (("sent",), 5)


def test_decay_and_campaign_come_from_the_rule_or_else_its_dimension() -> None:
    model = full()
    rules = {rule.id: rule for rule in model.rules if isinstance(rule, EventRule)}
    assert rules["p"].decay == Linear(9)
    assert rules["l"].decay is None
    assert rules["f"].decay == HalfLife(30)
    assert rules["c"].decay == Steps(((28, Decimal("0.75")), (30, Decimal("0.5"))))
    assert rules["p"].active == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert rules["f"].active == Period(date(2026, 1, 1), date(2026, 12, 31))
    assert rules["f"].events == ()


def test_verdicts() -> None:
    model = full()
    assert model.score is not None
    assert (model.score.mean, model.score.high) == (True, Decimal(50))
    assert model.score.weights == {"fit": Decimal("0.4"), "engagement": Decimal("0.6")}
    assert [(v.name, v.when.text) for v in model.temperatures] == [
        ("hot", "score >= 70"),
        ("cold", "true"),
    ]
    assert [v.name for v in model.stages] == ["lead", "mql"]
    [play] = model.plays
    assert (play.do, play.to, play.respond_within) == ("handoff", "sales", "8h")
    assert model.accounts is not None
    assert (model.accounts.rollup, model.accounts.of, model.accounts.count) == ("top", "fit", 2)


def test_defaults() -> None:
    model, found = read("tamis: 1\nname: m\ndimensions: {fit: {}}")
    assert found == []
    assert model is not None
    assert (model.version, model.timezone, model.score, model.accounts) == (1, "UTC", None, None)
    assert (model.dimensions[0].low, model.dimensions[0].high) == (Decimal(0), Decimal(100))


def test_places_of_keys() -> None:
    model = full()
    rule = model.rule("p")
    assert rule is not None
    lines = FULL.split("\n")
    place = rule.place("within")
    assert lines[place.line - 1][place.column - 1 :].startswith("90d")
    assert rule.place("label") == rule.place("")
    where = rule.where.place  # type: ignore[attr-defined]
    assert lines[where.line - 1][where.column - 1 :].startswith("seconds > 1")


# Every key, wrong ---------------------------------------------------------------------------------

TREE: dict[str, Any] = YAML(typ="safe", pure=True).load(FULL)
Path_ = tuple[Any, ...]


def paths(node: Any, path: Path_ = ()) -> Iterator[Path_]:
    """The path of every value in the full model."""
    if path:
        yield path
    pairs = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, value in pairs:
        yield from paths(value, (*path, key))


def changed(path: Path_, value: Any, *, remove: bool = False) -> str:
    """The full model with one value replaced or removed."""
    tree = copy.deepcopy(TREE)
    node = tree
    for key in path[:-1]:
        node = node[key]
    if remove:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    page = StringIO()
    YAML(typ="safe", pure=True).dump(tree, page)
    return page.getvalue()


PATHS = list(paths(TREE))
NEEDED = {"tamis", "name", "dimensions", "id", "points", "do", "rollup", "over"}


def once(found: list[Path_]) -> list[Path_]:
    """The paths, those that end in the same key in the same kind of place once."""
    return list({(path[-1], len(path)): path for path in found}.values())


def told(text: str) -> set[str]:
    """The codes of what is found in a text that is read into a model, whatever is wrong with it."""
    model, found = read(text)
    assert model is not None
    assert all(int(line.split()[1].split(":")[0]) > 0 for line in found)
    return {line.split()[0] for line in found} - {"unused-key"}


@pytest.mark.parametrize("path", once(PATHS), ids=lambda path: ".".join(map(str, path)))
def test_a_value_that_no_key_can_have_is_told(path: Path_) -> None:
    assert told(changed(path, [{"x": ["y"]}]))


@pytest.mark.parametrize("value", [None, "\t", -1e9, [], {}], ids=str)
@pytest.mark.parametrize("path", [p for p in once(PATHS) if len(p) == 1], ids=lambda path: path[0])
def test_a_strange_value_is_read_without_a_crash(path: Path_, value: Any) -> None:
    told(changed(path, value))


@pytest.mark.parametrize(
    "path", [p for p in once(PATHS) if p[-1] in NEEDED], ids=lambda path: ".".join(map(str, path))
)
def test_a_value_that_is_needed_is_missed(path: Path_) -> None:
    assert told(changed(path, None, remove=True)) & {"missing-key", "unknown-key"}


@pytest.mark.parametrize(
    "section",
    [
        (),
        ("fields",),
        ("dimensions", "fit"),
        ("dimensions", "fit", "groups", "web"),
        *(("dimensions", "fit", "rules", i) for i in range(3)),
        *(("dimensions", "engagement", "rules", i) for i in range(6)),
        ("dimensions", "quiet", "rules", 0),
        ("dimensions", "engagement", "decay"),
        ("dimensions", "engagement", "rules", 3, "total"),
        ("dimensions", "engagement", "rules", 4, "rate"),
        ("score",),
        ("plays", 0),
        ("accounts",),
    ],
    ids=lambda path: ".".join(map(str, path)) or "model",
)
def test_an_unknown_key_is_told_in_every_section(section: Path_) -> None:
    _, found = read(changed((*section, "zzz"), {} if section == ("fields",) else 1))
    assert "unknown-key" in {line.split()[0] for line in found}


def test_a_mistyped_key_comes_with_the_right_one() -> None:
    problems = Problems()
    read_model("tamis: 1\nname: m\ndimensons: {}\n", "m.yaml", problems)
    assert "did you mean `dimensions`?" in {problem.hint for problem in problems.found}


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        ("{id: a, when: x, points: 1, points: 2}", ["duplicate-key"]),
        ("{id: a, points: 1}", ["missing-key"]),
        ("{id: a, event: x}", ["missing-key"]),
        ("{id: a, bands: {0: 1}}", ["missing-key"]),
        ("{id: a, within: 3, points: 1}", ["missing-key"]),
        ("{when: x, points: 1}", ["missing-key"]),
        ("{id: a, event: x, at_least: 0, points: 1}", ["out-of-range"]),
        ("{id: a, event: x, at_least: 1.5, points: 1}", ["too-precise"]),
        ("{id: a, event: x, per_day: 0, points: 1}", ["out-of-range"]),
        ("{id: a, event: x, within: 0, points: 1}", ["out-of-range"]),
        ("{id: a, event: x, points: 1, cap: -1}", ["out-of-range"]),
        ("{id: a, event: x, points: 10001}", ["out-of-range"]),
        ("{id: a, event: x, points: 1.0001}", ["too-precise"]),
        ("{id: a, event: [], points: 1}", ["no-event"]),
        ("{id: a, event: x, frequency: {}}", ["no-band"]),
        ("{id: a, event: x, frequency: {1: 1, 1.0: 2}}", ["equal-bounds"]),
        ("{id: a, event: x, frequency: {one: 1}}", ["no-band", "wrong-type"]),
        ("{id: a, event: x, recency: {0: 1}, per_day: 1}", ["unused-key"]),
        ("{id: a, event: x, frequency: {0: 1}, decay: none}", ["unused-key"]),
        ("{id: a, event: x, silent_for: 9, points: 1, within: 9, decay: none}", ["unused-key"] * 2),
        (
            "{id: a, event: x, silent_for: 9, points: 1, active: [2026-01-01, 2026-01-02]}",
            ["active-silence"],
        ),
        ("{id: a, event: x, points: 1, active: [2026-01-02, 2026-01-01]}", ["wrong-period"]),
        ("{id: a, event: x, points: 1, active: [2026-01-02]}", ["wrong-period"]),
        ("{id: a, event: x, points: 1, active: 2026-01-02}", ["wrong-type"]),
        ("{id: a, event: x, points: 1, decay: fast}", ["wrong-type"]),
        ("{id: a, event: x, points: 1, decay: {}}", ["wrong-decay"]),
        ("{id: a, event: x, points: 1, decay: {half_life: 3, linear: 3}}", ["wrong-decay"]),
        ("{id: a, event: x, points: 1, decay: {half_life: 0}}", ["out-of-range"]),
        ("{id: a, event: x, points: 1, decay: {steps: {1: 0.5, 1d: 0.4}}}", ["equal-bounds"]),
        ("{id: a, event: x, points: 1, decay: {steps: {1: 1.5}}}", ["out-of-range"]),
        ("{id: a, event: x, points: 1, decay: {steps: {1: -0.5}}}", ["out-of-range"]),
        ("5", ["wrong-type"]),
        ("[a]", ["wrong-type"]),
    ],
)
def test_wrong_rules(rule: str, codes: list[str]) -> None:
    assert rule_of(rule)[1] == codes


@pytest.mark.parametrize(
    ("section", "code"),
    [
        ("version: 0", "out-of-range"),
        ("version: 1.5", "too-precise"),
        ("lifecycle: taxonomie", "unknown-value"),
        ("score: {}", "wrong-score"),
        ("score: {weights: {fit: 1}, sum: [fit]}", "wrong-score"),
        ("score: {weights: {fit: 0}}", "wrong-score"),
        ("score: {weights: {fit: -1}}", "out-of-range"),
        ("score: {weights: {fit: 1001}}", "out-of-range"),
        ("score: {sum: [fit, fit]}", "wrong-score"),
        ("score: {sum: [fit], range: [0, 1000001]}", "out-of-range"),
        ("score: {sum: [fit], range: [5, 5]}", "wrong-range"),
        ("score: {sum: [fit], range: [5]}", "wrong-range"),
        ("plays: [{id: p, when: x, do: sell}]", "unknown-value"),
        ("plays: [{id: p, when: x, do: handoff, respond_within: 0h}]", "wrong-duration"),
        ("plays: [{id: p, when: x, do: handoff, respond_within: 8}]", "wrong-duration"),
        ("plays: [{id: p, when: x, do: handoff, respond_within: 1w}]", "wrong-duration"),
        ("plays: [{id: p, when: x, do: handoff, respond_within: 100000m}]", "wrong-duration"),
        (
            f"plays: [{{id: p, when: x, do: handoff, respond_within: {'9' * 5000}h}}]",
            "wrong-duration",
        ),
        ("accounts: {rollup: median}", "unknown-value"),
        ("accounts: {rollup: top, count: 0}", "out-of-range"),
        ("fields: {lead: {a: string}}", "unknown-value"),
        ("cell: fit", "wrong-type"),
        ("score: {weights: {}}", "wrong-score"),
        ("score: {sum: []}", "wrong-score"),
    ],
)
def test_wrong_sections(section: str, code: str) -> None:
    _, found = read(f"tamis: 1\nname: m\ndimensions: {{fit: {{}}}}\n{section}")
    assert [line.split()[0] for line in found] == [code]


def test_two_grades_with_one_bound() -> None:
    _, found = read("tamis: 1\nname: m\ndimensions: {fit: {grades: {A: 5, B: 5.0}}}")
    assert found == ["equal-bounds 3:38"]


def test_a_model_without_dimensions() -> None:
    assert read("tamis: 1\nname: m\ndimensions: {}")[1] == ["no-dimension 3:13"]


@pytest.mark.parametrize("version", ["2", "one", "[1]"])
def test_another_version_of_the_format(version: str) -> None:
    assert read(f"tamis: {version}\nname: m\ndimensions: {{fit: {{}}}}")[1] == ["wrong-version 1:8"]


@pytest.mark.parametrize("text", ["hello", "[1]", "null", "5"])
def test_what_is_no_mapping(text: str) -> None:
    assert read(text)[1] == ["wrong-type 1:1"]


def test_a_rule_that_cannot_be_read_does_not_hide_the_others() -> None:
    text = FULL.replace("points: 5.5", "points: lots")
    model, found = read(text)
    assert model is not None
    assert len(model.rules) == len(full().rules) - 1
    assert [line for line in found if line.startswith("wrong-type")] != []


@pytest.mark.parametrize("name", template_names())
def test_a_template_is_read_without_a_word(name: str) -> None:
    assert read(template_text(name))[1] == []


def test_a_file_of_many_rules_is_read() -> None:
    rules = "".join(f"      - {{id: r{i}, event: e{i}, points: 1}}\n" for i in range(1000))
    model, found = read(f"tamis: 1\nname: m\ndimensions:\n  fit:\n    rules:\n{rules}")
    assert found == []
    assert model is not None
    assert len(model.rules) == 1000


def test_reading_a_file(tmp_path: Path) -> None:
    file = tmp_path / "m.yaml"
    file.write_bytes("\ufeffname: é".encode())
    assert read_text(file) == "name: é"
    file.write_bytes("name: é".encode("latin-1"))
    with pytest.raises(UserError, match="not UTF-8"):
        read_text(file)
    with pytest.raises(UserError, match="No such file"):
        read_text(tmp_path / "none.yaml")
    with pytest.raises(UserError):
        read_text(tmp_path)


HEAD_OF_ONE = "tamis: 1\nname: m\ndimensions: {fit: {rules: "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD_OF_ONE + "[{id: a, when: 'true', point: 3}]}}", ["unknown-key"]),
        (HEAD_OF_ONE + "[{id: a, when: 'true', colour: 3}]}}", ["missing-key", "unknown-key"]),
        (HEAD_OF_ONE + "[{id: a, point: 3}]}}", ["missing-key", "unknown-key"]),
        ("tamis: 1\nname: m\ndimension: {fit: {}}", ["unknown-key"]),
    ],
)
def test_a_key_that_was_meant_is_not_missing(text: str, expected: list[str]) -> None:
    problems = Problems()
    read_model(text, "m.yaml", problems)
    assert sorted(problem.code for problem in problems.found) == expected
