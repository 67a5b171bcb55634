"""Reads a model as `tamis check` does, and gives what was found as short lines."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

from tamis.errors import Problem
from tamis.model.checks import check
from tamis.model.document import Problems
from tamis.model.load import read_model

TODAY = date(2026, 11, 21)
HEAD = "tamis: 1\nname: test\n"


def problems_of(text: str, today: date | None = TODAY) -> tuple[Problem, ...]:
    """Everything found in a whole model file."""
    problems = Problems()
    model = read_model(text, "m.yaml", problems)
    if model is not None:
        check(model, problems, today=today)
    return problems.sorted


def found(part: str, today: date | None = TODAY) -> list[str]:
    """`code line:column` of what is found in a model whose first two lines are given.

    The part begins on line 3.
    """
    whole = HEAD + dedent(part).strip("\n") + "\n"
    return [f"{p.code} {p.place.line}:{p.place.column}" for p in problems_of(whole, today)]


def codes(part: str, today: date | None = TODAY) -> list[str]:
    """Only the codes."""
    return [line.split()[0] for line in found(part, today)]
