"""What a form says, written into the YAML: only what differs from what the form began with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ruamel.yaml.nodes import ScalarNode

from tamis.model.document import DECIMAL_COMMA, DURATION
from tamis.model.editing.fields import BOUND, OFF, ON, SWITCH, fields_of
from tamis.model.editing.splice import NoPlace, replaced
from tamis.model.editing.tree import Path, at, root_of

THRESHOLDS = ("temperature", "stages")
DAYS = ("within", "half_life", "silent_for")
WHOLE = re.compile(r"[0-9]{1,6}")


def changed(base: str, given: Mapping[Path, str], language: str) -> dict[Path, str]:
    """The fields of a form that differ from those of the text that it was made from."""
    held = fields_of(base, language).values()
    return {
        path: tidy(path, value)
        for path, value in given.items()
        if path in held and not same(tidy(path, value), held[path])
    }


def same(one: str, other: str) -> bool:
    """Whether two values mean the same: sliders write numbers and days in their own way.

    >>> same("8.0", "8"), same("28d", "4w"), same("", "0")
    (True, True, False)
    """
    return one == other or (bool(one and other) and _meant(one) == _meant(other))


def _meant(value: str) -> object:
    days = DURATION.fullmatch(value)
    if days and days[2]:
        return int(days[1]) * (7 if days[2] == "w" else 1), "days"
    try:
        return Decimal(value)
    except InvalidOperation:
        return value


def merged(text: str, changes: Mapping[Path, str], caps: Mapping[Path, str] | None = None) -> str:
    """The text with changes of fields in it; what has no place in the text (any more) is left out.

    `caps` are those that rules get back that are switched on, by the path of the rule; none: none.
    """
    for path, value in changes.items():
        try:
            text = _with(text, path, value, (caps or {}).get(path[:-1], ""))
        except NoPlace:
            continue
    return text


def tidy(path: Path, value: str) -> str:
    """A value as the file writes it: a point in numbers, a unit behind days.

    >>> tidy(("points",), " 0,5 "), tidy(("within",), "90"), tidy(("label",), " one, two")
    ('0.5', '90d', 'one, two')
    """
    value = " ".join(value.split())
    if path[-1] in DAYS and WHOLE.fullmatch(value) and DURATION.fullmatch(value):
        return f"{value}d"
    return value.replace(",", ".") if DECIMAL_COMMA.fullmatch(value) else value


def _with(text: str, path: Path, value: str, cap: str) -> str:
    if path[0] in THRESHOLDS:
        return _threshold(text, path, value)
    if path[-1] == SWITCH and value in (ON, OFF):
        return replaced(text, (*path[:-1], "cap"), "0" if value == OFF else cap)
    if path[-2:] == ("decay", "half_life") and not value:
        return replaced(text, path[:-1], "")
    return replaced(text, path, value)


def _threshold(text: str, path: Path, value: str) -> str:
    """Another number in a condition, wherever its text is folded or quoted."""
    node = at(root_of(text), path[:2])
    if not isinstance(node, ScalarNode) or not re.fullmatch(r"\d+(\.\d+)?", value):
        raise NoPlace
    start, end = node.start_mark.index, node.end_mark.index
    found = list(BOUND.finditer(text, start, end))
    if len(found) <= int(path[2]):
        raise NoPlace
    one = found[int(path[2])]
    return text[: one.start(3)] + value + text[one.end(3) :]
