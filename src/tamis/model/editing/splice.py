"""Changing one value in a YAML text; every comment, blank line and order around it stays."""

from __future__ import annotations

import json
import re

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tamis.model.editing.tree import Path, child, end_of, root_of

PLAIN = re.compile(r"[A-Za-z0-9_.+-][A-Za-z0-9_.+%-]*|(?!null$)[^\W\d_][\w '.-]*[\w.]")
"""Values that are surely read as they stand: numbers, days, words without any sign of YAML."""
LATE_KEYS = ("points", "otherwise", "within", "per_day", "cap")
"""Keys behind which a new one of a rule is put; the last of them that is there."""


class NoPlace(ValueError):  # noqa: N818 (it is said where, not what)
    """The text has no place for a value: what should hold it is not there, or is no mapping."""


def replaced(text: str, path: Path, value: str) -> str:
    r"""The text with another value at a path; an empty value takes the key away.

    A key that is missing is added, with the mappings around it. Raises: NoPlace.

    >>> replaced("a: {b: 1}  # one", ("a", "b"), "2"), replaced("a:\n  c: 1", ("a", "b"), "x y")
    ('a: {b: 2}  # one', 'a:\n  c: 1\n  b: x y')
    """
    node: Node | None = root_of(text)
    for place, name in enumerate(path):
        inner = child(node, name)
        if inner is None:
            return _added(text, node, path[place:], value) if value else text
        if place == len(path) - 1:
            return _set(text, node, name, inner, value)
        # `decay: none` becomes a mapping when a half-life is given.
        if isinstance(inner, ScalarNode):
            return _overwritten(text, inner, _nested(path[place + 1 :], value)) if value else text
        node = inner
    raise NoPlace


def scalar(value: str) -> str:
    """A value as YAML, in quotes where it might be read as something else.

    >>> scalar("0.4"), scalar("90d"), scalar("yes: no")
    ('0.4', '90d', '"yes: no"')
    """
    return value if PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def _set(text: str, parent: Node | None, name: str, node: Node, value: str) -> str:
    if not value:
        return _removed(text, parent, name)
    if not isinstance(node, ScalarNode):
        raise NoPlace
    return _overwritten(text, node, scalar(value))


def _overwritten(text: str, node: ScalarNode, value: str) -> str:
    start, end = node.start_mark.index, node.end_mark.index
    # A text of several lines ends where the next line begins; that line break is kept.
    tail = "\n" if node.style in ("|", ">") and text[start:end].endswith("\n") else ""
    lead = " " if start and text[start - 1] == ":" else ""
    return text[:start] + lead + value + tail + text[end:]


def _nested(path: Path, value: str) -> str:
    """A value with the mappings around it, on one line."""
    inner = scalar(value)
    for name in reversed(path):
        inner = f"{{{scalar(name)}: {inner}}}"
    return inner


def _added(text: str, node: Node | None, path: Path, value: str) -> str:
    if not isinstance(node, MappingNode):
        raise NoPlace
    pair = f"{scalar(path[0])}: {_nested(path[1:], value)}"
    if node.flow_style:
        end = end_of(node.value[-1][1]) if node.value else node.start_mark.index + 1
        return text[:end] + (", " if node.value else "") + pair + text[end:]
    if not node.value:
        raise NoPlace
    end = _line_end(text, end_of(_before_new(node)))
    indent = " " * node.value[0][0].start_mark.column
    return f"{text[:end]}\n{indent}{pair}{text[end:]}"


def _before_new(node: MappingNode) -> Node:
    """The value of a block mapping behind which a new pair is put."""
    late = [value for key, value in node.value if key.value in LATE_KEYS]
    found: Node = late[-1] if late else node.value[-1][1]
    return found


def _line_end(text: str, index: int) -> int:
    """The end of the line in which a value ends; a text of several lines ends behind its own."""
    if index and text[index - 1] == "\n":
        return index - 1
    end = text.find("\n", index)
    return len(text) if end < 0 else end - (text[end - 1] == "\r")


def _removed(text: str, parent: Node | None, name: str) -> str:
    if not isinstance(parent, MappingNode):
        raise NoPlace
    at = next(place for place, (key, _) in enumerate(parent.value) if key.value == name)
    key, value = parent.value[at]
    start, end = key.start_mark.index, end_of(value)
    following = parent.value[at + 1][0].start_mark.index if at + 1 < len(parent.value) else None
    if parent.flow_style:
        if following is not None:
            return text[:start] + text[following:]
        return text[: end_of(parent.value[at - 1][1]) if at else start] + text[end:]
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip():
        # The first key of an element stands behind its dash: the next one takes its place.
        if following is None:
            raise NoPlace
        return text[:start] + text[following:]
    return text[:line] + text[min(_line_end(text, end) + 1, len(text)) :]


def with_element(text: str, path: Path, lines: list[str]) -> str:
    """The text with one more element, of lines, at the end of the list at a path.

    An empty list (`[]`) becomes one of the element alone. Raises: NoPlace.
    """
    parent: Node | None = root_of(text)
    for name in path[:-1]:
        parent = child(parent, name)
    node = child(parent, path[-1])
    if node is None:
        return _new_list(text, parent, path[-1], lines)
    if not isinstance(node, SequenceNode):
        raise NoPlace
    if not node.value:
        column = _column_of(parent, path[-1]) + 2
        end = node.end_mark.index
        return text[: node.start_mark.index].rstrip(" ") + _block(lines, column) + text[end:]
    if node.flow_style:
        end = end_of(node.value[-1])
        return f"{text[:end]}, {{{', '.join(lines)}}}{text[end:]}"
    end = _line_end(text, end_of(node.value[-1]))
    return text[:end] + _block(lines, node.start_mark.column) + text[end:]


def _new_list(text: str, parent: Node | None, name: str, lines: list[str]) -> str:
    if not isinstance(parent, MappingNode) or not parent.value:
        raise NoPlace
    if parent.flow_style:
        end = end_of(parent.value[-1][1])
        return f"{text[:end]}, {name}: [{{{', '.join(lines)}}}]{text[end:]}"
    column = parent.value[0][0].start_mark.column
    end = _line_end(text, end_of(parent.value[-1][1]))
    return f"{text[:end]}\n{' ' * column}{name}:{_block(lines, column + 2)}{text[end:]}"


def _column_of(parent: Node | None, name: str) -> int:
    assert isinstance(parent, MappingNode)
    return next(int(key.start_mark.column) for key, _ in parent.value if key.value == name)


def _block(lines: list[str], column: int) -> str:
    """Lines as an element of a list in block style, behind a line break."""
    first, *others = lines
    return "".join(
        [f"\n{' ' * column}- {first}", *(f"\n{' ' * (column + 2)}{line}" for line in others)]
    )
