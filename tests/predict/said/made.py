"""Learned models made by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tamis.history.intervals import Interval
from tamis.predict.examples import Column, Saying
from tamis.predict.learned import Group, Learned, Pair, Part, Quality, Training


def field(name: str, scope: Any = "lead") -> Saying:
    """A field of the lead or of its account."""
    return Saying("field", name, scope)


def number_column(name: str, values: Sequence[float]) -> Column:
    """A column of numbers; NaN is missing."""
    import numpy as np

    return Column(name, "number", np.array(values, dtype=np.float64))


def text_column(name: str, values: Sequence[str | None]) -> Column:
    """A column of texts; None is missing."""
    import numpy as np

    return Column(name, "text", np.array(values, dtype=object))


def number_part(
    column: str,
    bounds: Mapping[float, float],
    below: float,
    missing: float,
    said: Saying | None = None,
) -> Part:
    """Weights from bounds on, of what is below all of them and of what is missing."""
    groups = [Group(weight, at_least=bound, rows=10, won=1) for bound, weight in bounds.items()]
    under, none = Group(below, below=True, rows=10, won=1), Group(missing, missing=True)
    return Part(column, "number", (under, *groups, none), said_by=said or field(column))


def text_part(
    column: str,
    values: Mapping[tuple[str, ...], float],
    otherwise: float,
    missing: float,
    said: Saying | None = None,
) -> Part:
    """Weights of values, of any other and of what is missing."""
    groups = [Group(weight, values=some, rows=10, won=1) for some, weight in values.items()]
    rest, none = Group(otherwise, otherwise=True, rows=5), Group(missing, missing=True, rows=2)
    return Part(column, "text", (*groups, rest, none), said_by=said or field(column))


def model_of(
    parts: Sequence[Part],
    pairs: Sequence[Pair] = (),
    *,
    intercept: float = -2.0,
    rate: float = 0.1,
    usable: bool = True,
) -> Learned:
    """A learned model of some parts."""
    return Learned(
        tamis_learned=1,
        name="made by hand",
        outcome="Converted",
        phase="full",
        usable=usable,
        intercept=intercept,
        base_rate=Interval(rate, rate / 2, min(2 * rate, 1.0)),
        quality=Quality(),
        training=Training(1000, 1000, 100, "ab" * 32, 1),
        parts=tuple(parts),
        pairs=tuple(pairs),
    )


SMALL = model_of(
    [
        number_part("visits", {3.0: 0.2, 10.0: 0.7}, -0.5, -0.1),
        text_part("country", {("France", "Norway"): 0.4, ("Spain",): -0.3}, -0.1, 0.3),
    ]
)
"""Two fields of a lead."""
