"""A YAML that somebody writes, looked through: the model in it, or what is wrong at which line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tamis.model.editing.fields import ModelFields
from tamis.model.editing.tree import Path
from tamis.model.spec import Model
from tamis.server.models import drafts
from tamis.server.problems import Problem

MESSAGE = re.compile(r"(?P<said>.*?)(?: \[(?P<code>[\w-]+)\])?(?:; (?P<hint>.*))?", re.DOTALL)
LONGEST = 140
"""Characters of a line that are shown around what is wrong in it."""


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: where, what, and what to do.

    `line` and `column` count from 1; 0: it is about the whole. The line is shown in three parts, of
    which `mark` is what is meant.
    """

    line: int
    column: int
    said: str
    code: str
    hint: str
    before: str = ""
    mark: str = ""
    after: str = ""


@dataclass(frozen=True)
class Looked:
    """What was found in a YAML: the model, else what is wrong, the first thing first."""

    model: Model | None
    wrong: tuple[Wrong, ...]


@lru_cache(maxsize=64)
def looked(yaml: str) -> Looked:
    """Look through a YAML, by the server's rules for drafts."""
    try:
        return Looked(drafts.checked(yaml), ())
    except Problem as problem:
        lines = yaml.splitlines()
        found = (_wrong(one["field"], one["message"], lines) for one in problem.errors)
        return Looked(None, tuple(sorted(found, key=lambda one: (one.line, one.column))))


def _wrong(field: str, message: str, lines: list[str]) -> Wrong:
    numbers = [int(part) for part in field.split(":")[1:] if part.isdigit()]
    line, column = [*numbers, 0, 0][:2]
    found = MESSAGE.fullmatch(message)
    assert found, message
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return Wrong(
        line,
        column,
        found["said"],
        found["code"] or "",
        found["hint"] or "",
        *_marked(text, column),
    )


def _marked(text: str, column: int) -> tuple[str, str, str]:
    """A line in three parts: before what is meant, that, and after it; long ones cut.

    >>> _marked("  points: 1O, cap: 3", 11)
    ('  points: ', '1O', ', cap: 3')
    """
    if not column:
        return text[:LONGEST], "", ""
    start = column - 1
    found = re.compile(r"[\w.+-]+|.?").match(text, start)
    end = found.end() if found else start
    first = max(0, start - LONGEST // 2)
    return text[first:start], text[start:end], text[end : first + LONGEST]


def of_fields(fields: ModelFields, wrong: tuple[Wrong, ...]) -> dict[Path, str]:
    """What is wrong with single fields of a form, by their path."""
    said = {(one.line, one.column): "; ".join(filter(None, (one.said, one.hint))) for one in wrong}
    places = ((field.path, (field.line, field.column)) for field in fields.all)
    return {path: said[place] for path, place in places if place in said and place[0]}
