"""Rules and dimensions as YAML: one rule a line where it fits, everything else in quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from tamis.errors import UserError
from tamis.model.document import FORBIDDEN
from tamis.model.spec import (
    Bands,
    BandsRule,
    Dimension,
    EventRule,
    FrequencyRule,
    Odds,
    RecencyRule,
    Rule,
    ValuesRule,
    WhenRule,
)
from tamis.model.terms import Label
from tamis.predict.said.conditions import plain

WIDTH = 100
FOLD = "\n"
"""Where a line goes on below, inside a rule; no text has one as it is written."""
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
MEANT_OTHERWISE = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that some reader of YAML takes for something else than a text."""
LONGEST_KEY = 500
"""A longer key is written behind a question mark: YAML looks for its colon no further than 1024."""


def text(value: str) -> str:
    r"""A text as YAML that is read as this text by every reader.

    >>> text("country"), text("no"), text("a: b"), text('say "1"')
    ('country', '"no"', '"a: b"', '\'say "1"\'')

    Raises: UserError for characters that no YAML can hold.
    """
    if WORD.fullmatch(value) and value.lower() not in MEANT_OTHERWISE:
        return value
    if '"' in value and value.isprintable() and not set(value) & {"'", "\\"}:
        return f"'{value}'"
    if FORBIDDEN.search(value):
        message = f"no model file can hold the text {value!r}: it has a forbidden character"
        raise UserError(message)
    return '"' + "".join(map(_sign, value)) + '"'


def _sign(sign: str) -> str:
    if sign in ('"', "\\") or ord(sign) < ord(" "):
        return json.dumps(sign)[1:-1]
    # What a person cannot see, and what YAML takes for the end of a line, is written as a number.
    if sign == " " or sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) <= 0xFFFF else f"\\U{ord(sign):08x}"


def dimension_lines(dimension: Dimension) -> list[str]:
    """The lines of a dimension in block style, its name first."""
    heads = [f"{key}: {value}" for key, value in _head(dimension)]
    rules = [line for rule in dimension.rules for line in _element(rule)]
    inside = [*heads, "rules:" if rules else "rules: []", *(f"  {line}" for line in rules)]
    return [f"{dimension.name}:", *(f"  {line}" for line in inside)]


def dimension_flow(dimension: Dimension) -> str:
    """The dimension on one line, for a file that is written so."""
    pairs = (", ".join(_pairs(rule)).replace(FOLD, " ") for rule in dimension.rules)
    rules = ", ".join(f"{{{one}}}" for one in pairs)
    heads = [f"{key}: {value}" for key, value in _head(dimension)]
    return f"{dimension.name}: {{{', '.join([*heads, f'rules: [{rules}]'])}}}"


def _head(dimension: Dimension) -> Iterator[tuple[str, str]]:
    yield "label", _label(dimension.label)
    yield "range", f"[{plain(dimension.low)}, {plain(dimension.high)}]"
    if dimension.odds:
        yield "odds", _odds(dimension.odds)


def _odds(odds: Odds) -> str:
    return f"{{rate: {plain(odds.rate)}, double: {plain(odds.double)}, at: {plain(odds.at)}}}"


def _label(label: Label) -> str:
    if set(label.texts) == {""}:
        return text(label.texts[""])
    return f"{{{', '.join(f'{key}: {text(value)}' for key, value in label.texts.items())}}}"


def _element(rule: Rule) -> list[str]:
    """A rule as an element of a list, folded where its line would be too long."""
    pairs = _pairs(rule)
    pieces = [f"{pair}," for pair in pairs[:-1]] + [f"{pairs[-1]}}}"]
    lines = ["- {" + pieces[0]]
    for piece in pieces[1:]:
        first, *others = piece.split(FOLD)
        if len(lines[-1]) + len(first) > WIDTH or others:
            lines.append(f"   {first}")
        else:
            lines[-1] += f" {first}"
        lines += [f"     {other}" for other in others]
    return lines


def _pairs(rule: Rule) -> list[str]:
    found = [f"id: {text(rule.id)}"]
    if rule.label.texts:
        found.append(f"label: {_label(rule.label)}")
    return found + list(_form(rule))


def _form(rule: Rule) -> Iterator[str]:
    if isinstance(rule, EventRule):
        yield from _events(rule)
    if isinstance(rule, WhenRule):
        yield f"when: {text(rule.when.text)}"
        yield f"points: {plain(rule.points)}"
    elif isinstance(rule, BandsRule):
        yield f"field: {text(rule.field)}"
        yield f"bands: {_bands(rule.bands)}"
    elif isinstance(rule, ValuesRule):
        yield f"field: {text(rule.field)}"
        yield f"values: {_values(rule.values)}"
        if rule.otherwise:
            yield f"otherwise: {plain(rule.otherwise)}"
    elif isinstance(rule, FrequencyRule):
        yield f"frequency: {_bands(rule.bands)}"
    elif isinstance(rule, RecencyRule):
        yield f"recency: {_bands(rule.bands)}"


def _events(rule: EventRule) -> Iterator[str]:
    names = [text(name) for name in rule.events]
    some = names[0] if len(names) == 1 else f"[{', '.join(names)}]"
    yield f"event: {some if names else text('*')}"
    if rule.where:
        yield f"where: {text(rule.where.text)}"
    if rule.when:
        yield f"when: {text(rule.when.text)}"
    if rule.within is not None:
        yield f"within: {rule.within}d"
    if rule.per_day is not None and isinstance(rule, FrequencyRule):
        yield f"per_day: {rule.per_day}"


def _bands(bands: Bands) -> str:
    return f"{{{', '.join(f'{plain(b.bound)}: {plain(b.points)}' for b in bands)}}}"


def _values(values: Sequence[tuple[str, Decimal]]) -> str:
    lines, size = [""], 0
    for value, given in values:
        piece = _value(value, given)
        if size and size + len(piece) > WIDTH:
            lines.append("")
            size = 0
        lines[-1] += (", " if size else "") + piece
        size += len(piece) + 2
    return f"{{{f',{FOLD}'.join(lines)}}}"


def _value(value: str, given: Decimal) -> str:
    mark = "? " if len(text(value)) > LONGEST_KEY else ""
    return f"{mark}{text(value)} : {plain(given)}" if mark else f"{text(value)}: {plain(given)}"
