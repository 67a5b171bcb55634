"""Which examples are held out when: by lead, and by time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Examples, Places

SEED = 20
"""Where the drawing of folds begins: always the same."""
LATER = 0.25
"""The share of examples, the newest, that the later split holds out."""


def folds(examples: Examples, count: int, seed: int = SEED) -> Places:
    """The fold, from 0, of each example: all rows of a lead in one, won leads spread evenly."""
    _, who = np.unique(examples.lead, return_inverse=True)
    won = np.bincount(who, examples.won) > 0
    draw = np.random.default_rng(seed).permutation(len(won))
    dealt = np.empty(len(won), dtype=np.int64)
    dealt[np.concatenate([draw[won[draw]], draw[~won[draw]]])] = np.arange(len(won)) % count
    found: Places = dealt[who]
    return found


def later(examples: Examples, share: float = LATER) -> NDArray[np.bool_] | None:
    """Which examples are the newest; None without an order or when all are of one time.

    A lead with newest rows is newest as a whole, so that none is on both sides.
    """
    if examples.order is None or not len(examples):
        return None
    bound = np.quantile(examples.order, 1 - share, method="lower")
    newest = np.isin(examples.lead, examples.lead[examples.order > bound])
    return newest if 0 < newest.sum() < len(examples) else None
