"""What a column tells beyond what is known already: a test that takes a lead's rows together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, pi, sqrt

import numpy as np

from tamis.predict.examples import Numbers
from tamis.predict.suggest.fit import Outcomes, by_lead, fit

PARTS = 10
"""Parts of about as many rows in which the score is alike."""
SOFT = 1e-3
"""Hardly any penalty: enough for parts of the score without a win."""


@dataclass(frozen=True)
class Beyond:
    """A test's statistic, its degrees of freedom, and how often chance alone gives as much."""

    statistic: float
    free: int
    chance: float

    @property
    def gain(self) -> float:
        """How much more it tells than chance would on average."""
        return self.statistic - self.free


@dataclass(frozen=True)
class Known:
    """What is known of each row already: columns (without intercept), and the outcomes told."""

    columns: Numbers
    told: Numbers
    outcomes: Outcomes


def known_by(columns: Numbers, outcomes: Outcomes) -> Known:
    """What these columns tell of the outcomes, nearly without a penalty."""
    told = fit(columns, outcomes, np.full(columns.shape[1], SOFT)).told
    return Known(columns, told, outcomes)


def parts_of(score: Numbers) -> Numbers:
    """The score as columns: itself (its spread 1), and the tenth in which each row lies.

    A rule may be proposed for what the score leaves out, not for the shape of its curve.
    """
    spread = float(score.std()) or 1.0
    bounds = np.unique(np.quantile(score, np.linspace(0, 1, PARTS + 1)[1:-1]))
    place = np.searchsorted(bounds, score, side="right")
    tenths = [(place == one).astype(np.float64) for one in range(1, len(bounds) + 1)]
    return np.column_stack([(score - score.mean()) / spread, *tenths])


def beyond(known: Known, columns: Numbers) -> Beyond:
    """Whether columns (rows x columns) say anything of the outcomes that is not known yet.

    A score test (Rao, Proceedings of the Cambridge Philosophical Society 44, 1948): what the
    columns have to do with what was told wrongly, after taking off what they share with what is
    known. Of two variances the one that finds less counts. One is made of the leads' own sums, as
    in the sandwich; it is too small where a level happens to have hardly a win. The other is that
    of rows by themselves, times how much more the rows of a lead go together than they would then.
    """
    outcomes, told = known.outcomes, known.told
    spread = outcomes.shares * told * (1 - told)
    own = _own(columns, np.column_stack([np.ones(len(told)), known.columns]), spread)
    wrong = outcomes.shares * (outcomes.won - told)
    pushes = by_lead(own * wrong[:, None], outcomes.clusters)
    alone = outcomes.shares * spread
    together = float((by_lead(wrong[:, None], outcomes.clusters) ** 2).sum() / alone.sum())
    rows = (own * alone[:, None]).T @ own * max(1.0, together)
    push = pushes.sum(axis=0)
    free = int(np.linalg.matrix_rank(rows))
    statistic = min(_size(push, pushes.T @ pushes), _size(push, rows)) if free else 0.0
    return Beyond(statistic, free, chance_of(statistic, free))


def _own(columns: Numbers, others: Numbers, spread: Numbers) -> Numbers:
    """The columns less what they share with others, at the rows' weights."""
    weighted = (others * spread[:, None]).T
    shared = np.linalg.lstsq(weighted @ others, weighted @ columns)[0]
    return np.asarray(columns - others @ shared)


def _size(push: Numbers, variance: Numbers) -> float:
    return max(0.0, float(push @ np.linalg.pinv(variance) @ push))


def chance_of(statistic: float, free: int) -> float:
    """How often a chi-squared of whole degrees of freedom is as large, 0 to 1.

    The finite sums of Abramowitz and Stegun, 26.4.4 and 26.4.5.

    >>> round(chance_of(3.841, 1), 3), round(chance_of(9.488, 4), 3), chance_of(0.0, 0)
    (0.05, 0.05, 1.0)
    """
    if free == 0 or statistic <= 0:
        return 1.0
    half = statistic / 2
    found = exp(-half) if free % 2 == 0 else erfc(sqrt(half))
    term = found if free % 2 == 0 else exp(-half) * sqrt(half / pi) * 2
    if free % 2 == 0:
        for place in range(1, free // 2):
            term *= half / place
            found += term
        return min(1.0, found)
    for place in range(1, free // 2 + 1):
        found += term
        term *= half / (place + 0.5)
    return min(1.0, found)


def discovered(chances: Sequence[float], share: float) -> tuple[bool, ...]:
    """Which of many tests may be believed, so that on average at most a share of those is wrong.

    The step-up rule of Benjamini and Hochberg (Journal of the Royal Statistical Society B 57,
    1995).

    >>> discovered([0.001, 0.2, 0.012, 0.9], 0.05)
    (True, False, True, False)
    """
    bounds = [share * (rank + 1) / len(chances) for rank in range(len(chances))]
    within = [c for c, bound in zip(sorted(chances), bounds, strict=True) if c <= bound]
    return tuple(bool(within) and chance <= within[-1] for chance in chances)
