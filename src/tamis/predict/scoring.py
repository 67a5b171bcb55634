"""What a learned model says of examples: log-odds, probability, score, interval, contributions."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from tamis.history.intervals import SURE
from tamis.predict.examples import Column, Examples, Numbers, Places
from tamis.predict.learned import HIGHEST, LOWEST, MIDDLE, PER_LOG_ODDS, Group, Learned, Pair, Part


@dataclass(frozen=True)
class Contribution:
    """What one part adds to the log-odds of an example, and the group that it fell into.

    `part` is the column's name; of a pair both names with ` x ` between, and the first's group.
    """

    part: str
    group: Group
    weight: float


def places(part: Part, column: Column) -> Places:
    """The place, from 0, of each example's group among the groups of a part."""
    if part.kind == "number":
        return _number_places(part.groups, column)
    return _text_places(part.groups, column)


def log_odds(learned: Learned, examples: Examples) -> Numbers:
    """The log of the odds of each example. Raises: KeyError for a column that is not there."""
    total = np.full(len(examples), learned.intercept)
    for part in learned.parts:
        total += _weights(part)[places(part, examples.column(part.column))]
    for pair in learned.pairs:
        total += _pair_weights(pair, examples)
    return total


def probability(z: Numbers) -> Numbers:
    """Probabilities, 0 to 1, from log-odds."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def score(learned: Learned, z: Numbers) -> Numbers:
    """The score of log-odds, 1 to 99, not rounded: 50 is the base rate, 10 more double the odds."""
    points = MIDDLE + PER_LOG_ODDS * (z - base_log_odds(learned))
    return np.clip(points, LOWEST, HIGHEST)


def base_log_odds(learned: Learned) -> float:
    """The log-odds of the base rate; a rate of 0 or 1 is held off by a billionth."""
    rate = min(max(learned.base_rate.value or 0.0, 1e-9), 1 - 1e-9)
    return log(rate / (1 - rate))


def interval(learned: Learned, examples: Examples) -> tuple[Numbers, Numbers]:
    """The bounds of each example's probability, 95 %.

    On the log-odds the variance is that of the calibration (its intercept and slope) and of each
    group's weight. Of a model without parts it is the interval of the base rate.
    """
    if not learned.parts:
        low, high = learned.base_rate.low, learned.base_rate.high
        count = len(examples)
        return np.full(count, 0.0 if low is None else low), np.full(
            count, 1.0 if high is None else high
        )
    z = log_odds(learned, examples)
    reach = SURE * np.sqrt(variance(learned, examples, z))
    return probability(z - reach), probability(z + reach)


def variance(learned: Learned, examples: Examples, z: Numbers) -> Numbers:
    """The variance of each example's log-odds `z`, in squared log-odds."""
    intercept, slope, both = learned.told
    away = z - learned.intercept
    total = np.maximum(0.0, intercept + 2 * both * away + slope * away * away)
    for part in learned.parts:
        spreads = np.array([group.spread for group in part.groups])
        total += spreads[places(part, examples.column(part.column))] ** 2
    return total


def contributions(learned: Learned, examples: Examples) -> tuple[Contribution, ...]:
    """What each part and pair adds for the first of the examples, the largest first."""
    one = examples.of(np.arange(min(1, len(examples))))
    found = [_contribution(part, one) for part in learned.parts]
    for pair in learned.pairs:
        i = int(places(pair.first, one.column(pair.first.column))[0])
        name = f"{pair.first.column} x {pair.second.column}"
        weight = float(_pair_weights(pair, one)[0])
        found.append(Contribution(name, pair.first.groups[i], weight))
    return tuple(sorted(found, key=lambda one: (-abs(one.weight), one.part)))


def _contribution(part: Part, one: Examples) -> Contribution:
    group = part.groups[int(places(part, one.column(part.column))[0])]
    return Contribution(part.column, group, group.weight)


def _weights(part: Part) -> Numbers:
    return np.array([group.weight for group in part.groups])


def _pair_weights(pair: Pair, examples: Examples) -> Numbers:
    first = places(pair.first, examples.column(pair.first.column))
    second = places(pair.second, examples.column(pair.second.column))
    found: Numbers = np.array(pair.weights)[first, second]
    return found


def _number_places(groups: tuple[Group, ...], column: Column) -> Places:
    bounds = np.array([group.at_least for group in groups if group.at_least is not None])
    missing = _place(groups, "missing")
    first = _place(groups, "below", otherwise=0)
    values = column.values.astype(np.float64)
    found = np.searchsorted(bounds.astype(np.float64), values, side="right") + first
    found[np.isnan(values)] = missing
    kept: Places = found.astype(np.int64)
    return kept


def _text_places(groups: tuple[Group, ...], column: Column) -> Places:
    known: dict[str, int] = {}
    for place, group in enumerate(groups):
        known.update((value.lower(), place) for value in group.values)
    otherwise, missing = _place(groups, "otherwise"), _place(groups, "missing")
    return np.array(
        [missing if v is None else known.get(v.lower(), otherwise) for v in column.values],
        dtype=np.int64,
    )


def _place(groups: tuple[Group, ...], what: str, otherwise: int | None = None) -> int:
    for place, group in enumerate(groups):
        if getattr(group, what):
            return place
    return len(groups) - 1 if otherwise is None else otherwise
