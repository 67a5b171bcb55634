"""A YAML 1.2 document whose every value knows its place; what is wrong is collected, not raised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, StreamMark
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from tamis.errors import Place, Problem
from tamis.model.nodes import depth, scalars

NULL = "tag:yaml.org,2002:null"
TEXT = "tag:yaml.org,2002:str"
WHOLE = "tag:yaml.org,2002:int"
NUMBERS = (WHOLE, "tag:yaml.org,2002:float")
DURATION = re.compile(r"([0-9]{1,6})\s*([dw]?)")
RESPONSE = re.compile(r"([1-9][0-9]{0,4})\s*([mhd])")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
"""Characters that no text can hold: not even written as an escape."""
DEEPEST = 20
LONGEST = 500_000
LONGEST_SHOWN = 60
MOST_DIGITS = 30
T = TypeVar("T")


@dataclass
class Problems:
    """What was found wrong so far, in the order of finding."""

    found: list[Problem] = field(default_factory=list)

    def error(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note something that forbids scoring."""
        self.found.append(Problem(place, code, message, hint))

    def warning(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note something that deserves a look."""
        self.found.append(Problem(place, code, message, hint, "warning"))

    @property
    def sorted(self) -> tuple[Problem, ...]:
        """By place, each once."""
        return tuple(sorted(set(self.found)))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Only what forbids scoring."""
        return tuple(problem for problem in self.sorted if problem.severity == "error")


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """A hint with the nearest known name; else the list when it is short.

    >>> did_you_mean("employes", ["employees", "revenue"])
    'did you mean `employees`?'
    """
    near = nearest(name, known)
    if near:
        return f"did you mean `{near}`?"
    return f"known: {', '.join(dict.fromkeys(known))}" if 0 < len(known) <= 20 else ""


def nearest(name: str, known: Sequence[str]) -> str:
    """The known name that is most like another; empty when none is."""
    return next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), "")


