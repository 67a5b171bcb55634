"""One order of leads out of two judgements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tamis.predict.agreement.grid import CELLS, SHARE, CellName, cells_of
from tamis.predict.agreement.ranks import at_least, bound_for, ranks
from tamis.predict.examples import Numbers

How = Literal["points", "ranks"]


def together(
    score: Numbers, learned: Numbers, *, share: float = 0.5, how: How = "ranks"
) -> Numbers:
    """The weighted mean of the two, `share` (0 to 1) of it from what was learned.

    `points` takes both as they are: a score and a learned score, as a scoring model does that has
    `learned` as a dimension. `ranks` takes each one's place among the rows, so that neither counts
    for more because its numbers lie farther apart. NaN where either is.
    """
    one, other = (score, learned) if how == "points" else (ranks(score), ranks(learned))
    return (1 - share) * one + share * other


def combined(
    score: Numbers,
    learned: Numbers,
    *,
    share: float = 0.5,
    how: How = "ranks",
    cells: Sequence[CellName] | None = None,
    high: tuple[float | None, float | None] = (None, None),
    held: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """The places of rows in the order of calling, best first.

    By the weighted mean of the two; with `cells`, cell by cell in the order given (all four), and
    by the mean within. `high` are the bounds of the cells, by default those of the best fifth.
    Rows that are `held` (locked by a person, or excluded) or lack either figure are left out. Equal
    rows stay in the order given. Raises: ValueError for cells that are not the four.
    """
    if cells is not None and sorted(cells) != sorted(CELLS):
        raise ValueError(cells)
    mean = together(score, learned, share=share, how=how)
    free = np.flatnonzero(~np.isnan(mean) & ~(held if held is not None else False))
    # Rounded, so that equal figures that were added up in another order stay equal.
    sorting = [-np.round(mean[free], 9)]
    if cells is not None:
        bounds = [
            bound_for(values[free], SHARE) if bound is None else bound
            for values, bound in zip((score, learned), high, strict=True)
        ]
        names = cells_of(at_least(score[free], bounds[0]), at_least(learned[free], bounds[1]))
        sorting.append(np.array([cells.index(CELLS[place]) for place in names], dtype=np.float64))
    return np.asarray(free[np.lexsort(sorting)], dtype=np.int64)
