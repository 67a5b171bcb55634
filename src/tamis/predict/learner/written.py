"""From weights by code to parts that a person can read: near-equal codes become one group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Numbers, Places
from tamis.predict.learned import Group, Part
from tamis.predict.learner.bins import Cut, Direction

GROUPS = 30
"""At most so many groups of a column beside `otherwise` and what is missing."""
NEAR = 2e-5
"""Codes are put together while that moves log-odds by a mean square of less than this."""
DIGITS = 6


def part(
    cut: Cut,
    weights: Numbers,
    spreads: Numbers,
    codes: Places,
    won: NDArray[np.bool_],
    *,
    earns: float | None = None,
    direction: Direction | None = None,
    most: int = GROUPS,
) -> Part:
    """A column's part: its weights by code as groups, in the order that `Part` asks for.

    There are at most `most` groups beside `otherwise` and what is missing.
    """
    rows = np.bincount(codes, minlength=cut.size).astype(np.float64)
    wins = np.bincount(codes, won, cut.size).astype(np.float64)
    free = cut.size - 1 if cut.kind == "number" else cut.size - 2
    order = np.arange(free) if cut.kind == "number" else np.argsort(-weights[:free], kind="stable")
    runs = together(weights[order], rows[order], most)
    groups = [_group(cut, order[run], weights, spreads, rows, wins) for run in runs]
    groups += [
        _group(cut, np.array([code]), weights, spreads, rows, wins)
        for code in range(free, cut.size)
    ]
    return Part(cut.column, cut.kind, tuple(groups), earns, direction)


def together(weights: Numbers, rows: Numbers, most: int = GROUPS) -> list[Places]:
    """Runs of neighbouring places: the two whose merging moves least become one, again and again.

    That is Ward's criterion (Journal of the American Statistical Association 58, 1963).
    """
    runs = [np.array([place], dtype=np.int64) for place in range(len(weights))]
    means, masses = list(weights), [float(one) for one in rows]
    total = max(1.0, float(rows.sum()))
    while len(runs) > 1:
        costs = [_cost(means, masses, i) / total for i in range(len(runs) - 1)]
        best = int(np.argmin(costs))
        if costs[best] > NEAR and len(runs) <= most:
            break
        means[best : best + 2] = [_mean(means, masses, best)]
        masses[best : best + 2] = [masses[best] + masses[best + 1]]
        runs[best : best + 2] = [np.concatenate(runs[best : best + 2])]
    return runs


def _cost(means: Sequence[float], masses: Sequence[float], i: int) -> float:
    a, b = masses[i], masses[i + 1]
    return a * b / (a + b) * float(means[i] - means[i + 1]) ** 2 if a + b else 0.0


def _mean(means: Sequence[float], masses: Sequence[float], i: int) -> float:
    a, b = masses[i], masses[i + 1]
    if not a + b:
        return float(means[i] + means[i + 1]) / 2
    return float(a * means[i] + b * means[i + 1]) / (a + b)


def _group(  # noqa: PLR0917 (a table of codes, column by column)
    cut: Cut, codes: Places, weights: Numbers, spreads: Numbers, rows: Numbers, wins: Numbers
) -> Group:
    mass = rows[codes] if rows[codes].sum() else np.ones(len(codes))
    first = int(codes[0])
    last = first == cut.size - 1
    number = cut.kind == "number" and not last
    return Group(
        round(float(np.average(weights[codes], weights=mass)), DIGITS),
        round(float(np.sqrt(np.average(spreads[codes] ** 2, weights=mass))), DIGITS),
        int(rows[codes].sum()),
        int(wins[codes].sum()),
        at_least=cut.bounds[first - 1] if number and first else None,
        below=number and first == 0,
        values=() if cut.kind == "number" else _values(cut, codes),
        otherwise=cut.kind == "text" and first == cut.size - 2,
        missing=last,
    )


def _values(cut: Cut, codes: Places) -> tuple[str, ...]:
    return tuple(sorted(cut.values[code] for code in codes if code < len(cut.values)))
