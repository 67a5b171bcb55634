"""A model's YAML as a tree of nodes, in which a value is found by its path."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tamis.model.document import Problems, parse

Path = tuple[str, ...]
"""Where a value stands: keys of mappings, and of lists the `id` of the element.

The points of a rule: `("dimensions", "fit", "rules", "size", "points")`.
"""


@lru_cache(maxsize=64)
def root_of(text: str) -> MappingNode | None:
    """The tree of a text; None where it is no YAML, or no mapping."""
    value = parse(text, "yaml", Problems())
    return value.node if value and isinstance(value.node, MappingNode) else None


def pairs(node: Node | None) -> Iterator[tuple[str, Node]]:
    """Keys and values of a mapping; nothing for what is none."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield str(key.value), value


def elements(node: Node | None) -> Iterator[tuple[str, Node]]:
    """The mappings of a list that have an `id`, by it; nothing for what is no list."""
    if isinstance(node, SequenceNode):
        for element in node.value:
            id_ = next((value for key, value in pairs(element) if key == "id"), None)
            if isinstance(id_, ScalarNode):
                yield str(id_.value), element


def child(node: Node | None, name: str) -> Node | None:
    """The value of a key, or the element of an id."""
    found = elements(node) if isinstance(node, SequenceNode) else pairs(node)
    return next((value for key, value in found if key == name), None)


def at(node: Node | None, path: Path) -> Node | None:
    """The value at a path; None where there is none."""
    for name in path:
        node = child(node, name)
    return node


def written(node: Node | None) -> str:
    """A scalar as its author wrote it, without quotes; empty for anything else."""
    return str(node.value) if isinstance(node, ScalarNode) else ""


def end_of(node: Node) -> int:
    """The index behind the last character of a value.

    Collections in block style end for YAML where the next thing begins: comments lie between.
    """
    if isinstance(node, ScalarNode) or getattr(node, "flow_style", False) or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return end_of(last[1] if isinstance(node, MappingNode) else last)
