"""Leads of which rules and prediction say the most different things, and what is behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tamis.predict.agreement.ranks import ranks
from tamis.predict.examples import Numbers

Side = Literal["rules", "learned"]
"""Who finds the lead better."""
Amounts = Sequence[tuple[str, float]]
"""Names of rules with their points, or of parts with their weights on the log of the odds."""
MOST = 20
LEAST = 0.25
"""Ranks less far apart than a quarter of all leads are no disagreement."""
REASONS = 3


@dataclass(frozen=True)
class Disagreement:
    """A lead worth a look.

    `rank_by_rules` and `rank_by_learned` are the shares of leads below it, 0 to 1; `gap` is how far
    apart they are. `rules` and `parts` are those that speak most for their own side of the
    difference, at most three each; where none does, those that say most.
    """

    place: int
    lead_id: str
    side: Side
    score: float
    probability: float
    rank_by_rules: float
    rank_by_learned: float
    gap: float
    rules: tuple[tuple[str, float], ...]
    parts: tuple[tuple[str, float], ...]


def disagreements(
    ids: Sequence[str],
    score: Numbers,
    probability: Numbers,
    *,
    rules: Callable[[int], Amounts] | None = None,
    parts: Callable[[int], Amounts] | None = None,
    held: NDArray[np.bool_] | None = None,
    most: int = MOST,
    least: float = LEAST,
) -> tuple[Disagreement, ...]:
    """The leads with the largest distance of ranks, at most `most` for each side, largest first.

    Grain: one row per lead. `rules` and `parts` tell what is behind a row's score and probability,
    and are asked for the leads of the list only. Leads that are `held` (locked by a person, or
    excluded) and rows without score or probability are no part of the list or of the ranks. Equal
    distances stand in the order of ids.
    """
    free = ~np.isnan(score) & ~np.isnan(probability) & ~(held if held is not None else False)
    by_rules = ranks(np.where(free, score, np.nan))
    by_learned = ranks(np.where(free, probability, np.nan))
    gaps = by_rules - by_learned
    far = [int(place) for place in np.flatnonzero(free) if abs(gaps[place]) >= max(least, 1e-12)]
    far.sort(key=lambda place: (-round(abs(float(gaps[place])), 12), ids[place]))
    listed = [
        *[place for place in far if gaps[place] > 0][:most],
        *[place for place in far if gaps[place] < 0][:most],
    ]
    return tuple(
        Disagreement(
            place,
            ids[place],
            "rules" if gaps[place] > 0 else "learned",
            float(score[place]),
            float(probability[place]),
            float(by_rules[place]),
            float(by_learned[place]),
            abs(float(gaps[place])),
            _behind(rules, place, 1 if gaps[place] > 0 else -1),
            _behind(parts, place, -1 if gaps[place] > 0 else 1),
        )
        for place in far
        if place in set(listed)
    )


def points_behind(rules: Sequence[str], points: Numbers) -> Callable[[int], Amounts]:
    """What a table of points (rows x rules) tells of a row: the rules that gave any."""

    def of(place: int) -> Amounts:
        given = zip(rules, points[place], strict=True)
        return [(rule, float(amount)) for rule, amount in given if amount]

    return of


def _behind(
    told: Callable[[int], Amounts] | None, place: int, sign: int
) -> tuple[tuple[str, float], ...]:
    """The amounts of one sign, the largest first; those of the other where there are none."""
    found = list(told(place)) if told else []
    speaking = [one for one in found if one[1] * sign > 0] or found
    return tuple(sorted(speaking, key=lambda one: (-abs(one[1]), one[0]))[:REASONS])
