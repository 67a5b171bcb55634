"""The weeks that are watched: counts of what new leads answered, and of outcomes that came due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tamis.predict.examples import Column, Examples, Numbers
from tamis.predict.market.baseline import Baseline, Field, fingerprint, first_rows
from tamis.predict.market.cuts import answers, folded
from tamis.predict.scoring import probability

KEPT = 13
"""Weeks that are kept, and the longest window."""
MOST_NEW = 5
"""Of the values unseen before, the most frequent of a week are kept."""


@dataclass(frozen=True)
class Matured:
    """Leads whose horizon ended in the period. Grain: one row per lead.

    `log_odds` is what was told when the lead was new, `won` what came within the horizon.
    """

    log_odds: Numbers
    won: NDArray[np.bool_]


@dataclass(frozen=True)
class Due:
    """Outcomes that came due: of `leads`, `won` came; `told` is the sum of the probabilities."""

    leads: int = 0
    won: int = 0
    told: float = 0.0

    def __add__(self, other: Due) -> Due:
        return Due(self.leads + other.leads, self.won + other.won, self.told + other.told)


@dataclass(frozen=True)
class Week:
    """Counts of one week, or of the days that it has so far. Grain: new leads.

    `yes` has a row per field of the baseline and a last one for the score, a count per question.
    `unseen` has, per field, values unseen before and their counts. `due` is of all leads that came
    due, `best` of those in the baseline's best fifth.
    """

    first: date
    leads: int = 0
    yes: tuple[tuple[int, ...], ...] = ()
    unseen: tuple[tuple[tuple[str, int], ...], ...] = ()
    due: Due = Due()
    best: Due = Due()


def new_leads(
    baseline: Baseline, seen: Sequence[int] | None, came: Examples
) -> tuple[NDArray[np.int64], tuple[int, ...] | None]:
    """The first row of each lead that is new, and the leads to know again in the next period.

    Where leads stay, those of the period before are not new; without a period before, none is.
    """
    if not len(came):
        return np.array([], dtype=np.int64), None if seen is None else tuple(seen)
    rows = first_rows(came)
    if not baseline.stays:
        return rows, None
    marks = [fingerprint(came.ids[row]) for row in rows]
    if seen is None:
        return rows[:0], tuple(sorted(marks))
    old = set(seen)
    return rows[[mark not in old for mark in marks]], tuple(sorted(marks))


def added(
    week: Week, baseline: Baseline, came: Examples, log_odds: Numbers, due: Matured | None
) -> Week:
    """The week with more new leads, and with outcomes that came due."""
    rows = [_yes(field, came.column(field.name)) for field in baseline.fields]
    score = Column("score", "number", log_odds)
    yes = (*rows, _yes(baseline.score, score))
    unseen = tuple(_unseen(field, came.column(field.name)) for field in baseline.fields)
    more, best = _due(due, baseline.best)
    return replace(
        week,
        leads=week.leads + len(came),
        yes=_summed(week.yes, yes) if week.yes else yes,
        unseen=tuple(map(_together, week.unseen, unseen)) if week.unseen else unseen,
        due=week.due + more,
        best=week.best + best,
    )


def _yes(field: Field, column: Column) -> tuple[int, ...]:
    return tuple(int(one) for one in answers(field.questions, column).sum(axis=0))


def _summed(
    some: tuple[tuple[int, ...], ...], more: tuple[tuple[int, ...], ...]
) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(map(sum, zip(a, b, strict=True))) for a, b in zip(some, more, strict=True))


def _unseen(field: Field, column: Column) -> tuple[tuple[str, int], ...]:
    """The values unseen at the baseline, the most frequent first."""
    if not field.known:
        return ()
    known, counts = set(field.known), dict[str, int]()
    for value in folded(column):
        if value is not None and value not in known:
            counts[value] = counts.get(value, 0) + 1
    return _most(counts)


def _together(
    some: tuple[tuple[str, int], ...], more: tuple[tuple[str, int], ...]
) -> tuple[tuple[str, int], ...]:
    counts = dict(some)
    for value, count in more:
        counts[value] = counts.get(value, 0) + count
    return _most(counts)


def _most(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:MOST_NEW])


def _due(due: Matured | None, best: float) -> tuple[Due, Due]:
    if due is None:
        return Due(), Due()
    p, top = probability(due.log_odds), due.log_odds >= best
    every = Due(len(p), int(due.won.sum()), float(p.sum()))
    return every, Due(int(top.sum()), int(due.won[top].sum()), float(p[top].sum()))
