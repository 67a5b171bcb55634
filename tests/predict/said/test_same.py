"""A learned model and its rules give every lead the same value, over the real chain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.predict.said.made import (
    field,
    model_of,
    number_column,
    number_part,
    text_column,
    text_part,
)

import tamis
from tamis.model.checks import checked_model
from tamis.predict.examples import Column, Examples, examples_of
from tamis.predict.learned import Learned, Pair, Part
from tamis.predict.said import exported
from tamis.predict.scoring import log_odds, score

TODAY = date(2026, 11, 21)
Row = dict[str, object]
Draw = st.DrawFn

# What a person may write into a field, and what YAML, SQL or a careless reader takes for more.
TEXTS = st.one_of(
    st.sampled_from(
        [
            *("no", "Yes", "1.0", "01", "2026-11-21", "null", "~", "true", "a: b", "# x", "[x]"),
            *("{x}", "it's", 'say "hi"', "a\\b", "naïve", "ÉCOLE", "école", "🙂", "-", "?", "*"),
            *("&a", "!t", "x" * 700, " spaced ", "tab\there", "two\nlines", "\u2028", "%", "@"),
            *("`", "|", ">", "'\"", ""),
        ]
    ),
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=8).filter(
        lambda text: text.lower() == text.lower().lower() and _plainly_folded(text)
    ),
)
NAMES = (
    "country",
    "Total Visits",
    'the "size"',
    "case",
    "Année de création",
    "rank",
    "a-b",
    "役割",
)


def _plainly_folded(text: str) -> bool:
    """Whether its lower case is letter by letter, so that all engines agree on it."""
    return (
        len(text.lower()) == len(text)
        and "Σ" not in text
        and text.lower().upper().lower() == text.lower()
    )


@dataclass(frozen=True)
class Random:
    """A learned model, leads, and the same leads as examples."""

    learned: Learned
    leads: list[Row]
    accounts: list[Row]
    examples: Examples


@st.composite
def randoms(draw: Draw) -> Random:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    scopes = [draw(st.sampled_from(["lead", "account"])) for _ in names]
    parts, columns = [], []
    count = draw(st.integers(1, 12))
    for name, scope in zip(names, scopes, strict=True):
        part, column = draw(numbers(name, count) if draw(st.booleans()) else texts(name, count))
        parts.append(replace(part, said_by=field(name, scope)))
        columns.append(column)
    pairs = []
    if len(parts) > 1 and draw(st.booleans()):
        shape = len(parts[0].groups), len(parts[1].groups)
        row = st.tuples(*[weights()] * shape[1])
        sides = [replace(p, groups=tuple(replace(g, weight=0.0) for g in p.groups)) for p in parts]
        pairs.append(Pair(sides[0], sides[1], draw(st.tuples(*[row] * shape[0]))))
    learned = model_of(parts, pairs, intercept=draw(weights()), rate=draw(st.floats(0.001, 0.9)))
    leads: list[Row] = [{"lead_id": f"l{i}", "account_id": f"a{i}"} for i in range(count)]
    accounts: list[Row] = [{"account_id": f"a{i}"} for i in range(count)]
    for column, scope in zip(columns, scopes, strict=True):
        for row_, value in zip(
            accounts if scope == "account" else leads, column.values, strict=True
        ):
            row_[column.name] = None if value is None or _is_nan(value) else value
    return Random(learned, leads, accounts, examples_of(columns, [False] * count))


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and isnan(value)


def weights() -> st.SearchStrategy[float]:
    return st.one_of(st.just(0.0), st.floats(-3, 3))


@st.composite
def numbers(draw: Draw, name: str, count: int) -> tuple[Part, Column]:
    fine = draw(st.sampled_from([0, 2, 3, 5]))
    bound = st.integers(-(10**5), 10**7).map(lambda n: round(n / 10**fine, fine))
    bounds = sorted(set(draw(st.lists(bound, max_size=5))))
    given = draw(st.lists(weights(), min_size=len(bounds) + 2, max_size=len(bounds) + 2))
    part = number_part(name, dict(zip(bounds, given[2:], strict=True)), given[0], given[1])
    value = st.one_of(st.just(nan), bound, *([st.sampled_from(bounds)] if bounds else []))
    return part, number_column(name, draw(st.lists(value, min_size=count, max_size=count)))


@st.composite
def texts(draw: Draw, name: str, count: int) -> tuple[Part, Column]:
    values = draw(st.lists(TEXTS, max_size=6, unique_by=str.lower))
    cut = draw(st.integers(0, len(values)))
    groups = {part: draw(weights()) for part in (tuple(values[:cut]), tuple(values[cut:])) if part}
    part = text_part(name, groups, draw(weights()), draw(weights()))
    other = [TEXTS, st.none()]
    if values:
        other.append(st.sampled_from([*values, *(_other_case(value) for value in values)]))
    found = draw(st.lists(st.one_of(*other), min_size=count, max_size=count))
    return part, text_column(name, found)


def _other_case(value: str) -> str:
    other = value.swapcase()
    return other if _plainly_folded(other) and other.lower() == value.lower() else value


def by_rules(text: str, leads: list[Row], accounts: list[Row]) -> dict[str, float]:
    model = checked_model(text, "m.yaml")
    empty = [{"account_id": "none"}]
    with tamis.score(model, leads=leads, accounts=accounts or empty, as_of=TODAY) as result:
        return {str(row["lead_id"]): float(str(row["learned"])) for row in result.scores.rows()}


@given(randoms())
def test_rules_say_what_was_learned(one: Random) -> None:
    learned = replace(one.learned, usable=True)
    found = by_rules(exported(learned, integer=False), one.leads, one.accounts)
    told = score(learned, log_odds(learned, one.examples))
    size = 1 + len(learned.parts) + len(learned.pairs)
    for place, value in enumerate(told):
        assert found[f"l{place}"] == pytest.approx(value, abs=0.005 + 0.001 * size)
