"""A column cut into the few levels that a rule could give points to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tamis.history.evidence_figures import ENOUGH
from tamis.predict.examples import Column, Numbers, Saying
from tamis.predict.suggest.fit import Outcomes

RECENT = (0.0, 7.0, 30.0, 90.0)
"""Ages in days at which a column of recency is cut."""
MOST_VALUES = 10
FEW = 0.05
"""Rows without a value, or with a rare one, are a level of their own from this share on."""


@dataclass(frozen=True)
class Cut:
    """The levels of a column, and which rows are in which.

    `levels` are written as in a model file: bounds from which on, rising, or values. `base` is the
    place of the level that the others are compared with and that gets no points; null where rows
    in no level (missing, none, below all bounds, other values) are that. `places` has the level of
    each row, -1 for none.
    """

    column: Column
    said_by: Saying
    levels: tuple[str, ...]
    base: int | None
    places: NDArray[np.int64]

    @property
    def told(self) -> tuple[int, ...]:
        """The places of the levels that can get points."""
        return tuple(place for place in range(len(self.levels)) if place != self.base)

    @property
    def design(self) -> Numbers:
        """1 where a row is of a level, 0 elsewhere (rows x levels that can get points)."""
        return np.column_stack([(self.places == one).astype(np.float64) for one in self.told])


def cut(column: Column, outcomes: Outcomes) -> Cut | None:
    """The column in levels that each have enough leads to judge; None where there are not two."""
    said = column.said_by
    if said is None:
        return None
    found = _values(column, said, outcomes) if column.kind == "text" else None
    if column.kind == "number":
        found = _bands(column, said, outcomes)
    return found if found and found.told and len(np.unique(found.places)) > 1 else None


def _enough(rows: NDArray[np.bool_], outcomes: Outcomes) -> bool:
    """Whether 5 wins and 5 losses were to be expected among the leads of the rows."""
    rarer = min(outcomes.conversions, outcomes.leads - outcomes.conversions)
    return len(np.unique(outcomes.lead[rows])) * rarer >= ENOUGH * outcomes.leads


def _values(column: Column, said: Saying, outcomes: Outcomes) -> Cut | None:
    folded = np.array([None if v is None else str(v).lower() for v in column.values], dtype=object)
    counts = Counter(value for value in folded if value is not None)
    common = [value for value, _ in counts.most_common(MOST_VALUES)]
    kept = [value for value in common if value and _enough(folded == value, outcomes)]
    numbers = {value: place for place, value in enumerate(kept)}
    places = np.array([numbers.get(value, -1) for value in folded], dtype=np.int64)
    spelt = Counter(str(value) for value in column.values if value is not None)
    levels = tuple(max((s for s in spelt if s.lower() == v), key=spelt.__getitem__) for v in kept)
    # The most frequent value is the base where hardly any row has another one or none.
    return Cut(column, said, levels, 0 if (places == -1).mean() < FEW else None, places)


def _bands(column: Column, said: Saying, outcomes: Outcomes) -> Cut | None:
    values = column.values.astype(np.float64)
    bounds = _bounds(values, said)
    while bounds:
        places = np.where(np.isnan(values), -1, np.searchsorted(bounds, values, side="right") - 1)
        poor = [p for p in range(len(bounds)) if not _enough(places == p, outcomes)]
        if not poor:
            levels = tuple(_written(bound) for bound in bounds)
            return Cut(column, said, levels, _base(places, said, len(levels)), places)
        # A poor band goes with the one below it, the lowest with the one above.
        bounds = bounds[: poor[-1]] + bounds[poor[-1] + 1 :] if poor[-1] else _widened(bounds)
    return None


def _base(places: NDArray[np.int64], said: Saying, levels: int) -> int | None:
    if (places == -1).mean() >= FEW:
        return None
    return levels - 1 if said.form == "recency" else 0


def _widened(bounds: list[float]) -> list[float]:
    """The lowest band as far as the end of the next one."""
    return [bounds[0], *bounds[2:]] if len(bounds) > 1 else []


def _bounds(values: Numbers, said: Saying) -> list[float]:
    """Lower bounds of bands: fixed ages, counts from 1 on, or fifths of a field's values."""
    known = values[~np.isnan(values)]
    if said.form == "recency":
        return list(RECENT)
    if said.form == "frequency":
        known = known[known > 0]
        quantiles = np.quantile(known, [0.5, 0.8]) if len(known) else np.array([])
        return sorted({1.0, *(float(np.ceil(one)) for one in quantiles if one > 1)})
    if not len(known):
        return []
    lowest = min(0.0, float(np.floor(known.min()))) if known.min() < 1 else _rounded(known.min())
    inner = {_rounded(one) for one in np.quantile(known, [0.2, 0.4, 0.6, 0.8])}
    return sorted({lowest, *(one for one in inner if lowest < one <= known.max())})


def _rounded(bound: float) -> float:
    """A bound of two digits, down, that a person would write.

    >>> _rounded(1234.5), _rounded(0.0567), _rounded(87.0)
    (1200.0, 0.056, 87.0)
    """
    if bound == 0:
        return 0.0
    step = 10.0 ** (np.floor(np.log10(abs(bound))) - 1)
    return float(round(np.floor(bound / step + 1e-9) * step, 3))


def _written(bound: float) -> str:
    """A bound as the model file writes it.

    >>> _written(10.0), _written(0.5)
    ('10', '0.5')
    """
    return str(int(bound)) if bound == int(bound) else f"{bound:.3f}".rstrip("0")
