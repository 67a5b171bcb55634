"""How sure a figure is: 95 % intervals of shares, of AUC and of differences, in plain Python.

A lead that stands in the data on many days is one lead: the clustered forms treat its rows as one
draw. They take sums that SQL makes, so that a million leads cost a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log, sqrt

SURE = 1.959963984540054
"""How many standard errors stand on each side of a 95 % interval."""
FEWEST_WON = 10
"""Fewer wins than this are too few to say, or to suggest, anything."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval, in the unit of the figure; all null where none is known.

    >>> str(Interval(0.5, 0.25, 0.75))
    '0.5 (0.25 to 0.75)'
    """

    value: float | None
    low: float | None
    high: float | None

    def holds(self, value: float) -> bool:
        """Whether a value lies in the interval; what is not known holds everything."""
        return self.low is None or self.high is None or self.low <= value <= self.high

    def above(self, value: float) -> bool:
        """Whether all of the interval lies above a value; not so where none is known."""
        return self.low is not None and self.low > value

    def below(self, value: float) -> bool:
        """Whether all of the interval lies below a value; not so where none is known."""
        return self.high is not None and self.high < value

    def __str__(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return "-"
        return f"{self.value:.3g} ({self.low:.3g} to {self.high:.3g})"


UNKNOWN = Interval(None, None, None)
"""The interval of a figure that the data do not give."""


def proportion(won: float, of: float) -> Interval:
    """The share `won / of` of independent draws, 0 to 1; unknown when `of` is 0.

    Wilson's interval (Journal of the American Statistical Association 22, 1927): it stays within
    0 to 1 and holds for few draws too.

    >>> print(proportion(5, 10))
    0.5 (0.237 to 0.763)
    """
    if of <= 0:
        return UNKNOWN
    share, squared = won / of, SURE * SURE
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    reach = SURE * sqrt(share * (1 - share) / of + squared / (4 * of * of)) / (1 + squared / of)
    return Interval(
        share, max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))
    )


@dataclass(frozen=True, slots=True)
class Clusters:
    """Sums over leads of their rows `n` and their won rows `w`: what a clustered share needs."""

    leads: int
    of: float
    won: float
    won_won: float
    won_of: float
    of_of: float


def clustered_proportion(clusters: Clusters) -> Interval:
    """The share of won rows where the rows of one lead go together, 0 to 1.

    The variance is that of a ratio of sums over leads, linearised (Cochran, Sampling Techniques,
    1977, chapter 6). It becomes the number of independent draws that would be as sure, and that
    goes into Wilson's interval (Korn and Graubard, Survey Methodology 24, 1998). Where all rows
    agree, which tells nothing of the variance, each lead counts as one draw.

    >>> one_row_each = Clusters(leads=100, of=100, won=50, won_won=50, won_of=50, of_of=100)
    >>> print(clustered_proportion(one_row_each), proportion(50, 100))
    0.5 (0.404 to 0.596) 0.5 (0.404 to 0.596)
    """
    if clusters.of <= 0:
        return UNKNOWN
    share = clusters.won / clusters.of
    draws = _draws(clusters, share)
    return proportion(share * draws, draws)


def _draws(clusters: Clusters, share: float) -> float:
    squares = clusters.won_won - 2 * share * clusters.won_of + share * share * clusters.of_of
    variance = max(0.0, squares) / (clusters.of * clusters.of)
    spread = share * (1 - share)
    if clusters.leads < 2 or variance <= 0 or spread <= 0:
        return float(clusters.leads)
    return min(spread / variance, float(clusters.of))


def clustered_mean(clusters: Clusters) -> Interval:
    """The mean of a value over rows, in the value's unit, the rows of one lead taken together.

    Here `won` holds sums of the value instead of won rows. The variance is that of a ratio of sums
    over leads (Cochran, as above) and the interval Student's; two leads are needed for one.

    >>> print(clustered_mean(Clusters(3, of=4, won=90, won_won=4100, won_of=150, of_of=6)))
    22.5 (-2.64 to 47.6)
    """
    if clusters.of <= 0:
        return UNKNOWN
    mean = clusters.won / clusters.of
    if clusters.leads < 2:
        return Interval(mean, None, None)
    squares = clusters.won_won - 2 * mean * clusters.won_of + mean * mean * clusters.of_of
    free = clusters.leads - 1
    reach = _student(free) * sqrt(clusters.leads / free * max(0.0, squares)) / clusters.of
    return Interval(mean, mean - reach, mean + reach)


def _student(free: int) -> float:
    """Student's 97.5 % point (Fisher's expansion, Abramowitz and Stegun 26.7.5); near from 2 up."""
    z = SURE
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / free + second / free**2 + third / free**3


def difference(one: Interval, other: Interval) -> Interval:
    """`one - other`, two figures measured apart, each with its interval.

    Each side's own reach is kept, so it need not be symmetric (Newcombe, Statistics in Medicine
    17, 1998, method 10).

    >>> print(difference(proportion(56, 70), proportion(48, 80)))
    0.2 (0.0524 to 0.334)
    """
    a, b = one, other
    if a.value is None or a.low is None or a.high is None:
        return UNKNOWN
    if b.value is None or b.low is None or b.high is None:
        return UNKNOWN
    down = sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2)
    up = sqrt((a.high - a.value) ** 2 + (b.value - b.low) ** 2)
    return Interval(a.value - b.value, a.value - b.value - down, a.value - b.value + up)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a score stands: the share of lost rows below it, of won rows above it; ties half."""

    lost_below: float
    won_above: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The places of all scores, and the AUC (0 to 1) that they give."""

    places: Mapping[float, Place]
    won: int
    lost: int
    auc: float | None


def ranking(counts: Iterable[tuple[float, int, int]]) -> Ranking:
    """The places of scores from (score, won rows, lost rows), a tuple for each score.

    The AUC is the chance that a won row has a higher score than a lost one, ties half.

    >>> round(ranking([(10, 0, 3), (20, 1, 1), (30, 2, 0)]).auc, 4)
    0.9583
    """
    rows = sorted(counts)
    won, lost = sum(w for _, w, _ in rows), sum(n for _, _, n in rows)
    if not won or not lost:
        return Ranking({}, won, lost, None)
    places, won_to, lost_to, twice = {}, 0, 0, 0
    for score, w, n in rows:
        places[score] = Place((lost_to + n / 2) / lost, (won - won_to - w / 2) / won)
        twice += w * (2 * lost_to + n)
        won_to, lost_to = won_to + w, lost_to + n
    return Ranking(places, won, lost, twice / (2 * won * lost))


def together(rankings: Iterable[Ranking]) -> Ranking:
    """Rankings of several days as one: only rows of the same day are compared.

    A call list is made of the leads of one day, and points may grow from day to day. The AUC is the
    mean of the days', weighted by pairs; a day on which nothing or all was won has none.

    >>> one, other = ranking([(1, 0, 1), (2, 1, 0)]), ranking([(8, 1, 0), (9, 0, 1)])
    >>> together([one, other]).auc
    0.5
    """
    held = [one for one in rankings if one.auc is not None]
    pairs = sum(one.won * one.lost for one in held)
    mean = sum((one.auc or 0.0) * one.won * one.lost for one in held) / pairs if pairs else None
    return Ranking({}, sum(one.won for one in held), sum(one.lost for one in held), mean)


@dataclass(frozen=True, slots=True)
class Deviations:
    """Sums over leads of how far their rows' places are from the AUC.

    For each lead, `won` adds (lost_below - auc) over its won rows and `lost` adds
    (won_above - auc) over its lost rows; here stand the sums of their squares and products, and
    how many leads have won rows, lost rows, any. Where several days are taken together, a row
    weighs by the pairs that it is in (`day_weights`).
    """

    won_won: float
    lost_lost: float
    won_lost: float
    with_won: int
    with_lost: int
    leads: int


def day_weights(day: Ranking, all_: Ranking, pairs: int) -> tuple[float, float]:
    """What a won and a lost row of a day weigh in `Deviations` of all days, which have `pairs`.

    On average over all won rows, and over all lost ones, it is 1.
    """
    return day.lost * all_.won / pairs, day.won * all_.lost / pairs


def auc(ranked: Ranking, deviations: Deviations) -> Interval:
    """The AUC with its interval, 0 to 1, the rows of one lead taken together.

    The variance is Obuchowski's (Biometrics 53, 1997), which is DeLong's when each lead has one
    row; the interval is taken on the logit so that it stays within 0 to 1. An AUC of 0 or 1 has no
    variance: it gets the interval of a share of as many draws as the rarer side has leads.
    """
    if ranked.auc is None:
        return UNKNOWN
    rarer = min(deviations.with_won, deviations.with_lost)
    if not 0 < ranked.auc < 1 or rarer < 2:
        return proportion(ranked.auc * rarer, rarer)
    variance = max(0.0, _variance(ranked, deviations))
    slope = ranked.auc * (1 - ranked.auc)
    middle, reach = log(ranked.auc / (1 - ranked.auc)), SURE * sqrt(variance) / slope
    return Interval(ranked.auc, _share(middle - reach), _share(middle + reach))


def _variance(ranked: Ranking, d: Deviations) -> float:
    won = d.with_won / (d.with_won - 1) * d.won_won / ranked.won**2
    lost = d.with_lost / (d.with_lost - 1) * d.lost_lost / ranked.lost**2
    both = 2 * d.leads / (d.leads - 1) * d.won_lost / (ranked.won * ranked.lost)
    return won + lost + both


def _share(logit: float) -> float:
    return 1 / (1 + exp(-logit)) if logit > 0 else exp(logit) / (1 + exp(logit))
