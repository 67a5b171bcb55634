"""Which plays a lead in a cell of the grid can get, as far as its grades say so."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_CEILING

from tamis.model.possible.domains import Choices, Domain
from tamis.model.possible.known import known_fields, known_verdicts
from tamis.model.possible.lists import narrowed, reached
from tamis.model.possible.reach import CENT, Reach, Span, rule_span, score_span
from tamis.model.spec import Dimension, Model, Play


def plays_of_cell(model: Model, grades: Mapping[str, str]) -> tuple[Play, ...]:
    """The plays that a lead with these grades can get, in order; the last is certain if any is.

    `grades` holds a grade for each dimension of the model's `cell`.
    """
    for listed, known in narrowed(model, known_of_cell(model, grades)):
        if listed.what == "play":
            kept, _none = reached(listed, known)
            return tuple(play for play in kept if isinstance(play, Play))
    return ()


def known_of_cell(model: Model, grades: Mapping[str, str]) -> Mapping[str, Domain]:
    """What the grades of a cell say: the cell, the grades, what dimensions and score can be."""
    dimensions = {
        d.name: _graded(d, grades[d.name]) if d.name in grades else Span(d.low, d.high).rounded
        for d in model.dimensions
    }
    score = score_span(model.score, dimensions) if model.score else None
    rules = {rule.id: rule_span(rule) for rule in model.rules}
    told = {f"{name}_grade": _certain(grade) for name, grade in grades.items()}
    return {
        **known_fields(model, "lead", "account"),
        **known_verdicts(model, Reach(rules, dimensions, score)),
        **told,
        "cell": _certain("".join(grades[name] for name in model.cell)),
    }


def _graded(dimension: Dimension, label: str) -> Span:
    """The rounded values of a dimension that have a grade: from its bound to below the next."""
    place = [grade.label for grade in dimension.grades].index(label)
    low = dimension.grades[place].bound if place else dimension.low
    better = dimension.grades[place + 1 :]
    high = better[0].bound.quantize(CENT, ROUND_CEILING) - CENT if better else dimension.high
    return Span(low, high).rounded


def _certain(text: str) -> Choices:
    return Choices(frozenset({text}), null=False)
