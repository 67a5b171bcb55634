"""A pair as rules: what two columns add together, where a condition can say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from tamis.errors import UserError
from tamis.model.expression.parse import ExpressionError, parse
from tamis.model.spec import Band, FrequencyRule, Model, RecencyRule, Rule, WhenRule
from tamis.model.terms import Expression
from tamis.predict.examples import Saying
from tamis.predict.learned import Pair, Part
from tamis.predict.said.conditions import condition, field_of
from tamis.predict.said.naming import Ids, of_pair
from tamis.predict.said.parts import LEARNED, of_events, points, reached, steps
from tamis.predict.said.sayings import saying_of


def pairable(first: Saying | None, second: Saying | None) -> bool:
    """Whether rules can say what two columns add together: at least one of them is a field.

    A rule looks at the events of one question, under a condition on the lead.
    """
    return first is not None and second is not None and "field" in (first.form, second.form)


def say_pair(pair: Pair, model: Model, ids: Ids) -> tuple[Rule, ...]:
    """The rules of a pair. Raises: UserError for one that no rule of this model can say."""
    first, second = saying_of(pair.first), saying_of(pair.second)
    if not pairable(first, second):
        message = f"no rule can say the pair `{pair.first.column}` and `{pair.second.column}`"
        hint = "one of the two has to be a field: leave the pair out and train again"
        raise UserError(message, hint=hint)
    if first.form == second.form == "field":
        return tuple(_cells(pair, model, ids))
    return tuple(_gated(pair if first.form == "field" else _turned(pair), model, ids))


def _turned(pair: Pair) -> Pair:
    weights = tuple(zip(*pair.weights, strict=True))
    return Pair(pair.second, pair.first, weights, pair.earns)


def _cells(pair: Pair, model: Model, ids: Ids) -> Iterator[Rule]:
    """A rule for all cells of one weight, or several where the condition would be too long."""
    by_points: dict[Decimal, list[str]] = defaultdict(list)
    for i, row in enumerate(pair.weights):
        for j, weight in enumerate(row):
            if given := points(weight):
                by_points[given].append(_both(pair, i, j, model))
    for given, cells in by_points.items():
        for when in _joined(cells):
            yield WhenRule(
                id=ids.of(pair.first.column, "x", pair.second.column),
                dimension=LEARNED,
                label=of_pair(pair.first.column, pair.second.column),
                when=Expression(when),
                points=given,
            )


def _both(pair: Pair, i: int, j: int, model: Model) -> str:
    return f"{_side(pair.first, i, model)} and {_side(pair.second, j, model)}"


def _side(part: Part, place: int, model: Model) -> str:
    return condition(part, place, field_of(part, saying_of(part), model), model)


def _joined(cells: Sequence[str]) -> Iterator[str]:
    """Conditions that between them hold for every cell; no two hold for one lead."""
    kept: list[str] = []
    for cell in cells:
        if kept and not _fits(_either([*kept, cell])):
            yield _either(kept)
            kept = []
        kept.append(cell)
    if kept:
        yield _either(kept)


def _either(cells: Sequence[str]) -> str:
    return cells[0] if len(cells) == 1 else " or ".join(f"({cell})" for cell in cells)


def _fits(text: str) -> bool:
    try:
        parse(text)
    except ExpressionError:
        return False
    return True


def _gated(pair: Pair, model: Model, ids: Ids) -> Iterator[Rule]:
    """For each group of the first, a field, the bands of the second for the leads of that group."""
    gate, events = pair.first, pair.second
    for place, row in enumerate(pair.weights):
        when = Expression(_side(gate, place, model))
        rule, base = _banded(pair, row, when)
        kept = reached(rule)
        if any(band.points for band in kept):
            id_ = ids.of(gate.column, "x", events.column)
            yield replace(rule, id=id_, bands=kept)
        if base:
            id_ = ids.of(gate.column, "x", events.column)
            label = of_pair(gate.column, events.column)
            yield WhenRule(id=id_, dimension=LEARNED, label=label, when=when, points=base)


def _banded(
    pair: Pair, row: Sequence[float], when: Expression
) -> tuple[FrequencyRule | RecencyRule, Decimal]:
    """The bands of one group's leads, and what those of them get that lack any event."""
    events, label = pair.second, of_pair(pair.first.column, pair.second.column)
    saying, bands = saying_of(events), steps(events, row)
    if saying.form == "frequency":
        given = of_events(saying, FrequencyRule, label, bands)
        return replace(given, when=when), Decimal(0)
    missing = next((i for i, one in enumerate(events.groups) if one.missing), None)
    base = Decimal(0) if missing is None else points(row[missing])
    above = tuple(Band(band.bound, band.points - base) for band in bands)
    return replace(of_events(saying, RecencyRule, label, above), when=when), base
