"""Bounds that the past suggests: the score that fills a week's calls, or that wins often enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from tamis.engines.base import Session
from tamis.history.groups import grouped
from tamis.history.intervals import FEWEST_WON, UNKNOWN, Interval
from tamis.history.ranking import Counts, counts_of
from tamis.history.snapshots import SNAPSHOTS, dimension_name
from tamis.model.spec import Model
from tamis.sql.write import column, query, table, tree, whole


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound of a score, and what lies at or above it.

    `of` is `score` or a dimension, `label` the stage or grade that it would be a bound of (empty
    for a score alone). `bound` is in points, null where the past suggests none. `a_week` counts
    leads that reach it for the first time, `conversion` is the share of snapshots won, 0 to 1.
    """

    of: str
    label: str
    why: Literal["capacity", "precision", "wins"]
    bound: float | None
    a_week: float | None = None
    conversion: Interval = UNKNOWN


def suggested(
    session: Session,
    model: Model,
    counts: Counts,
    weeks: float,
    *,
    capacity: int | None = None,
    precision: float | None = None,
) -> tuple[Bound, ...]:
    """The bounds for calls a week, for a share of won, and with either those of the grades.

    `counts` are the wins by score over so many `weeks`.
    """
    found = []
    if capacity:
        label = model.stages[-1].name if model.stages else ""
        found.append(for_capacity(session, capacity, weeks, label))
    if precision:
        found.append(for_precision(session, counts, precision, weeks))
    if not found:
        return ()
    for dimension in model.dimensions:
        labels = [grade.label for grade in sorted(dimension.grades, key=lambda g: -g.bound)]
        if len(labels) > 1:
            order = dimension_name(dimension.name)
            found += for_grades(session, dimension.name, order, labels)
    return tuple(found)


def for_capacity(session: Session, capacity: int, weeks: float, label: str = "") -> Bound:
    """The lowest score that no more leads a week reach than can be called.

    Leads count once in all the `weeks`; the bound is null where too many share the best score.
    """
    best = query(
        """
        SELECT b.best, count(*) FROM (
          SELECT t.lead, max(t.score) AS best FROM :rows AS t GROUP BY t.lead
        ) AS b GROUP BY b.best ORDER BY b.best DESC
        """,
        rows=table(SNAPSHOTS),
    )
    found, leads = None, 0
    for value, count in session.rows(best):
        if leads + int(str(count)) > capacity * weeks:
            break
        found, leads = int(str(value)), leads + int(str(count))
    if found is None:
        return Bound("score", label, "capacity", None)
    return Bound(
        "score", label, "capacity", found / 100, leads / weeks, _conversion(session, "score", found)
    )


def for_precision(session: Session, counts: Counts, precision: float, weeks: float) -> Bound:
    """The lowest score from which on the wanted share of snapshots, 0 to 1, was won; null: none."""
    found = lowest_with(counts, precision)
    if found is None:
        return Bound("score", "", "precision", None)
    reach = "SELECT count(DISTINCT t.lead) FROM :rows AS t WHERE t.score >= :found"
    leads = session.rows(query(reach, rows=table(SNAPSHOTS), found=whole(found)))[0][0]
    conversion = _conversion(session, "score", found)
    return Bound("score", "", "precision", found / 100, int(str(leads)) / weeks, conversion)


def lowest_with(counts: Counts, precision: float) -> int | None:
    """The lowest value at or above which at least this share is won, with enough wins to say so.

    >>> lowest_with([(100, 10, 190), (200, 20, 60), (300, 30, 10)], 0.4)
    200
    """
    found, won, rows = None, 0, 0
    for value, w, n in reversed(counts):
        won, rows = won + w, rows + w + n
        if won >= FEWEST_WON and won >= precision * rows:
            found = value
    return found


def for_grades(session: Session, dimension: str, order: str, labels: list[str]) -> list[Bound]:
    """Bounds that share the wins evenly among a dimension's grades, the best grade first.

    The lowest grade takes the rest, so it needs no bound.
    """
    counts = counts_of(session, order)
    total = sum(won for _, won, _ in counts)
    if total < FEWEST_WON * len(labels):
        return []
    found = []
    for place, label in enumerate(labels[:-1], start=1):
        value = _value_above(counts, total * place / len(labels))
        above = _conversion(session, order, value)
        found.append(Bound(dimension, label, "wins", value / 100, None, above))
    return found


def _value_above(counts: Counts, wins: float) -> int:
    won = 0
    for value, w, _ in reversed(counts):
        won += w
        if won >= wins:
            return value
    return counts[0][0]


def _conversion(session: Session, order: str, value: int) -> Interval:
    above = tree(":o >= :value", o=column(order, "t"), value=whole(value))
    groups = grouped(session, exp.Literal.string("above"), above)
    return groups[0].conversion if groups else UNKNOWN