@dataclass
class Value:
    """One value of the document. Readers give None (or a default) after noting a problem."""

    node: Node
    file: str
    problems: Problems

    @property
    def place(self) -> Place:
        """Where the value begins."""
        mark = self.node.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    @property
    def text_place(self) -> Place:
        """Where a scalar's text begins: after an opening quote; of a block, its line alone."""
        style = getattr(self.node, "style", None)
        if style in ("|", ">"):
            return Place(self.file, self.node.start_mark.line + 2)
        one_line = self.node.start_mark.line == self.node.end_mark.line
        if not one_line:
            return Place(self.file, self.place.line)
        return self.place.shifted(1) if style in ("'", '"') else self.place

    def wrong(self, code: str, message: str, hint: str = "") -> None:
        """Note an error at this value."""
        self.problems.error(self.place, code, message, hint)

    def shown(self) -> str:
        """The value as a message shows it."""
        if isinstance(self.node, ScalarNode):
            text = str(self.node.value)
            return f"`{text}`" if len(text) <= LONGEST_SHOWN else f"`{text[:LONGEST_SHOWN]}...`"
        return "a mapping" if isinstance(self.node, MappingNode) else "a list"

    @property
    def is_mapping(self) -> bool:
        """Whether the value is a mapping."""
        return isinstance(self.node, MappingNode)

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""
        return isinstance(self.node, SequenceNode)

    @property
    def is_null(self) -> bool:
        """Whether the value is empty."""
        return isinstance(self.node, ScalarNode) and self.node.tag == NULL

    def is_text(self, text: str) -> bool:
        """Whether the value is exactly this word."""
        return isinstance(self.node, ScalarNode) and self.node.value == text

    def items(self) -> list[tuple[Value, Value]]:
        """Keys and values of a mapping, duplicate keys noted and left out."""
        if not isinstance(self.node, MappingNode):
            self.wrong("wrong-type", f"a mapping is expected here, not {self.shown()}")
            return []
        seen: dict[str, Place] = {}
        kept = []
        for key_node, value_node in _with_points(self.node.value, self.file, self.problems):
            key = Value(key_node, self.file, self.problems)
            if not isinstance(key_node, ScalarNode):
                key.wrong("wrong-type", "a key must be a plain word")
            elif key_node.value in seen:
                message = f"`{key_node.value}` stands here a second time"
                key.wrong("duplicate-key", message, f"first at line {seen[key_node.value].line}")
            else:
                seen[key_node.value] = key.place
                kept.append((key, Value(value_node, self.file, self.problems)))
        return kept

    def entries(self, known: Sequence[str], what: str) -> dict[str, Value]:
        """The values of a mapping by key; unknown keys are noted with a hint and left out."""
        kept = {}
        for key, value in self.items():
            name = str(key.node.value)
            if name in known:
                kept[name] = value
            else:
                key.wrong(
                    "unknown-key", f"unknown key `{name}` in {what}", did_you_mean(name, known)
                )
        return kept

    def lacks(self, missing: Sequence[str], known: Sequence[str], what: str) -> None:
        """Note keys that a mapping lacks, but for those that an unknown key was meant to be."""
        if not isinstance(self.node, MappingNode):
            return
        written = {str(key.value) for key, _ in self.node.value} - set(known)
        meant = {nearest(name, known) for name in written}
        unnamed = [name for name in missing if name not in meant]
        if unnamed:
            names = " and ".join(f"`{name}`" for name in unnamed)
            self.wrong("missing-key", f"{what} needs {names}")

    def elements(self) -> Iterator[Value]:
        """The elements of a list."""
        if not isinstance(self.node, SequenceNode):
            self.wrong("wrong-type", f"a list is expected here, not {self.shown()}")
            return
        for node in self.node.value:
            yield Value(node, self.file, self.problems)

    def text(self) -> str | None:
        """A text; numbers and dates count as the text they are written with."""
        if not isinstance(self.node, ScalarNode) or self.node.tag == NULL:
            self.wrong("wrong-type", f"a text is expected here, not {self.shown()}")
            return None
        return str(self.node.value)

    def word(self, allowed: Sequence[str]) -> str | None:
        """One of a few words."""
        text = self.text()
        if text is not None and text not in allowed:
            self.wrong("unknown-value", f"unknown value `{text}`", did_you_mean(text, allowed))
            return None
        return text

    def number(self, *, limit: int, decimals: int = 3, low: int | None = None) -> Decimal | None:
        """An exact number: at most `decimals` places, |number| <= `limit`, and >= `low`."""
        if not isinstance(self.node, ScalarNode) or self.node.tag not in NUMBERS:
            raw = str(self.node.value)
            hint = _point_hint(raw) if DECIMAL_COMMA.fullmatch(raw) else ""
            self.wrong("wrong-type", f"a number is expected here, not {self.shown()}", hint)
            return None
        try:
            number = Decimal(self.node.value)
        except InvalidOperation:
            self.wrong("wrong-type", f"a plain decimal number is expected here, not {self.shown()}")
            return None
        return number if self._fits(number, limit, decimals, low) else None

    def _fits(self, number: Decimal, limit: int, decimals: int, low: int | None) -> bool:
        # Very large exponents first: arithmetic on them overflows.
        if number.adjusted() > MOST_DIGITS or abs(number) > limit:
            self.wrong("out-of-range", f"{self.shown()} is beyond {limit:,}")
        elif number != round(number, decimals):
            self.wrong("too-precise", f"{self.shown()} has more than {decimals} decimals")
        elif low is not None and number < low:
            self.wrong("out-of-range", f"{self.shown()} is below {low}")
        else:
            return True
        return False

    def whole(self, *, low: int, limit: int = 10**9) -> int | None:
        """A whole number between `low` and `limit`."""
        number = self.number(limit=limit, decimals=0, low=low)
        return None if number is None else int(number)

    def duration(self, *, low: int = 1) -> int | None:
        """Whole days, written `30d`, `4w` or `30`."""
        raw = str(self.node.value) if isinstance(self.node, ScalarNode) else ""
        found = DURATION.fullmatch(raw)
        if not found:
            hint = "write days as `30d` or `30`, weeks as `4w`"
            self.wrong("wrong-duration", f"a duration is expected here, not {self.shown()}", hint)
            return None
        days = int(found[1]) * (7 if found[2] == "w" else 1)
        if days < low:
            self.wrong("out-of-range", f"{self.shown()} is below {low} day")
            return None
        return days

    def day(self) -> date | None:
        """A calendar day, written `2026-11-21`."""
        raw = str(self.node.value) if isinstance(self.node, ScalarNode) else ""
        try:
            if DAY.fullmatch(raw):
                return date.fromisoformat(raw)
        except ValueError:
            pass
        self.wrong("wrong-date", f"a day such as 2026-11-21 is expected here, not {self.shown()}")
        return None

    def each(self, read: Callable[[Value], T | None]) -> tuple[T, ...]:
        """What `read` gives for each element of a list, failures left out."""
        return tuple(got for element in self.elements() if (got := read(element)) is not None)


