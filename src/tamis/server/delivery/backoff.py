"""When a failed attempt is made again: exponential backoff with full jitter."""

from __future__ import annotations

from random import Random

FIRST = 2.0
"""Seconds that the first pause is, at most."""
LONGEST = 1_800.0
"""Seconds that any pause is, at most."""
DOUBLINGS = 20
"""Beyond, the longest pause is reached long since."""


def pause(failures: int, random: Random) -> float:
    """Seconds to wait after so many failures: between a half second and a bound that doubles.

    The whole of it is drawn, so that what failed together does not come again together.

    >>> from random import Random
    >>> pause(1, Random(1)) <= 2.5 and pause(50, Random(1)) <= 1800.5
    True
    """
    bound = min(LONGEST, FIRST * 2 ** min(failures - 1, DOUBLINGS))
    return 0.5 + random.uniform(0, bound)
