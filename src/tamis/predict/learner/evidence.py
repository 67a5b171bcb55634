"""Weight of evidence: for each bin of a column, how much its odds differ from the base rate's.

Good, Probability and the Weighing of Evidence, 1950. Each bin is counted as if some more wins at
the base rate had been seen in it, which draws rare bins to 0 (Friedman, Geiger and Goldszmidt,
Machine Learning 29, 1997, do so for naive Bayes).
"""

from __future__ import annotations

import numpy as np

from tamis.predict.examples import Numbers, Places


def evidence(
    bins: Places, size: int, won: Numbers, weight: Numbers, wins: float
) -> tuple[Numbers, Numbers]:
    """The weight of each bin and its standard error, on the log-odds.

    `wins` is how many examples of the rarer outcome each bin is given beforehand.
    """
    rate = float(np.average(won, weights=weight))
    more = wins / min(rate, 1 - rate)
    yes = np.bincount(bins, weight * won, size) + more * rate
    no = np.bincount(bins, weight * (1 - won), size) + more * (1 - rate)
    return np.log(yes / no) - np.log(rate / (1 - rate)), np.sqrt(1 / yes + 1 / no)
