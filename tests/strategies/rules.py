"""Random rules of every form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st
from tests.strategies.expressions import conditions
from tests.strategies.vocabulary import EVENTS, FIELDS, TEXTS

T = TypeVar("T")
Row = dict[str, Any]
Names = Mapping[str, str]
FORMS = ("points", "points", "at_least", "frequency", "total", "rate", "recency", "silent_for")


class Draw(Protocol):
    """Draws a value from a strategy."""

    def __call__(self, strategy: st.SearchStrategy[T]) -> T: ...


def points() -> st.SearchStrategy[int | float]:
    """Points with at most 3 decimals."""
    return st.sampled_from([-20, -3.5, -0.125, 0, 0.005, 1, 2.5, 7.777, 30, 10000])


def days() -> st.SearchStrategy[Any]:
    """Durations as models write them."""
    return st.sampled_from(["1d", "3d", "7d", "2w", "30d", 10])


@st.composite
def bands(draw: Draw, bounds: st.SearchStrategy[Any]) -> dict[Any, Any]:
    """Points by lower bound, in rising order."""
    chosen = draw(st.lists(bounds, min_size=1, max_size=3, unique=True))
    return {bound: draw(points()) for bound in sorted(chosen)}


@st.composite
def rules(
    draw: Draw,
    names: Names,
    dimension: Row,
    decays: st.SearchStrategy[Any],
    campaigns: st.SearchStrategy[list[str]],
) -> Row:
    """A rule of any form, in a group or not, with a cap or not; the id is the caller's."""
    rule: Row = {}
    if draw(st.integers(0, 2)) == 0:
        rule |= draw(attribute_rules(names))
    else:
        rule |= draw(event_rules(names, dimension, decays, campaigns))
    if draw(st.integers(0, 2)) == 0:
        rule["cap"] = draw(st.sampled_from([0, 1, 6.25, 30]))
    if dimension.get("groups") and draw(st.integers(0, 3)):
        rule["group"] = "web"
    return rule


@st.composite
def attribute_rules(draw: Draw, names: Names) -> Row:
    """A rule on the lead and its account."""
    form = draw(st.sampled_from(["when", "bands", "values", "numbers"]))
    if form == "when":
        return {"when": draw(conditions(names)), "points": draw(points())}
    if form == "bands":
        numeric = sorted(name for name, kind in names.items() if kind in ("integer", "number"))
        bounds = st.sampled_from([-3, -0.5, 0, 0.1, 1, 10, 250])
        return {"field": draw(st.sampled_from(numeric)), "bands": draw(bands(bounds))}
    if form == "numbers":
        values = {number: draw(points()) for number in (0, 1, 10)}
        return {"field": "visits", "values": values}
    field = draw(st.sampled_from(["industry", "lead.country", "account.country"]))
    texts = TEXTS[field.rpartition(".")[2]]
    folded = {text.lower(): text for text in draw(st.lists(st.sampled_from(texts), min_size=1))}
    rule: Row = {"field": field, "values": {text: draw(points()) for text in folded.values()}}
    if draw(st.booleans()):
        rule["otherwise"] = draw(points())
    return rule


@st.composite
def event_rules(
    draw: Draw,
    names: Names,
    dimension: Row,
    decays: st.SearchStrategy[Any],
    campaigns: st.SearchStrategy[list[str]],
) -> Row:
    """A rule on events."""
    form = draw(st.sampled_from(FORMS if "active" not in dimension else FORMS[:-1]))
    rule: Row = {"event": draw(event_names())}
    if draw(st.integers(0, 2)) == 0:
        rule["where"] = draw(conditions(FIELDS["event"], depth=1))
    if draw(st.integers(0, 5)) == 0:
        rule["when"] = draw(conditions(names, depth=1))
    rule |= draw(form_keys(form))
    if form == "silent_for":
        return rule
    if draw(st.booleans()):
        rule["within"] = draw(days())
    if form not in ("total", "rate") and draw(st.integers(0, 2)) == 0:
        rule["per_day"] = draw(st.integers(1, 2))
    if draw(st.integers(0, 5)) == 0:
        rule["active"] = draw(campaigns)
    if form in ("points", "at_least") and draw(st.booleans()):
        rule["decay"] = draw(decays)
    return rule


def event_names() -> st.SearchStrategy[Any]:
    """A name, a list of names or every event."""
    name = st.sampled_from(EVENTS)
    return st.one_of(st.just("*"), name, st.lists(name, min_size=1, max_size=2, unique=True))


@st.composite
def form_keys(draw: Draw, form: str) -> Row:
    """The keys that make the form."""
    counts = st.sampled_from([0, 1, 2, 3, 5])
    match form:
        case "points":
            return {"points": draw(points())}
        case "at_least":
            return {"at_least": draw(st.integers(1, 3)), "points": draw(points())}
        case "frequency":
            return {"frequency": draw(bands(counts))}
        case "recency":
            return {"recency": draw(bands(st.sampled_from([0, 1, 3, 7, 14])))}
        case "silent_for":
            return {"silent_for": draw(days()), "points": draw(points())}
        case "total":
            field = draw(st.sampled_from(["seconds", "clicks"]))
            bounds = st.sampled_from([-2.5, 0, 0.1, 1, 9.5, 100])
            return {"total": {"field": field, "bands": draw(bands(bounds))}}
        case _:
            return {"rate": draw(rates())}


@st.composite
def rates(draw: Draw) -> Row:
    """A rate over other events, which may be the same ones."""
    rate: Row = {"over": draw(st.one_of(st.sampled_from(EVENTS), st.just(list(EVENTS[:2]))))}
    if draw(st.booleans()):
        rate["at_least"] = draw(st.integers(1, 3))
    rate["bands"] = draw(bands(st.sampled_from([0, 25, 33.333, 50, 100, 150])))
    return rate
