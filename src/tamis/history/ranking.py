"""How well an order of leads foretold wins: AUC, deciles, gains; SQL sums, then plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from tamis.engines.base import Session
from tamis.history.intervals import (
    UNKNOWN,
    Deviations,
    Interval,
    Ranking,
    auc,
    day_weights,
    ranking,
    together,
)
from tamis.history.snapshots import SNAPSHOTS
from tamis.sql.write import column, query, table, tree, whole

PLACES = "score_places"
DECILES = 10
LEAST = -(2**62)
"""Stands for null in an order: below every value."""

Counts = Sequence[tuple[int, int, int]]
"""Value, won rows, lost rows: a tuple per value of an order, ascending."""


def counts_of(session: Session, order: str) -> Counts:
    """The won and lost snapshots of each value of a column that orders them, a whole number."""
    counted = query(
        """
        SELECT s.value, CAST(count_if(s.won) AS BIGINT) AS won,
          CAST(count_if(NOT s.won) AS BIGINT) AS lost
        FROM (SELECT coalesce(:value, 0) AS value, t.won FROM :rows AS t) AS s
        GROUP BY s.value ORDER BY s.value
        """,
        value=column(order, "t"),
        rows=table(SNAPSHOTS),
    )
    return [(int(str(v)), int(str(w)), int(str(n))) for v, w, n in session.rows(counted)]


def auc_by(
    session: Session, order: str, where: exp.Expr | None = None, of: str = SNAPSHOTS
) -> Interval:
    """The AUC of a column that orders the leads of a day, the rows of one lead taken together.

    `of` is a relation with the columns `lead`, `day`, `won` and the order, a whole number; `where`
    picks rows of it, under the alias `t`. A null is below all. Unknown where nothing was won, or
    all.
    """
    by_day = {day: ranking(rows) for day, rows in _by_day(session, order, where, of).items()}
    all_ = together(by_day.values())
    if all_.auc is None:
        return UNKNOWN
    session.columns("order_places", _far(by_day, all_))
    (sums,) = session.rows(_deviations(order, where or exp.true(), of))
    w, n, both, with_won, with_lost, leads = (float(str(cell)) for cell in sums)
    return auc(all_, Deviations(w, n, both, int(with_won), int(with_lost), int(leads)))


def _by_day(
    session: Session, order: str, where: exp.Expr | None, of: str
) -> Mapping[int, list[tuple[int, int, int]]]:
    """For each day, the won and lost rows of each value."""
    counted = query(
        """
        SELECT s.day, s.value, CAST(count_if(s.won) AS BIGINT) AS won,
          CAST(count_if(NOT s.won) AS BIGINT) AS lost
        FROM (SELECT t.day, :value AS value, t.won FROM :rows AS t WHERE :where) AS s
        GROUP BY s.day, s.value
        """,
        value=_value(order),
        rows=table(of),
        where=where or exp.true(),
    )
    found: dict[int, list[tuple[int, int, int]]] = {}
    for day, *row in session.rows(counted):
        value, won, lost = (int(str(cell)) for cell in row)
        found.setdefault(int(str(day)), []).append((value, won, lost))
    return found


def _value(order: str) -> exp.Expr:
    return tree("coalesce(:value, :least)", value=column(order, "t"), least=whole(LEAST))


def _far(by_day: Mapping[int, Ranking], all_: Ranking) -> dict[str, list[object]]:
    """How far each value of a day is from the AUC, as it weighs among all days."""
    pairs = sum(one.won * one.lost for one in by_day.values())
    held: list[tuple[object, ...]] = []
    for day, ranked in by_day.items():
        won, lost = day_weights(ranked, all_, pairs)
        held += [
            (
                day,
                value,
                (place.lost_below - (all_.auc or 0.0)) * won,
                (place.won_above - (all_.auc or 0.0)) * lost,
            )
            for value, place in ranked.places.items()
        ]
    names = ("day", "value", "won_far", "lost_far")
    return dict(zip(names, map(list, zip(*held, strict=True)), strict=True))


def _deviations(order: str, where: exp.Expr, of: str) -> exp.Query:
    """Rows of a day on which nothing or all was won have no place, and no part."""
    return query(
        """
        SELECT sum(c.w * c.w), sum(c.n * c.n), sum(c.w * c.n), count_if(c.has_won),
          count_if(c.has_lost), count(*)
        FROM (
          SELECT t.lead, sum(CASE WHEN t.won THEN p.won_far ELSE 0 END) AS w,
            sum(CASE WHEN t.won THEN 0 ELSE p.lost_far END) AS n,
            bool_or(t.won) AS has_won, bool_or(NOT t.won) AS has_lost
          FROM :rows AS t JOIN order_places AS p ON p.day = t.day AND p.value = :value
          WHERE :where GROUP BY t.lead
        ) AS c
        """,
        rows=table(of),
        value=_value(order),
        where=where,
    )


@dataclass(frozen=True, slots=True)
class Gain:
    """The best `share` of snapshots by score, and the share of wins among them, both 0 to 1."""

    share: float
    wins: float


def gains(counts: Counts, steps: int = DECILES) -> tuple[Gain, ...]:
    """The gains curve at equal steps; leads of equal score are taken in proportion.

    >>> [round(gain.wins, 2) for gain in gains([(1, 1, 4), (2, 3, 2)], steps=2)]
    [0.75, 1.0]
    """
    won, rows = sum(w for _, w, _ in counts), sum(w + n for _, w, n in counts)
    if not won:
        return ()
    return tuple(
        Gain(step / steps, _won_in(counts, rows * step / steps) / won)
        for step in range(1, steps + 1)
    )


def _won_in(counts: Counts, room: float) -> float:
    won = 0.0
    for _, w, n in reversed(counts):
        taken = min(room, w + n)
        won += w * taken / (w + n)
        room -= taken
        if room <= 0:
            break
    return won


def deciles(counts: Counts) -> dict[int, int]:
    """The decile of each value, 1 the best; equal values go together, by their middle.

    >>> deciles([(1, 1, 4), (2, 3, 2)])
    {2: 3, 1: 8}
    """
    rows, above, found = sum(w + n for _, w, n in counts), 0, {}
    for value, w, n in reversed(counts):
        found[value] = min(DECILES, int((above + (w + n) / 2) * DECILES / rows) + 1)
        above += w + n
    return found


def hold_places(session: Session, counts: Counts, bands: Iterable[int]) -> None:
    """Hold `score_places`: the decile and the band (its lower bound) of each score."""
    decile, bounds = deciles(counts), sorted(bands, reverse=True)
    values = [value for value, _, _ in counts]
    held: dict[str, list[object]] = {
        "value": list(values),
        "decile": [decile[value] for value in values],
        "band": [next((b for b in bounds if value >= b), bounds[-1]) for value in values],
    }
    session.columns(PLACES, held)
