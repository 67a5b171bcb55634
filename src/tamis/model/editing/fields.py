"""The fields of a form for a model's YAML: each a value in the text, known by its path.

They are read from the text, not from the model: what is wrong in the text is a field all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from tamis.model.editing.tree import Path, at, child, elements, pairs, root_of, written

Kind = Literal["points", "cap", "days", "count", "bound", "weight", "text", "switch", "threshold"]
BOUND = re.compile(r"\b([A-Za-z_]\w*)(\s*(?:>=|<=|>|<)\s*)(\d+(?:\.\d+)?)")
"""A comparison of a name with a number in a condition: the number has a field of its own."""
LANGUAGES = ("en", "fr")
BANDED = (("bands",), ("frequency",), ("recency",), ("total", "bands"), ("rate", "bands"))
"""Where the bands of a rule stand, in each of its forms."""
SWITCH = "on"
"""The last name of the path of a switch: on, or off where the rule's cap is 0."""
ON, OFF = "on", "off"


@dataclass(frozen=True, slots=True)
class Field:
    """A value that a form shows; `value` as written, empty where the text has none.

    `name` says what it is: a key of the model file, the label of a grade, the bound of a band. Of a
    threshold it is what is compared, as `score >=`. `line` and `column` say where it stands; 0:
    nowhere yet.
    """

    path: Path
    kind: Kind
    name: str
    value: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class RuleFields:
    """The fields of one rule, by what they are for."""

    id: str
    dimension: str
    group: str
    label: Field
    switch: Field
    points: tuple[Field, ...]
    limits: tuple[Field, ...]
    line: int
    column: int

    @property
    def has_events(self) -> bool:
        """Whether it counts events that can fade."""
        return any(field.name == "half_life" for field in self.limits)

    @property
    def all(self) -> tuple[Field, ...]:
        """Every field, in the order in which they are shown."""
        return (self.switch, self.label, *self.points, *self.limits)


@dataclass(frozen=True, slots=True)
class DimensionFields:
    """The fields of one dimension, and those of its rules."""

    name: str
    label: Field
    grades: tuple[Field, ...]
    decay: Field
    groups: tuple[Field, ...]
    rules: tuple[RuleFields, ...]

    @property
    def all(self) -> tuple[Field, ...]:
        """Every field, in the order in which they are shown."""
        of_rules = (field for rule in self.rules for field in rule.all)
        return (self.label, *self.grades, self.decay, *self.groups, *of_rules)


@dataclass(frozen=True, slots=True)
class ModelFields:
    """Every field of a model's YAML."""

    dimensions: tuple[DimensionFields, ...]
    weights: tuple[Field, ...]
    thresholds: tuple[Field, ...]

    @property
    def all(self) -> tuple[Field, ...]:
        """Every field, in the order in which they are shown."""
        of_dimensions = (field for dimension in self.dimensions for field in dimension.all)
        return (*of_dimensions, *self.weights, *self.thresholds)

    def values(self) -> dict[Path, str]:
        """What each field holds."""
        return {field.path: field.value for field in self.all}


@lru_cache(maxsize=128)
def fields_of(text: str, language: str) -> ModelFields:
    """The fields of a YAML text; labels are those of a language. None where it cannot be read."""
    root = root_of(text)
    dimensions = child(root, "dimensions")
    weights = ("score", "weights")
    return ModelFields(
        tuple(_dimension(name, node, language) for name, node in pairs(dimensions)),
        tuple(_numbers(at(root, weights), weights, "weight")),
        tuple(_thresholds(root)),
    )


def _dimension(name: str, node: Node, language: str) -> DimensionFields:
    path = ("dimensions", name)
    groups = [
        _field(one, (*path, "groups", group), ("cap",), "cap", group)
        for group, one in pairs(child(node, "groups"))
    ]
    return DimensionFields(
        name,
        _label(node, path, language),
        tuple(_numbers(child(node, "grades"), (*path, "grades"), "bound")),
        _field(node, path, ("decay", "half_life"), "days"),
        tuple(groups),
        tuple(_rule(id_, one, path, language) for id_, one in elements(child(node, "rules"))),
    )


def _rule(id_: str, node: Node, dimension: Path, language: str) -> RuleFields:
    path = (*dimension, "rules", id_)
    cap = written(child(node, "cap"))
    switch = OFF if _is_zero(cap) else ON
    return RuleFields(
        id_,
        dimension[-1],
        written(child(node, "group")),
        _label(node, path, language),
        Field((*path, SWITCH), "switch", SWITCH, switch, *_place(node)),
        tuple(_points(node, path)),
        tuple(_limits(node, path)),
        *_place(node),
    )


def _points(node: Node, path: Path) -> Iterator[Field]:
    if child(node, "points") is not None:
        yield _field(node, path, ("points",), "points")
    for where in BANDED:
        yield from _numbers(at(node, where), (*path, *where), "points")
    yield from _numbers(child(node, "values"), (*path, "values"), "points")
    if child(node, "otherwise") is not None:
        yield _field(node, path, ("otherwise",), "points")


def _limits(node: Node, path: Path) -> Iterator[Field]:
    silent, bands = child(node, "silent_for"), any(at(node, where) for where in BANDED)
    if silent is not None:
        yield _field(node, path, ("silent_for",), "days")
    elif child(node, "event") is not None:
        yield _field(node, path, ("within",), "days")
        if not bands:
            yield _field(node, path, ("per_day",), "count")
            yield _field(node, path, ("decay", "half_life"), "days")
    yield _field(node, path, ("cap",), "cap")


def _thresholds(root: MappingNode | None) -> Iterator[Field]:
    """The numbers in the conditions of temperatures and stages."""
    for section in ("temperature", "stages"):
        for name, node in pairs(child(root, section)):
            for place, found in enumerate(BOUND.finditer(written(node))):
                said = f"{found[1]} {found[2].strip()}"
                path = (section, name, str(place))
                yield Field(path, "threshold", said, found[3], *_place(node))


def _numbers(node: Node | None, path: Path, kind: Kind) -> Iterator[Field]:
    """A field for each scalar of a mapping."""
    for name, value in pairs(node):
        if isinstance(value, ScalarNode):
            yield Field((*path, name), kind, name, written(value), *_place(value))


def _field(node: Node | None, path: Path, inner: Path, kind: Kind, name: str = "") -> Field:
    """A field that need not be there; its name is the last key, unless another is given."""
    found = at(node, inner)
    return Field((*path, *inner), kind, name or inner[-1], written(found), *_place(found))


def _label(node: Node, path: Path, language: str) -> Field:
    found = child(node, "label")
    if isinstance(found, MappingNode):
        return _field(node, path, ("label", language), "text", "label")
    return _field(node, path, ("label",), "text")


def _place(node: Node | None) -> tuple[int, int]:
    """Line and column, as messages name them."""
    mark = node.start_mark if node else None
    return (int(mark.line) + 1, int(mark.column) + 1) if mark else (0, 0)


def _is_zero(cap: str) -> bool:
    try:
        return float(cap) == 0
    except ValueError:
        return False
