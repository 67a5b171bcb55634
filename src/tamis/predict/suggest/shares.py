"""How many leads some rows are of, and what share of them was won."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import UNKNOWN, Clusters, Interval, clustered_proportion
from tamis.predict.suggest.fit import Outcomes, by_lead


def converted(rows: NDArray[np.bool_], outcomes: Outcomes) -> tuple[int, int, Interval]:
    """The leads of some rows, those of them with a won row, and the weighted share won, 0 to 1.

    The interval takes the rows of one lead together; without rows it is unknown.
    """
    leads = len(np.unique(outcomes.lead[rows]))
    won = len(np.unique(outcomes.lead[rows & outcomes.won]))
    return leads, won, share_won(rows, outcomes)


def share_won(rows: NDArray[np.bool_], outcomes: Outcomes) -> Interval:
    """The weighted share of some rows that was won, 0 to 1, the rows of one lead together."""
    if not rows.any():
        return UNKNOWN
    shares = np.where(rows, outcomes.shares, 0.0)
    sums = by_lead(np.column_stack([shares * outcomes.won, shares]), outcomes.clusters)
    of, won = sums[:, 1], sums[:, 0]
    # A weight of one row per lead on average: so that no more draws are claimed than leads.
    unit = len(np.unique(outcomes.lead[rows])) / of.sum()
    of, won = of * unit, won * unit
    return clustered_proportion(
        Clusters(
            int((of > 0).sum()),
            float(of.sum()),
            float(won.sum()),
            float(won @ won),
            float(won @ of),
            float(of @ of),
        )
    )
