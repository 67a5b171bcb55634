"""The grid of agreement: leads that rules, prediction, both or neither find high."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tamis.history.intervals import Interval
from tamis.predict.agreement.ranks import at_least, bound_for, rank_correlation
from tamis.predict.examples import Numbers
from tamis.predict.suggest.fit import Outcomes
from tamis.predict.suggest.shares import converted

CellName = Literal["both", "rules", "learned", "neither"]
CELLS: tuple[CellName, ...] = ("both", "rules", "learned", "neither")
SHARE = 0.2
"""The share of rows that is called high where no bound is given."""


@dataclass(frozen=True)
class Cell:
    """A cell of the grid: rows, their leads, those of them with a won row, and the share won.

    `won` is null and `conversion` unknown where outcomes are not known. With several rows a lead,
    a lead counts in each cell in which it has one.
    """

    name: CellName
    rows: int
    leads: int
    won: int | None
    conversion: Interval


@dataclass(frozen=True)
class Agreement:
    """How far rules and prediction say the same.

    `cells` are both, only rules, only learned, neither. `high_score` and `high_probability` are the
    bounds from which on a row is high (null without rows); `share_score` and `share_probability`
    the shares of rows that are. `chosen` says of each bound whether it was given or taken for the
    share. `rank_correlation` is Spearman's, -1 to 1; null where either says the same of all rows.
    `left_aside` rows have no score or no probability.
    """

    cells: tuple[Cell, ...]
    high_score: float | None
    high_probability: float | None
    share_score: float
    share_probability: float
    chosen: tuple[Literal["given", "share"], Literal["given", "share"]]
    rank_correlation: float | None
    left_aside: int


def agree(
    score: Numbers,
    probability: Numbers,
    *,
    outcomes: Outcomes | None = None,
    high_score: float | None = None,
    high_probability: float | None = None,
    share: float = SHARE,
) -> Agreement:
    """The grid of rows by a score of rules and a learned probability (or learned score).

    Without `high_score` the best fifth by the rules is high (another `share` may be given), and
    without `high_probability` as many rows by the prediction as by the rules: then two cells of the
    same size hold those that only one of them finds high. Without `outcomes` each row is a lead.
    """
    known = ~np.isnan(score) & ~np.isnan(probability)
    bound = bound_for(score[known], share) if high_score is None else high_score
    by_rules = at_least(score, bound) & known
    told = _share(by_rules, known)
    second = bound_for(probability[known], told) if high_probability is None else high_probability
    by_learned = at_least(probability, second) & known
    if not by_rules.any() and high_probability is None:
        by_learned = by_rules
    return Agreement(
        tuple(_cell(name, rows, outcomes) for name, rows in _rows(by_rules, by_learned, known)),
        bound,
        second,
        told,
        _share(by_learned, known),
        (_chosen(high_score), _chosen(high_probability)),
        rank_correlation(score, probability),
        int((~known).sum()),
    )


def cells_of(by_rules: NDArray[np.bool_], by_learned: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The place in `CELLS` of each row."""
    return np.where(by_rules, np.where(by_learned, 0, 1), np.where(by_learned, 2, 3))


def _rows(
    by_rules: NDArray[np.bool_], by_learned: NDArray[np.bool_], known: NDArray[np.bool_]
) -> list[tuple[CellName, NDArray[np.bool_]]]:
    places = cells_of(by_rules, by_learned)
    return [(name, (places == place) & known) for place, name in enumerate(CELLS)]


def _cell(name: CellName, rows: NDArray[np.bool_], outcomes: Outcomes | None) -> Cell:
    count = int(rows.sum())
    if outcomes is None:
        return Cell(name, count, count, None, Interval(None, None, None))
    return Cell(name, count, *converted(rows, outcomes))


def _share(some: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    return float(some.sum() / of.sum()) if of.any() else 0.0


def _chosen(bound: float | None) -> Literal["given", "share"]:
    return "share" if bound is None else "given"
