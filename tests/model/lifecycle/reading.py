"""Reads the sections from score to sale of a model whose rest is given."""

from __future__ import annotations

from textwrap import dedent

from tamis.model.checks import checked_model
from tamis.model.document import Problems
from tamis.model.lifecycle.spec import Lifecycle
from tamis.model.load import read_model
from tamis.model.spec import Model

HEAD = """\
tamis: 1
name: m
fields: {lead: {country: text, n: integer}}
dimensions: {fit: {rules: [{id: n, field: n, bands: {0: 0, 100: 100}}]}}
score: {sum: [fit]}
"""


def model_of(sections: str) -> Model:
    """The model, without errors; the sections begin on line 6."""
    return checked_model(HEAD + dedent(sections).strip("\n") + "\n", "m.yaml")


def lifecycle_of(section: str) -> Lifecycle:
    """Its lifecycle."""
    found = model_of(section).lifecycle
    assert found is not None
    return found


def problems_of(sections: str) -> list[str]:
    """`code line:column` of what reading alone finds wrong."""
    problems = Problems()
    read_model(HEAD + dedent(sections).strip("\n") + "\n", "m.yaml", problems)
    return [f"{p.code} {p.place.line}:{p.place.column}" for p in problems.sorted]
