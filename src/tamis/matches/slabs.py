"""Slabs: spans of days in which the same counters are open, so that old events meet few of them.

Time is cut where a window or a campaign begins or ends. In each slab only the events that its open
counters name are read; the oldest slabs, which hold most events, have the fewest counters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from tamis.matches.counters import Counter, span
from tamis.sql import days


@dataclass(frozen=True, slots=True)
class Slab:
    """The days `first` to `last`, both included, and the counters that are open on all of them."""

    first: int
    last: int
    counters: tuple[Counter, ...]


def slabs(found: tuple[Counter, ...], as_of: date) -> tuple[Slab, ...]:
    """The slabs up to the as-of day, newest first; days with no open counter are in none."""
    today = days.number(as_of)
    spans = {counter.number: span(counter, today) for counter in found}
    starts = {first for first, _ in spans.values()} | {last + 1 for _, last in spans.values()}
    cuts = sorted({start for start in starts if start <= today} | {today + 1})
    made = []
    for first, following in pairwise(cuts):
        last = following - 1
        open_ = tuple(
            c for c in found if spans[c.number][0] <= first and last <= spans[c.number][1]
        )
        if open_:
            made.append(Slab(first, last, open_))
    return tuple(reversed(made))
