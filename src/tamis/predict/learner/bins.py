"""How a column is cut: finely into codes, and those codes, supervised, into coarse bins.

Codes of a number column rise with its value, code 0 being below all bounds; those of a text column
are its frequent values, then `otherwise`. The last code is always what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tamis.predict.examples import Column, Kind, Numbers, Places
from tamis.predict.sound import sayable

FINEST = 64
"""At most so many cuts of a number column."""
FREQUENT = 5
"""A text value in fewer examples is pooled with others as rare."""
VALUES = 300
"""At most so many values of a text column are kept apart."""


@dataclass(frozen=True)
class Cut:
    """How one column is cut into `size` codes: by `bounds` (rising) or by `values` (lower case)."""

    column: str
    kind: Kind
    bounds: tuple[float, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many codes: the last is what is missing; of text the last but one all else."""
        return len(self.bounds) + len(self.values) + 2

    def codes(self, column: Column) -> Places:
        """The code of each example."""
        if self.kind == "number":
            return self._number_codes(column.values.astype(np.float64))
        known = {value: code for code, value in enumerate(self.values)}
        rest, missing = len(known), len(known) + 1
        return np.array(
            [missing if one is None else known.get(one.lower(), rest) for one in column.values],
            dtype=np.int64,
        )

    def _number_codes(self, values: Numbers) -> Places:
        found = np.searchsorted(np.array(self.bounds), values, side="right")
        found[np.isnan(values)] = self.size - 1
        kept: Places = found.astype(np.int64)
        return kept


def cut(column: Column) -> Cut:
    """How a column is cut finely, without looking at outcomes."""
    if column.kind == "number":
        return Cut(column.name, "number", bounds=_bounds(column.values.astype(np.float64)))
    return Cut(column.name, "text", values=_frequent(column))


def _bounds(values: Numbers) -> tuple[float, ...]:
    """Bounds between neighbouring values, at quantiles when there are many."""
    seen = np.sort(values[~np.isnan(values)])
    apart = np.unique(seen)
    if len(apart) > FINEST:
        ends = np.quantile(seen, np.arange(1, FINEST) / FINEST, method="lower")
        highs = np.unique(ends)
        lows = apart[np.maximum(0, np.searchsorted(apart, highs) - 1)]
    else:
        lows, highs = apart[:-1], apart[1:]
    pairs = zip(lows.tolist(), highs.tolist(), strict=True)
    return tuple(sorted({between(low, high) for low, high in pairs if low < high}))


def between(low: float, high: float) -> float:
    """The shortest decimal above `low` and at most `high`: a bound that a person can read.

    >>> between(41.0, 42.0), between(0.1234, 0.1291), between(980.0, 1040.0)
    (42.0, 0.129, 1000.0)
    """
    for digits in range(-int(np.ceil(np.log10(max(abs(low), abs(high), 1.0)))), 7):
        found = float(np.floor(high * 10.0**digits) / 10.0**digits)
        if low < found <= high:
            return round(found, max(0, digits))
    return high


def _frequent(column: Column) -> tuple[str, ...]:
    """The values seen often enough, the most frequent first; those of as many by name.

    One that no file of a learned model can hold counts as any other.
    """
    seen: dict[str, int] = {}
    for value in column.values:
        if value is not None and sayable(value):
            seen[value.lower()] = seen.get(value.lower(), 0) + 1
    often = sorted((-count, value) for value, count in seen.items() if count >= FREQUENT)
    return tuple(value for _, value in often[:VALUES])


def coarse(
    cut: Cut,
    codes: Places,
    won: Numbers,
    weight: Numbers,
    *,
    leaves: int,
    fewest: int,
) -> Places:
    """The bin of each code: neighbouring codes of a number column that a small tree puts together.

    Codes of a text column keep a bin each. What is missing always has its own. `leaves` is how many
    bins a number column may have and `fewest` how many examples each of them holds at least.
    """
    if cut.kind == "text" or cut.size <= 3:
        return np.arange(cut.size, dtype=np.int64)
    from sklearn.tree import DecisionTreeClassifier  # type: ignore[import-untyped]  # noqa: PLC0415

    known = codes < cut.size - 1
    found = np.zeros(cut.size, dtype=np.int64)
    if known.sum() >= 2 * fewest:
        tree = DecisionTreeClassifier(
            criterion="log_loss", max_leaf_nodes=leaves, min_samples_leaf=fewest, random_state=0
        )
        tree.fit(codes[known].reshape(-1, 1), won[known], sample_weight=weight[known])
        leaf = tree.apply(np.arange(cut.size - 1).reshape(-1, 1))
        found[:-1] = np.cumsum(np.concatenate([[0], leaf[1:] != leaf[:-1]]))
    found[-1] = found[-2] + 1
    return found


Direction = Literal["rises", "falls"]


def monotone(weights: Numbers, rows: Numbers, direction: Direction | None) -> Numbers:
    """The nearest weights that only rise, or fall, with the codes; that of the missing stays."""
    if direction is None or len(weights) < 3:
        return weights
    from sklearn.isotonic import isotonic_regression  # type: ignore[import-untyped]  # noqa: PLC0415

    found = weights.copy()
    found[:-1] = isotonic_regression(
        weights[:-1], sample_weight=rows[:-1] + 1e-6, increasing=direction == "rises"
    )
    return found
