"""Bars of a sum: each begins where the one above it ends, so that the last one ends at the sum.

Places are in per cent of the scale of the dimension, for a picture that is as wide as its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)
LEAST = Decimal("0.6")
"""The least width that is seen, in per cent of the scale."""


@dataclass(frozen=True)
class Bar:
    """Where a bar begins and how wide it is; `lost`: what time and limits took beside it.

    `sign` is gain, loss, lost or sum, for its colour; the number stands beside it.
    """

    start: Decimal
    width: Decimal
    sign: str
    zero: Decimal
    lost_start: Decimal = ZERO
    lost_width: Decimal = ZERO


def bars(lines: Sequence[tuple[Decimal, Decimal | None]], low: Decimal, high: Decimal) -> list[Bar]:
    """The bars of lines, each with its points and, where known, the points without any loss.

    >>> two = bars([(Decimal(30), Decimal(50)), (Decimal(-10), None)], Decimal(0), Decimal(100))
    >>> [(int(bar.start), int(bar.width), int(bar.lost_width)) for bar in two]
    [(0, 30, 20), (20, 10, 0)]
    """
    reached = [ZERO]
    for points, _full in lines:
        reached.append(reached[-1] + points)
    scale = _Scale(min(low, ZERO, *reached), max(high, ZERO, *reached))
    return [
        scale.bar(before, points, full)
        for before, (points, full) in zip(reached, lines, strict=False)
    ]


def sum_bar(value: Decimal, low: Decimal, high: Decimal) -> Bar:
    """The bar of a sum, on the scale of its range."""
    bar = _Scale(min(low, ZERO, value), max(high, ZERO, value)).bar(ZERO, value, None)
    return Bar(bar.start, bar.width, "sum", bar.zero)


@dataclass(frozen=True)
class _Scale:
    low: Decimal
    high: Decimal

    def bar(self, before: Decimal, points: Decimal, full: Decimal | None) -> Bar:
        start, width = self._span(before, before + points)
        sign = "gain" if points >= 0 else "loss"
        found = Bar(start, width, sign, self._at(ZERO))
        if full is None or abs(full) <= abs(points):
            return found
        lost_start, lost_width = self._span(before + points, before + full)
        return Bar(start, width, sign, found.zero, lost_start, lost_width)

    def _span(self, one: Decimal, other: Decimal) -> tuple[Decimal, Decimal]:
        first, last = sorted((self._at(one), self._at(other)))
        width = max(last - first, LEAST if one != other else ZERO)
        return min(first, 100 - width), width

    def _at(self, value: Decimal) -> Decimal:
        span = self.high - self.low or Decimal(1)
        inside = min(max(value, self.low), self.high)
        return ((inside - self.low) / span * 100).quantize(Decimal("0.01"))
