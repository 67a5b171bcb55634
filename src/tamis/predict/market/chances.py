"""How often chance alone shows as much: exact tests of shares, which hold for few leads too."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, exp, floor, log, log1p

import numpy as np

from tamis.predict.examples import Numbers

MOST_DRAWS = 40_000
"""More draws than this are counted as this many: it is more careful, and quick."""


def same_share(yes: float, of: float, now: float, now_of: float) -> float:
    """How often two groups of draws with one share differ as much as `yes/of` and `now/now_of`.

    Fisher's exact test, two-sided by doubling (Fisher, Statistical Methods for Research Workers,
    1934): under one common share it says `p` or less at most in a share `p` of cases, for any
    numbers of draws. Numbers need not be whole (draws that go together count as fewer): they are
    rounded so that the shares come nearer to each other.

    >>> round(same_share(3, 4, 1, 4), 4)
    0.4857
    """
    yes, of, now, now_of = _few(yes, of, now, now_of)
    if of < 1 or now_of < 1:
        return 1.0
    n, m = floor(of), floor(now_of)
    higher = now / now_of > yes / of
    before = min(n, ceil(yes * n / of) if higher else floor(yes * n / of))
    after = min(m, floor(now * m / now_of) if higher else ceil(now * m / now_of))
    return min(1.0, 2 * _drawn(n, m, before + after, after, higher=higher))


def _few(yes: float, of: float, now: float, now_of: float) -> tuple[float, float, float, float]:
    """Of each side at most `MOST_DRAWS`, the shares kept."""
    less, now_less = min(1.0, MOST_DRAWS / max(of, 1)), min(1.0, MOST_DRAWS / max(now_of, 1))
    return yes * less, of * less, now * now_less, now_of * now_less


def _drawn(n: int, m: int, yes: int, after: int, *, higher: bool) -> float:
    """How often `after` or more (or fewer) of `yes` fall on the `m` of all `n + m` draws."""
    low, high = max(0, yes - n), min(yes, m)
    got = np.arange(after, high + 1) if higher else np.arange(low, after + 1)
    if not got.size:
        return 1.0
    lf = _log_factorials(_power(n + m))
    ways = lf[m] - lf[got] - lf[m - got] + lf[n] - lf[yes - got] - lf[n - yes + got]
    return float(np.exp(ways - (lf[n + m] - lf[yes] - lf[n + m - yes])).sum())


def told_share(won: float, of: float, told: float, reach: float = 0.0) -> float:
    """How often `won` of `of` draws lie as far from the told mean probability `told` (0 to 1).

    Two-sided by doubling. Draws with chances of their own scatter less than draws that all have
    their mean chance (Hoeffding, Annals of Mathematical Statistics 27, 1956), so that the binomial
    is careful here. `reach` (in log-odds) is how wrong what is told may be without it being news.

    >>> round(told_share(8, 10, 0.5), 4)
    0.1094
    """
    if of < 1 or not 0 < told < 1:
        return 1.0
    less = min(1.0, MOST_DRAWS / of)
    n, w, far = floor(of * less), won * less, log(told / (1 - told))
    higher = won / of > told
    p = 1 / (1 + exp(-(far + reach if higher else far - reach)))
    if (w / n > p) != higher:
        return 1.0
    got = np.arange(floor(w), n + 1) if higher else np.arange(0, min(n, ceil(w)) + 1)
    lf = _log_factorials(_power(n))
    ways = lf[n] - lf[got] - lf[n - got] + got * log(p) + (n - got) * log1p(-p)
    return min(1.0, 2 * float(np.exp(ways).sum()))


def unseen_share(of: float, now: float, now_of: float) -> float:
    """How often chance gives any value, unseen in `of` draws, `now` of the next `now_of`.

    A bound for all values together: at most `(of + now_of) / now` values can be that frequent.

    >>> unseen_share(1000, 40, 200) < 1e-9
    True
    """
    if now < 1 or now_of < 1:
        return 1.0
    return min(1.0, (of + now_of) / now * same_share(0, of, now, now_of))


def stability(before: Numbers, now: Numbers) -> float:
    """The population stability index of two rows of counts: below 0.1 is taken as stable.

    The sum of (q - p) log(q / p) over shares p and q (Siddiqi, Credit Risk Scorecards, 2006); half
    a draw is added to each count so that an empty one stays finite.

    >>> round(stability(np.array([500.0, 500.0]), np.array([400.0, 600.0])), 3)
    0.04
    """
    p, q = (before + 0.5) / (before + 0.5).sum(), (now + 0.5) / (now + 0.5).sum()
    return float(((q - p) * np.log(q / p)).sum())


def _power(count: int) -> int:
    """The smallest power of two above a count, so that few tables are kept."""
    return 1 << (count + 1).bit_length()


@lru_cache(maxsize=24)
def _log_factorials(most: int) -> Numbers:
    """The logs of 0! to `most`!."""
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, most + 1)))))
