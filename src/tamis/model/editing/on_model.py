"""What a form says, on a model that was read: at once, without its YAML being read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from tamis.model.document import DURATION
from tamis.model.editing.fields import BOUND, OFF, SWITCH
from tamis.model.editing.tree import Path
from tamis.model.load_rules import BOUND_LIMIT, LIMIT
from tamis.model.spec import (
    Band,
    Dimension,
    EventRule,
    Grade,
    HalfLife,
    Model,
    Rule,
    ValuesRule,
    Verdict,
)
from tamis.model.terms import Expression


class NoNumber(ValueError):  # noqa: N818 (it says what a value is)
    """A value that no slider gives."""


def applied(model: Model, changes: Mapping[Path, str]) -> Model:
    """The model with changes of fields; the same as reading the YAML that they were written into.

    Raises: NoNumber for values, KeyError for paths that are not to be changed so: labels, what is
    not in the model.
    """
    for path, value in changes.items():
        model = CHANGES[path[0]](model, path, value)
    return model


def number(value: str, limit: int = LIMIT) -> Decimal:
    """A number of the file: at most three decimals. Raises: NoNumber."""
    try:
        found = Decimal(value)
        if not found.is_finite() or abs(found) > limit or found != round(found, 3):
            raise NoNumber(value)
    except InvalidOperation as error:
        raise NoNumber(value) from error
    return found


def days(value: str) -> int:
    """Whole days, at least one. Raises: NoNumber."""
    found = DURATION.fullmatch(value)
    if not found or not int(found[1]):
        raise NoNumber(value)
    return int(found[1]) * (7 if found[2] == "w" else 1)


def _score(model: Model, path: Path, value: str) -> Model:
    assert model.score
    weights = {**model.score.weights, path[2]: number(value, 1_000)}
    if path[2] not in model.score.weights or not any(weights.values()):
        raise NoNumber(value)
    return replace(model, score=replace(model.score, weights=weights))


def _temperatures(model: Model, path: Path, value: str) -> Model:
    return replace(model, temperatures=_verdicts(model.temperatures, path, value))


def _stages(model: Model, path: Path, value: str) -> Model:
    return replace(model, stages=_verdicts(model.stages, path, value))


def _verdicts(verdicts: tuple[Verdict, ...], path: Path, value: str) -> tuple[Verdict, ...]:
    number(value, BOUND_LIMIT)
    _section, name, place = path
    return tuple(
        replace(one, when=_bounded(one.when, int(place), value)) if one.name == name else one
        for one in verdicts
    )


def _bounded(when: Expression, place: int, value: str) -> Expression:
    found = list(BOUND.finditer(when.text))[place]
    return replace(when, text=when.text[: found.start(3)] + value + when.text[found.end(3) :])


def _dimensions(model: Model, path: Path, value: str) -> Model:
    again = tuple(
        _dimension(one, path[2:], value) if one.name == path[1] else one for one in model.dimensions
    )
    return replace(model, dimensions=again)


def _dimension(one: Dimension, path: Path, value: str) -> Dimension:
    match path:
        case ("grades", label):
            grades = [
                Grade(label, number(value, BOUND_LIMIT)) if grade.label == label else grade
                for grade in one.grades
            ]
            return replace(one, grades=tuple(sorted(grades, key=lambda grade: grade.bound)))
        case ("groups", name, "cap"):
            cap = number(value) if value else None
            groups = (replace(g, cap=cap) if g.name == name else g for g in one.groups)
            return replace(one, groups=tuple(groups))
        case ("decay", "half_life"):
            return _fading(one, HalfLife(days(value)) if value else None)
        case ("rules", id_, *rest):
            rules = (
                _rule(rule, tuple(rest), value, one) if rule.id == id_ else rule
                for rule in one.rules
            )
            return replace(one, rules=tuple(rules))
        case _:
            raise KeyError(path)


def _fading(one: Dimension, decay: HalfLife | None) -> Dimension:
    """Another decay of a dimension: its rules follow that have none of their own."""
    rules = (
        replace(rule, decay=decay)
        if isinstance(rule, EventRule) and "decay" not in rule.places
        else rule
        for rule in one.rules
    )
    return replace(one, decay=decay, rules=tuple(rules))


def _rule(rule: Rule, path: Path, value: str, dimension: Dimension) -> Rule:
    changes: dict[str, Any]
    match path:
        case ("points",):
            changes = {"points": number(value)}
        case ("otherwise",):
            changes = {"otherwise": number(value)}
        case ("cap",):
            changes = {"cap": number(value) if value else None}
        case (name,) if name == SWITCH:
            changes = {"cap": Decimal(0) if value == OFF else None}
        case ("within",):
            changes = {"within": days(value) if value else None}
        case ("silent_for",):
            changes = {"silent_for": days(value)}
        case ("per_day",):
            changes = {"per_day": int(number(value)) if value else None}
        case ("decay", "half_life"):
            changes = {"decay": HalfLife(days(value)) if value else dimension.decay}
        case ("values", name):
            assert isinstance(rule, ValuesRule)
            pairs = ((n, number(value) if n == name else p) for n, p in rule.values)
            changes = {"values": tuple(pairs)}
        case _:
            changes = {"bands": _bands(rule, path[-1], value)}
    return replace(rule, **changes)


def _bands(rule: Any, bound: str, value: str) -> tuple[Band, ...]:  # noqa: ANN401 (rules with bands)
    at = Decimal(bound)
    return tuple(Band(one.bound, number(value)) if one.bound == at else one for one in rule.bands)


CHANGES: Mapping[str, Callable[[Model, Path, str], Model]] = {
    "dimensions": _dimensions,
    "score": _score,
    "temperature": _temperatures,
    "stages": _stages,
}
