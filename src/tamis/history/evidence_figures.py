"""Figures of a rule from counts of cases: odds beyond other rules, and points that data give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from tamis.history.intervals import SURE, UNKNOWN, Interval

PRIOR = 20
"""Cases of average conversion that are added to each side before weighing the evidence."""
ENOUGH = 5
"""Wins to expect on either side before a rule is judged (Cochran, Biometrics 10, 1954)."""


@dataclass(frozen=True, slots=True)
class Sides:
    """Cases with a rule and without it: how many, and how many won."""

    with_: int = 0
    won_with: int = 0
    without: int = 0
    won_without: int = 0

    def __add__(self, other: Sides) -> Sides:
        return Sides(
            self.with_ + other.with_,
            self.won_with + other.won_with,
            self.without + other.without,
            self.won_without + other.won_without,
        )

    @property
    def enough(self) -> bool:
        """Whether each side has 10 wins, or would have 5 if the rule said nothing."""
        cases, won = self.with_ + self.without, self.won_with + self.won_without
        rarer = min(won, cases - won)
        expected = min(self.with_, self.without) * rarer / cases if cases else 0.0
        return expected >= ENOUGH or min(self.won_with, self.won_without) >= 2 * ENOUGH


def odds_beyond(strata: Iterable[Sides]) -> Interval:
    """How many times the odds of winning are multiplied with the rule, other things alike.

    The odds ratio of Mantel and Haenszel (Journal of the National Cancer Institute 22, 1959) over
    strata in which the other points are alike: sum(a d / n) / sum(b c / n). The interval is that of
    Robins, Breslow and Greenland (Biometrics 42, 1986) on the logarithm; it holds for many small
    strata too. Unknown when no stratum compares a win with a loss.

    >>> print(odds_beyond([Sides(100, 50, 100, 25)]))
    3 (1.65 to 5.46)
    """
    r = s = pr = mixed = qs = 0.0
    for one in strata:
        n = one.with_ + one.without
        if not n:
            continue
        a, b = one.won_with, one.with_ - one.won_with
        c, d = one.won_without, one.without - one.won_without
        p, q, up, down = (a + d) / n, (b + c) / n, a * d / n, b * c / n
        r, s = r + up, s + down
        pr, mixed, qs = pr + p * up, mixed + p * down + q * up, qs + q * down
    if r <= 0 or s <= 0:
        return UNKNOWN
    error = sqrt(pr / (2 * r * r) + mixed / (2 * r * s) + qs / (2 * s * s))
    middle = log(r / s)
    return Interval(exp(middle), exp(middle - SURE * error), exp(middle + SURE * error))


def weight_of_evidence(sides: Sides) -> float | None:
    """The log of the odds of winning with the rule over those without it; null when not known.

    The weight of evidence (Good, Probability and the Weighing of Evidence, 1950), shrunk: each side
    gets 20 cases of the average conversion, so that a few cases move it little.

    >>> round(weight_of_evidence(Sides(100, 50, 100, 25)), 2), weight_of_evidence(Sides(5, 0, 0, 0))
    (0.91, None)
    """
    cases, won = sides.with_ + sides.without, sides.won_with + sides.won_without
    if not sides.with_ or not sides.without or not 0 < won < cases:
        return None
    wins, losses = PRIOR * won / cases, PRIOR * (1 - won / cases)
    with_ = (sides.won_with + wins) / (sides.with_ - sides.won_with + losses)
    without = (sides.won_without + wins) / (sides.without - sides.won_without + losses)
    return log(with_ / without)


def points_from_data(rules: Sequence[tuple[float, float | None]]) -> tuple[float | None, ...]:
    """The points that the data would give each rule, from (points earned, weight of evidence).

    Weights of evidence times one number, so that the mean absolute points of the rules that have a
    weight stay as they are in the model: the data share out the same points anew. Null without a
    weight.

    >>> points_from_data([(10.0, 0.5), (30.0, 1.5), (5.0, None)])
    (10.0, 30.0, None)
    """
    earned = sum(abs(points) for points, weight in rules if weight is not None)
    weights = sum(abs(weight) for _, weight in rules if weight is not None)
    scale = earned / weights if weights else 0.0
    return tuple(None if weight is None else weight * scale for _, weight in rules)
