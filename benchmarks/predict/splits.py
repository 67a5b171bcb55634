"""How a set is divided into examples to learn from and examples to judge by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from benchmarks.predict.tables import days
from tamis.predict.examples import Examples, Numbers, Places

SEED = 2026
FOLDS = 5
REFIT = 1_000
"""Calls between two refits of the rolling test."""
KNOWN = 4_000
"""Calls that each refit learns from: the last ones."""


@dataclass(frozen=True)
class Turn:
    """One fit: the places learned from, and those judged by."""

    learned_from: Places
    judged_by: Places


def dated(examples: Examples, share: float = 0.75) -> tuple[Turn, ...]:
    """The first by order, then the last; rows of the same order stay on one side."""
    order = _order(examples)
    cut = np.sort(order)[int(len(order) * share)]
    return (Turn(np.flatnonzero(order < cut), np.flatnonzero(order >= cut)),)


def olist(examples: Examples) -> tuple[Turn, ...]:
    """First contacts of January to March 2018, then of April and May."""
    order = _order(examples)
    first, middle, last = (days(datetime(2018, month, 1)) for month in (1, 4, 6))  # noqa: DTZ001
    before = np.flatnonzero((order >= first) & (order < middle))
    return (Turn(before, np.flatnonzero((order >= middle) & (order < last))),)


def folds(examples: Examples) -> tuple[Turn, ...]:
    """Five, drawn at random with the seed, each with the same share of won examples."""
    drawn = np.random.default_rng(SEED)
    fold = np.empty(len(examples), dtype=np.int64)
    for won in (True, False):
        places = drawn.permutation(np.flatnonzero(examples.won == won))
        fold[places] = np.arange(len(places)) % FOLDS
    return tuple(Turn(np.flatnonzero(fold != one), np.flatnonzero(fold == one)) for one in range(5))


def rolling(examples: Examples) -> tuple[Turn, ...]:
    """Every 1,000 calls a refit on the last 4,000, judged by the next 1,000."""
    starts = range(KNOWN, len(examples), REFIT)
    return tuple(
        Turn(np.arange(start - KNOWN, start), np.arange(start, min(start + REFIT, len(examples))))
        for start in starts
    )


def _order(examples: Examples) -> Numbers:
    assert examples.order is not None
    return examples.order


SPLITS: Mapping[tuple[str, str], Callable[[Examples], tuple[Turn, ...]]] = {
    ("x_education", "dated"): dated,
    ("bank_marketing", "dated"): dated,
    ("olist_funnel", "dated"): olist,
    ("bpi2012", "dated"): dated,
    ("maven_crm", "dated"): dated,
    ("attribution", "dated"): dated,
    ("x_education", "folds"): folds,
    ("bank_marketing", "rolling"): rolling,
}
"""The splits of the comparison, by set and name."""
