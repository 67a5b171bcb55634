"""Placeholders such as `Select`: what was read as missing is scored as missing too.

A file that is scored later holds the same words, and the rules of a scoring model know no
placeholders: so the words become values with the weight of what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tamis.predict.learned import Group, Learned, Part
from tamis.predict.table.notes import Note


def with_placeholders(learned: Learned, notes: Sequence[Note]) -> Learned:
    """The model with the placeholders of its text columns, as the notes of a table name them."""
    words: dict[str, set[str]] = {}
    for note in notes:
        if note.code == "missing":
            for name in note.columns:
                words.setdefault(name, set()).update(word.lower() for word in note.words)
    parts = (_knowing(part, words.get(part.column, set())) for part in learned.parts)
    return replace(learned, parts=tuple(parts))


def _knowing(part: Part, words: set[str]) -> Part:
    if part.kind != "text" or any(word in g.values for g in part.groups for word in words):
        return part
    missing = next((group for group in part.groups if group.missing), None)
    if not words or missing is None:
        return part
    like = Group(missing.weight, missing.spread, values=tuple(sorted(words)))
    known = [group for group in part.groups if group.values]
    return replace(part, groups=(*known, like, *part.groups[len(known) :]))