Pairs = list[tuple[Node, Node]]


def _with_points(pairs: Pairs, file: str, problems: Problems) -> Pairs:
    """The pairs of a mapping, where YAML reads `{fit: 0,4}` as `fit: 0` and an empty `4`.

    That is noted, and the value then read as it was meant, so that nothing else is said of it.
    """
    kept: Pairs = []
    for key, value in pairs:
        if kept and _is_fraction(kept[-1][1], key, value):
            name, whole = kept[-1]
            raw = f"{whole.value},{key.value}"
            message = f"`{raw}` is not read as a number"
            place = Value(whole, file, problems).place
            problems.error(place, "wrong-type", message, _point_hint(raw))
            meant = raw.replace(",", ".")
            kept[-1] = name, ScalarNode(NUMBERS[1], meant, whole.start_mark, key.end_mark)
        else:
            kept.append((key, value))
    return kept


def _is_fraction(whole: Node, key: Node, value: Node) -> bool:
    return (
        all(isinstance(node, ScalarNode) for node in (whole, key, value))
        and whole.tag == WHOLE
        and re.fullmatch("[0-9]+", key.value) is not None
        and value.tag == NULL
        and key.start_mark.index == whole.end_mark.index + 1
    )


def _point_hint(raw: str) -> str:
    return f"write {raw.replace(',', '.')} with a point"


class _Composer(Composer):
    """Builds nodes, but no deeper than allowed: the stack would end before the file does."""

    def __init__(self, loader: object = None) -> None:
        super().__init__(loader=loader)
        self.warn_double_anchors = False
        self.level = 0

    def compose_node(self, parent: object, index: object) -> Node:
        """One node with what stands in it."""
        self.level += 1
        if self.level > DEEPEST:
            raise _TooDeep(self.parser.peek_event().start_mark)
        node: Node = super().compose_node(parent, index)
        self.level -= 1
        return node


class _TooDeep(Exception):  # noqa: N818 (no error of the user's that leaves this module)
    """Where the nesting became too deep."""

    def __init__(self, mark: StreamMark) -> None:
        super().__init__()
        self.mark = mark


def parse(text: str, file: str, problems: Problems) -> Value | None:
    """The document's root, or None after noting why it cannot be read."""
    start = Place(file, 1, 1)
    if len(text) > LONGEST:
        problems.error(start, "too-long", f"the file is longer than {LONGEST:,} characters")
        return None
    try:
        node = _composed(text)
    except _TooDeep as found:
        place = _place(file, found.mark)
        problems.error(place, "too-deep", f"nested deeper than {DEEPEST} levels")
        return None
    except MarkedYAMLError as error:
        place = _place(file, error.problem_mark or error.context_mark)
        problems.error(place, "not-yaml", error.problem or "this is not YAML", error.note or "")
        return None
    except ReaderError as error:
        problems.error(*_unreadable(file, text, error.character))
        return None
    if node is None:
        problems.error(start, "empty-file", "the file is empty", "start with `tamis init`")
        return None
    if depth(node, DEEPEST) > DEEPEST:
        problems.error(start, "too-deep", f"nested deeper than {DEEPEST} levels")
        return None
    forbidden = [(s, sign[0]) for s in scalars(node) if (sign := FORBIDDEN.search(s.value))]
    for scalar, character in forbidden:
        place = Value(scalar, file, problems).text_place
        problems.error(place, "not-yaml", _no_character(ord(character)))
    return None if forbidden else Value(node, file, problems)


def _composed(text: str) -> Node | None:
    # Not "rt": it marks the folds of a `>-` text with \a in the value.
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Composer
    node: Node | None = yaml.compose(text)
    return node


def _place(file: str, mark: StreamMark | None) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)


def _unreadable(file: str, text: str, character: int) -> tuple[Place, str, str]:
    before = text.partition(chr(character))[0]
    place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    return place, "not-yaml", _no_character(character)


def _no_character(character: int) -> str:
    return f"the character U+{character:04X} cannot stand in a YAML file"
