"""Random valid models over a few fixed fields: every rule form, limit, decay and verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st
from tests.strategies.expressions import conditions
from tests.strategies.rules import Draw, Names, days, rules
from tests.strategies.vocabulary import FIELDS, ZONES

Row = dict[str, Any]
DIMENSIONS = ("fit", "engagement", "reach")
RANGES = ([0, 100], [-50, 50], [10, 60.5], [-1000, 1000], [0, 0.125])


@st.composite
def models(draw: Draw, most_rules: int = 6) -> Row:
    """A model with one to three dimensions and at most `most_rules` rules in all."""
    names = lead_names()
    dimensions = draw(dimension_sections(names, most_rules))
    ids = [rule["id"] for part in dimensions.values() for rule in part["rules"]]
    model: Row = {"tamis": 1, "name": "random", "timezone": draw(st.sampled_from(ZONES))}
    model["fields"] = {table: dict(fields) for table, fields in FIELDS.items()}
    if draw(st.integers(0, 3)) == 0:
        model["exclude"] = draw(conditions(names, depth=1))
    model["dimensions"] = dimensions
    model |= draw(verdict_sections(dimensions, names, ids))
    return model


def lead_names() -> dict[str, str]:
    """The names of `when` with their types; one in both tables only with its table before it."""
    names: dict[str, str] = {}
    for table, other in (("lead", "account"), ("account", "lead")):
        for name, kind in FIELDS[table].items():
            names[f"{table}.{name}" if name in FIELDS[other] else name] = kind
    return names


@st.composite
def dimension_sections(draw: Draw, names: Names, most_rules: int) -> Row:
    """One to three dimensions that share the rules."""
    chosen = DIMENSIONS[: draw(st.integers(1, 3))]
    left = draw(st.integers(0, most_rules))
    sections: Row = {}
    for name in chosen:
        count = draw(st.integers(0, left)) if name != chosen[-1] else left
        left -= count
        sections[name] = draw(dimension_section(name, count, names))
    return sections


@st.composite
def dimension_section(draw: Draw, name: str, count: int, names: Names) -> Row:
    """A dimension with its groups, limits and `count` rules."""
    section: Row = {}
    if draw(st.booleans()):
        section["range"] = list(draw(st.sampled_from(RANGES)))
    if draw(st.booleans()):
        section["grades"] = draw(st.sampled_from(GRADES))
    if draw(st.booleans()):
        section["decay"] = draw(decays())
    if draw(st.booleans()):
        section["groups"] = {"web": {"cap": draw(st.sampled_from([0, 0.5, 5, 12.5]))}}
    if draw(st.integers(0, 4)) == 0:
        section["active"] = draw(campaigns())
    section["rules"] = [
        {"id": f"{name}_{number}", **draw(rules(names, section, decays(), campaigns()))}
        for number in range(count)
    ]
    return section


GRADES: tuple[Row, ...] = (
    {"A": 75, "B": 50, "C": 25, "D": 0},
    {"4": 20.5, "3": 10, "2": 0.01, "1": -10},
    {"all": 5},
)


def decays() -> st.SearchStrategy[Any]:
    """Every kind of decay, and none."""
    factor = st.sampled_from([0, 0.1, 0.333333, 0.5, 1])
    return st.one_of(
        st.just("none"),
        st.builds(lambda days: {"half_life": days}, days()),
        st.builds(lambda days: {"linear": days}, days()),
        st.builds(lambda a, b: {"steps": {"3d": a, "14d": b}}, factor, factor),
    )


def campaigns() -> st.SearchStrategy[list[str]]:
    """A campaign's first and last day."""
    return st.sampled_from(
        [["2018-01-01", "2026-10-30"], ["2026-03-20", "2026-04-02"], ["2026-10-25", "2026-10-25"]]
    )


@st.composite
def verdict_sections(draw: Draw, dimensions: Row, names: Names, ids: list[str]) -> Row:
    """Score, cell, temperature, stages, plays and accounts, each there or not."""
    section: Row = {}
    known = {**names, **dict.fromkeys(dimensions, "number"), "days_since_last_event": "integer"}
    graded = [name for name, part in dimensions.items() if part.get("grades")]
    known |= dict.fromkeys((f"{name}_grade" for name in graded), "text")
    if draw(st.integers(0, 3)):
        section["score"] = draw(scores(list(dimensions)))
        known["score"] = "number"
    if draw(st.booleans()) and graded:
        section["cell"] = graded
        known["cell"] = "text"
    if draw(st.booleans()):
        tests = draw(verdict_lists(known, ids))
        section["temperature"] = dict(zip(("hot", "cold"), tests, strict=False))
        known["temperature"] = "text"
    if draw(st.booleans()):
        tests = draw(verdict_lists(known, ids))
        section["stages"] = dict(zip(("lead", "mql", "sql"), tests, strict=False))
        known["stage"] = "text"
    if draw(st.booleans()):
        tests = draw(verdict_lists(known, ids))
        section["plays"] = [
            {"id": f"play_{number}", "when": test, "do": "handoff", "to": "sales"}
            for number, test in enumerate(tests)
        ]
    if draw(st.booleans()):
        scored = ["score"] if "score" in section else []
        section["accounts"] = draw(rollups([*dimensions, *scored]))
    return section


def verdict_lists(names: Mapping[str, str], ids: list[str]) -> st.SearchStrategy[list[str]]:
    """One to three conditions on verdicts."""
    return st.lists(verdict_tests(names, ids), min_size=1, max_size=3)


def verdict_tests(names: Mapping[str, str], ids: list[str]) -> st.SearchStrategy[str]:
    """Conditions on verdicts, hits and fields."""
    numbers = {name: kind for name, kind in names.items() if name in {*DIMENSIONS, "score"}}
    verdicts = {"temperature", "stage", "cell", "days_since_last_event"}
    others = {name: kind for name, kind in names.items() if name in verdicts or "_grade" in name}
    simple = st.builds(
        "{} {} {}".format,
        st.sampled_from(sorted(numbers)),
        st.sampled_from([">=", "<", "<>"]),
        st.sampled_from([0, 5, "10.01", 50]),
    )
    letters = st.sampled_from(["A", "D", "4", "A4", "hot", "lead"])
    texts = sorted(name for name, kind in others.items() if kind == "text")
    choices = [simple, simple, conditions(names, depth=1)]
    choices.append(st.just("days_since_last_event <= 7"))
    if texts:
        choices.append(st.builds("{} = '{}'".format, st.sampled_from(texts), letters))
    if ids:
        choices.append(st.sampled_from(ids).map("hit('{}')".format))
    return st.one_of(choices)


@st.composite
def scores(draw: Draw, dimensions: list[str]) -> Row:
    """A weighted mean or a sum, with a range or not."""
    section: Row = {}
    if draw(st.booleans()):
        weights = st.sampled_from([0.125, 1, 2.5, 1000])
        section["weights"] = {name: draw(weights) for name in dimensions}
    else:
        section["sum"] = draw(st.lists(st.sampled_from(dimensions), min_size=1, unique=True))
    if draw(st.booleans()):
        section["range"] = draw(st.sampled_from([[0, 100], [-100, 100], [5.5, 20]]))
    return section


@st.composite
def rollups(draw: Draw, of: list[str]) -> Row:
    """How an account's score comes from its leads."""
    rollup = draw(st.sampled_from(["top", "max", "mean", "sum"]))
    section: Row = {"rollup": rollup, "of": draw(st.sampled_from(of))}
    if rollup == "top":
        section["count"] = draw(st.integers(1, 3))
    return section
