"""Which play a cell of the grid gets, as far as the conditions say so from the grades alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlglot import exp

from tamis.model.expression import parse
from tamis.model.spec import Dimension, Model, Play


@dataclass(frozen=True, slots=True)
class Situation:
    """What is certain of a lead in a cell: texts by name, and the least and greatest of numbers."""

    texts: Mapping[str, str]
    ranges: Mapping[str, tuple[Decimal, Decimal]]


def plays_of_cell(model: Model, grades: Mapping[str, str]) -> tuple[Play, ...]:
    """The plays that a lead with these grades can get, in order; the last is certain if any is.

    `grades` holds a grade for each dimension of the model's `cell`.
    """
    situation = situation_of(model, grades)
    found = []
    for play in model.plays:
        verdict = holds(parse(play.when.text), situation)
        if verdict is not False:
            found.append(play)
        if verdict is True:
            break
    return tuple(found)


def situation_of(model: Model, grades: Mapping[str, str]) -> Situation:
    """What the grades of a cell say: the cell, the grades, the ranges of dimensions and score."""
    texts = {f"{name}_grade": grade for name, grade in grades.items()}
    texts["cell"] = "".join(grades[name] for name in model.cell)
    ranges = {
        d.name: _graded_range(d, grades[d.name]) if d.name in grades else (d.low, d.high)
        for d in model.dimensions
    }
    if model.score:
        weights = model.score.weights
        total = sum(weights.values(), Decimal(0)) if model.score.mean else Decimal(1)
        low, high = (
            sum((ranges[name][end] * weight for name, weight in weights.items()), Decimal(0))
            / total
            for end in (0, 1)
        )
        ranges["score"] = (max(model.score.low, low), min(model.score.high, high))
    return Situation(texts, ranges)


def _graded_range(dimension: Dimension, label: str) -> tuple[Decimal, Decimal]:
    """The values of a dimension that have a grade; the highest is not quite reached."""
    bounds = [grade.bound for grade in dimension.grades]
    place = next(at for at, grade in enumerate(dimension.grades) if grade.label == label)
    low = bounds[place] if place else dimension.low
    return low, bounds[place + 1] - Decimal("0.01") if place + 1 < len(bounds) else dimension.high


def holds(node: exp.Expr, situation: Situation) -> bool | None:
    """Whether a condition holds in a situation; None when the situation does not say."""
    match node:
        case exp.Paren():
            return holds(node.this, situation)
        case exp.Boolean():
            return bool(node.this)
        case exp.Not():
            inner = holds(node.this, situation)
            return None if inner is None else not inner
        case exp.And() | exp.Or():
            return _joined(node, situation)
        case exp.EQ() | exp.NEQ() | exp.In():
            return _is_one_of(node, situation)
        case exp.GTE() | exp.GT() | exp.LT() | exp.LTE():
            return _compared(node, situation)
        case _:
            return None


def _joined(node: exp.Connector, situation: Situation) -> bool | None:
    sides = {holds(node.this, situation), holds(node.expression, situation)}
    decisive = isinstance(node, exp.Or)
    if decisive in sides:
        return decisive
    return None if None in sides else not decisive


def _is_one_of(node: exp.EQ | exp.NEQ | exp.In, situation: Situation) -> bool | None:
    values = node.expressions if isinstance(node, exp.In) else [node.expression]
    known = situation.texts.get(node.this.name) if isinstance(node.this, exp.Column) else None
    if known is None or not all(isinstance(value, exp.Literal) for value in values):
        return None
    found = known in {value.name for value in values}
    return not found if isinstance(node, exp.NEQ) else found


def _compared(node: exp.Binary, situation: Situation) -> bool | None:
    name, bound = node.this, node.expression
    if not isinstance(name, exp.Column) or not isinstance(bound, exp.Literal) or bound.is_string:
        return None
    if name.name not in situation.ranges:
        return None
    low, high = situation.ranges[name.name]
    value = Decimal(bound.name)
    match node:
        case exp.GTE():
            always, never = low >= value, high < value
        case exp.GT():
            always, never = low > value, high <= value
        case exp.LT():
            always, never = high < value, low >= value
        case _:
            always, never = high <= value, low > value
    return True if always else False if never else None
