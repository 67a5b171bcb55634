"""Examples to learn from: rows of what was known, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tamis.predict.saying import Saying

__all__ = [
    "Column",
    "Examples",
    "Kind",
    "Numbers",
    "Places",
    "Saying",
    "Texts",
    "examples_of",
]

Kind = Literal["number", "text"]
Numbers = NDArray[np.float64]
Texts = NDArray[np.object_]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Column:
    """What was known of each example under one name.

    `values` has one entry per example: of kind `number` 64-bit floats, NaN for what is missing; of
    kind `text` Python texts, None for what is missing. Truth values are the texts `true` and
    `false`. `said_by` is how a rule of a scoring model says the same (see `Saying`); None for what
    no rule can say.
    """

    name: str
    kind: Kind
    values: Numbers | Texts
    said_by: Saying | None = None

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Whether each example lacks it."""
        if self.kind == "number":
            return np.isnan(self.values.astype(np.float64))
        return np.array([value is None for value in self.values], dtype=bool)

    def of(self, places: Places | NDArray[np.bool_]) -> Column:
        """The column for some examples."""
        return replace(self, values=self.values[places])


@dataclass(frozen=True)
class Examples:
    """Rows to learn from. Grain: one per lead, or one per lead and past day.

    `won` is whether the outcome came within the horizon. `weight` is positive, with a mean of 1: a
    lead with many days weighs as one. `order` rises with time (days, or any number that does); None
    where nothing says which example is older. `lead` numbers the leads from 0: rows of one lead are
    never on both sides of a split. `ids` are the leads' ids, one per row.
    """

    columns: tuple[Column, ...]
    won: NDArray[np.bool_]
    weight: Numbers
    lead: Places
    ids: tuple[str, ...]
    order: Numbers | None = None

    def __len__(self) -> int:
        return len(self.won)

    @property
    def conversions(self) -> int:
        """How many leads were won: what decides how much may be learned."""
        return len(np.unique(self.lead[self.won]))

    @property
    def base_rate(self) -> float:
        """The weighted share of won examples, 0 to 1; 0 without examples."""
        total = float(self.weight.sum())
        return float(self.weight[self.won].sum()) / total if total else 0.0

    def column(self, name: str) -> Column:
        """A column by its name. Raises: KeyError for one that is not there."""
        for one in self.columns:
            if one.name == name:
                return one
        raise KeyError(name)

    def of(self, places: Places | NDArray[np.bool_]) -> Examples:
        """Some of the examples, in the order given; leads keep their numbers."""
        kept = np.arange(len(self))[places]
        return replace(
            self,
            columns=tuple(one.of(kept) for one in self.columns),
            won=self.won[kept],
            weight=self.weight[kept],
            lead=self.lead[kept],
            ids=tuple(self.ids[place] for place in kept),
            order=None if self.order is None else self.order[kept],
        )

    def without(self, names: Sequence[str]) -> Examples:
        """The examples without some columns."""
        return replace(self, columns=tuple(one for one in self.columns if one.name not in names))


def examples_of(
    columns: Sequence[Column], won: Sequence[bool] | NDArray[Any], order: Numbers | None = None
) -> Examples:
    """Examples of one row per lead, all of the same weight, with numbers as ids."""
    count = len(won)
    return Examples(
        tuple(columns),
        np.asarray(won, dtype=bool),
        np.ones(count),
        np.arange(count),
        tuple(str(place) for place in range(count)),
        order,
    )
