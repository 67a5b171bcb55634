"""Columns as a few questions with yes or no: `at least 12`, `is france`, `is missing`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Column, Numbers
from tamis.predict.learned import Learned, Part

MOST = 10
"""At most so many bounds, or values, are asked for by themselves."""

Asked = Literal["missing", "at_least", "value", "other"]


@dataclass(frozen=True)
class Question:
    """What is asked of each lead: is it missing, at least `bound`, the text `value`, any other?

    `value` is without case. Of a number that is missing, and of a missing text, only `missing` is
    true.
    """

    asked: Asked
    bound: float | None = None
    value: str | None = None


def questions_of(column: Column, learned: Learned | None) -> tuple[Question, ...]:
    """The questions for a column: the cuts of the learned part, or cuts of its own at deciles."""
    part = next((p for p in learned.parts if p.column == column.name), None) if learned else None
    if column.kind == "number":
        bounds = _bounds(column, part)
        return (Question("missing"), *(Question("at_least", bound=bound) for bound in bounds))
    values = (Question("value", value=value) for value in _values(column))
    return (Question("missing"), *values, Question("other"))


def _bounds(column: Column, part: Part | None) -> tuple[float, ...]:
    """At most ten bounds: those of the part that lie nearest to the column's deciles."""
    known = column.values.astype(np.float64)[~column.missing]
    if not known.size:
        return ()
    deciles = np.unique(np.quantile(known, np.linspace(0, 1, MOST + 1)[1:], method="higher"))
    own = sorted(g.at_least for g in part.groups if g.at_least is not None) if part else []
    if len(own) > MOST:
        own = sorted({min(own, key=lambda bound: abs(bound - decile)) for decile in deciles})
    return tuple(own) or tuple(float(one) for one in deciles if one > known.min())


def _values(column: Column) -> tuple[str, ...]:
    """The ten most frequent values, the most frequent first."""
    values, counts = np.unique(folded(column).astype(str)[~column.missing], return_counts=True)
    order = np.lexsort((values, -counts))
    return tuple(str(values[place]) for place in order[:MOST])


def folded(column: Column) -> NDArray[np.object_]:
    """The texts without case; None stays None."""
    values = column.values.tolist()
    cache = {value: None if value is None else str(value).lower() for value in set(values)}
    return np.array([cache[value] for value in values], dtype=object)


def answers(questions: tuple[Question, ...], column: Column) -> NDArray[np.bool_]:
    """What each example answers. Shape: examples by questions."""
    missing = column.missing
    told = np.zeros((len(missing), len(questions)), dtype=bool)
    if column.kind == "number":
        _number_answers(questions, column.values.astype(np.float64), told)
    else:
        _text_answers(questions, folded(column), told)
    told[missing] = False
    told[:, [q.asked == "missing" for q in questions]] = missing[:, None]
    return told


def _number_answers(
    questions: tuple[Question, ...], values: Numbers, told: NDArray[np.bool_]
) -> None:
    for place, question in enumerate(questions):
        if question.bound is not None:
            told[:, place] = values >= question.bound


def _text_answers(
    questions: tuple[Question, ...], values: NDArray[np.object_], told: NDArray[np.bool_]
) -> None:
    for place, question in enumerate(questions):
        if question.value is not None:
            told[:, place] = values == question.value
    other = [place for place, question in enumerate(questions) if question.asked == "other"]
    named = np.asarray(told.any(axis=1), dtype=bool)
    told[:, other] = ~named[:, None]


def apart(questions: tuple[Question, ...], yes: Numbers, of: float) -> Numbers:
    """Counts of groups that do not overlap, from the counts of yes: they add up to `of`."""
    bounds = [place for place, q in enumerate(questions) if q.asked == "at_least"]
    rest = [yes[place] for place, q in enumerate(questions) if q.asked != "at_least"]
    if not bounds:
        return np.array(rest if rest else [of])
    missing = sum(rest)
    steps = np.array([of - missing, *(yes[place] for place in bounds), 0.0])
    return np.array([*rest, *(steps[:-1] - steps[1:])])
