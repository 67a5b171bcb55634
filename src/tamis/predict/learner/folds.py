"""Which examples are held out when: by lead, and by time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Examples, Places

SEED = 20
"""Where the drawing of folds begins: always the same."""
LATER = 0.25
"""The share of leads, the newest, on which a model of the older ones is tried, to be shown."""
TIMES = 8
"""Times within which examples are compared."""


def folds(examples: Examples, count: int, seed: int = SEED) -> Places:
    """The fold, from 0, of each example: all rows of a lead in one, won leads spread evenly."""
    _, who = np.unique(examples.lead, return_inverse=True)
    won = np.bincount(who, examples.won) > 0
    draw = np.random.default_rng(seed).permutation(len(won))
    dealt = np.empty(len(won), dtype=np.int64)
    dealt[np.concatenate([draw[won[draw]], draw[~won[draw]]])] = np.arange(len(won)) % count
    found: Places = dealt[who]
    return found


def times(examples: Examples) -> Places:
    """The time of each example, from 0: eight of equal count, equal orders in one; 0 without order.

    Examples are compared within a time, as a seller compares the leads of one morning.
    """
    if examples.order is None:
        return np.zeros(len(examples), dtype=np.int64)
    bounds = np.quantile(examples.order, np.arange(1, TIMES) / TIMES, method="lower")
    found: Places = np.searchsorted(np.unique(bounds), examples.order, side="left")
    return found


def older_and_newest(
    examples: Examples,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
    """The examples up to a time, and those of leads first seen after it; None without an order.

    The newest are a quarter of the leads. Leads seen before are none of them, however long they
    stay: those that stay are those that nobody won.
    """
    if examples.order is None or not len(examples):
        return None
    _, who = np.unique(examples.lead, return_inverse=True)
    first = np.full(int(who.max()) + 1, np.inf)
    np.minimum.at(first, who, examples.order)
    bound = np.quantile(first, 1 - LATER, method="lower")
    newest, older = first[who] > bound, (first[who] <= bound) & (examples.order <= bound)
    return (older, newest) if newest.any() and older.any() else None
