"""Sums over leads and AUC in plain Python, for what fits in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable

from tamis.history.intervals import (
    UNKNOWN,
    Clusters,
    Deviations,
    Interval,
    Ranking,
    auc,
    day_weights,
    ranking,
    together,
)

Seen = tuple[Hashable, float, bool]


def clusters_of(pairs: Iterable[tuple[float, float]]) -> Clusters:
    """The sums of (won rows, rows), a pair a lead."""
    held = list(pairs)
    return Clusters(
        len(held),
        sum(n for _, n in held),
        sum(w for w, _ in held),
        sum(w * w for w, _ in held),
        sum(w * n for w, n in held),
        sum(n * n for _, n in held),
    )


def auc_of(rows: Iterable[Seen], days: Iterable[Hashable] | None = None) -> Interval:
    """The AUC of rows (lead, score, won), each of a day where days are given."""
    held = list(rows)
    on = [None] * len(held) if days is None else list(days)
    by_day = {
        day: _ranked([row for row, its in zip(held, on, strict=True) if its == day])
        for day in dict.fromkeys(on)
    }
    all_ = together(by_day.values())
    if all_.auc is None:
        return UNKNOWN
    return auc(all_, _deviations(list(zip(on, held, strict=True)), by_day, all_))


def _ranked(rows: Iterable[Seen]) -> Ranking:
    counts: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for _, score, won in rows:
        counts[score][0 if won else 1] += 1
    return ranking((score, won, lost) for score, (won, lost) in counts.items())


def _deviations(
    rows: list[tuple[Hashable, Seen]], by_day: dict[Hashable, Ranking], all_: Ranking
) -> Deviations:
    pairs = sum(one.won * one.lost for one in by_day.values())
    far: dict[Hashable, list[float]] = defaultdict(lambda: [0.0, 0.0, 0, 0])
    for day, (lead, score, won) in rows:
        if by_day[day].auc is None:
            continue
        place, side = by_day[day].places[score], 0 if won else 1
        weight = day_weights(by_day[day], all_, pairs)[side]
        off = (place.lost_below if won else place.won_above) - (all_.auc or 0.0)
        far[lead][side] += off * weight
        far[lead][side + 2] += 1
    sums = list(far.values())
    return Deviations(
        sum(w * w for w, *_ in sums),
        sum(n * n for _, n, *_ in sums),
        sum(w * n for w, n, *_ in sums),
        sum(1 for lead in sums if lead[2]),
        sum(1 for lead in sums if lead[3]),
        len(sums),
    )
