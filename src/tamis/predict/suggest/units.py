"""What of a model's rules can be given other points: each amount of points that the file names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tamis.model.editing.fields import BANDED
from tamis.model.editing.tree import Path
from tamis.model.load_rules import form_of
from tamis.model.spec import Bands, Model, PointsRule, Rule, ValuesRule
from tamis.predict.examples import Numbers

Per = Literal["once", "event", "level"]
"""`once` where the rule holds, for each `event` (faded by its age), or for a `level` of a value."""
OTHERWISE = "otherwise"
BANDS_AT: Mapping[str, Path] = {path[0]: path for path in BANDED}


@dataclass(frozen=True)
class Unit:
    """An amount of points that the model's file names, and how much of it each row has.

    `paths` say where it stands in the YAML: several where bands or values of a rule have the same
    points. `level` is the band's bound or the value, empty for other forms. `today` are its points,
    `base` those of the rule's level that it is compared with: 0, or where every row has points the
    least of them. `values` has one number per row: 1 where the row is of the level, the faded count
    for a rule per event; `seen` is whether the row has any of it.
    """

    rule: Rule
    per: Per
    level: str
    paths: tuple[Path, ...]
    today: Decimal
    base: Decimal
    values: Numbers
    seen: NDArray[np.bool_]


def units_of(model: Model, rules: Sequence[str], points: Numbers) -> tuple[Unit, ...]:
    """The units of the rules, in the order of the model.

    `points` (rows x rules) are what each rule gave each row, after the rule's cap; `rules` are the
    ids of its columns. Raises: KeyError for a rule that the model does not have.
    """
    numbers = model.numbers
    unknown = [id_ for id_ in rules if id_ not in numbers]
    if unknown:
        raise KeyError(unknown[0])
    places = {id_: place for place, id_ in enumerate(rules)}
    return tuple(
        unit
        for rule in model.rules
        if rule.id in places
        for unit in _units(rule, points[:, places[rule.id]])
    )


def _units(rule: Rule, points: Numbers) -> Iterator[Unit]:
    path = ("dimensions", rule.dimension, "rules", rule.id)
    levels = _levels(rule, path)
    if levels is None:
        today: Decimal = getattr(rule, "points")  # noqa: B009 (every form without levels has them)
        values = points / float(today) if today else np.zeros(len(points))
        per: Per = "event" if isinstance(rule, PointsRule) else "once"
        base = Decimal(0)
        yield Unit(rule, per, "", ((*path, "points"),), today, base, values, points != 0)
        return
    base = _base(levels, points)
    for today, found in levels.items():
        if today != base:
            has = np.isclose(points, float(today), atol=5e-4)
            level = ", ".join(name for name, _ in found)
            paths = tuple(where for _, where in found)
            yield Unit(rule, "level", level, paths, today, base, has.astype(np.float64), has)


Levels = dict[Decimal, list[tuple[str, Path]]]
"""The levels of a rule (name, path) by their points, after its cap."""


def _levels(rule: Rule, path: Path) -> Levels | None:
    """None for a rule that has one amount of points only."""
    found: Levels = {}
    if isinstance(rule, ValuesRule):
        for value, points in rule.values:
            found.setdefault(_capped(rule, points), []).append((value, (*path, "values", value)))
        if rule.otherwise:
            where = (OTHERWISE, (*path, OTHERWISE))
            found.setdefault(_capped(rule, rule.otherwise), []).append(where)
        return found
    bands: Bands | None = getattr(rule, "bands", None)
    if bands is None:
        return None
    inside = BANDS_AT[form_of(rule)]
    for band in bands:
        bound = str(band.bound)
        found.setdefault(_capped(rule, band.points), []).append((bound, (*path, *inside, bound)))
    return found


def _base(levels: Levels, points: Numbers) -> Decimal:
    """Points that the others are compared with: none, unless every row has some."""
    if (points == 0).any() or not levels:
        return Decimal(0)
    return min(levels, key=lambda one: (abs(one), one))


def _capped(rule: Rule, points: Decimal) -> Decimal:
    return points if rule.cap is None else max(-rule.cap, min(rule.cap, points))
