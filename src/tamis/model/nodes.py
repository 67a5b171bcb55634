"""Trees of YAML nodes: how deep they are, and every text in them. An alias may hold itself."""

from __future__ import annotations

from collections.abc import Iterator

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Level = dict[int, Node]


def depth(root: Node, most: int) -> int:
    """The number of levels, counted up to one more than `most`."""
    found = 0
    for _ in _levels(root):
        found += 1
        if found > most:
            break
    return found


def scalars(root: Node) -> Iterator[ScalarNode]:
    """Every text of a tree that does not hold itself, each once."""
    seen: set[int] = set()
    for level in _levels(root):
        yield from (n for n in level.values() if isinstance(n, ScalarNode) and id(n) not in seen)
        seen |= set(level)


def _levels(root: Node) -> Iterator[Level]:
    level: Level = {id(root): root}
    while level:
        yield level
        level = {id(child): child for node in level.values() for child in _children(node)}


def _children(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []
