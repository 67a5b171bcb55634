"""What became of groups of snapshots: conversion, amount and days to conversion, with intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from tamis.engines.base import Session
from tamis.history.intervals import (
    Clusters,
    Interval,
    clustered_mean,
    clustered_proportion,
)
from tamis.history.ranking import PLACES
from tamis.history.snapshots import SNAPSHOTS
from tamis.sql.write import query, table


@dataclass(frozen=True, slots=True)
class Group:
    """Snapshots that share a band, cell, temperature, stage or month, and what became of them.

    `rows` are snapshots (a lead on a day) of `leads`, `won` those won within the horizon, of
    `winners` leads; `conversion` is won of rows, 0 to 1, `amount` the mean in the currency of the
    outcomes and `days` the mean number of days to the win, of snapshots won. All three take the
    rows of a lead together.
    """

    name: str
    leads: int
    rows: int
    won: int
    winners: int
    conversion: Interval
    amount: Interval
    days: Interval


def grouped(session: Session, by: exp.Expr, where: exp.Expr | None = None) -> list[Group]:
    """The groups by an expression over a snapshot `t` and the place of its score `p`, by name.

    Snapshots for which the expression is null are in no group. `snapshots` must be readable
    (`snapshots.take`) and `score_places` held (`ranking.hold_places`). Raises: EngineError.
    """
    return [_group(row) for row in session.rows(_sums(by, where or exp.true()))]


def _sums(by: exp.Expr, where: exp.Expr) -> exp.Query:
    return query(
        """
        SELECT g.name, count(*), sum(g.n), sum(g.w), sum(g.w * g.w), sum(g.w * g.n), sum(g.n * g.n),
          count_if(g.m > 0), sum(g.m), sum(g.a), sum(g.a * g.a), sum(g.a * g.m), sum(g.m * g.m),
          count_if(g.w > 0), sum(g.d), sum(g.d * g.d), sum(g.d * g.w)
        FROM (
          SELECT :by AS name, t.lead, count(*) AS n, count_if(t.won) AS w, count(t.amount) AS m,
            coalesce(sum(CAST(t.amount AS DOUBLE)), 0) AS a, coalesce(sum(t.days_to), 0) AS d
          FROM :rows AS t LEFT JOIN :places AS p ON p.value = t.score
          WHERE :where GROUP BY 1, 2
        ) AS g
        WHERE g.name IS NOT NULL
        GROUP BY g.name ORDER BY g.name
        """,
        by=by,
        rows=table(SNAPSHOTS),
        places=table(PLACES),
        where=where,
    )


def _group(row: tuple[object, ...]) -> Group:
    name, *cells = row
    leads, n, w, ww, wn, nn, with_amount, m, a, aa, am, mm, winners, d, dd, dw = (
        float(str(cell)) for cell in cells
    )
    bought = Clusters(int(with_amount), m, a, aa, am, mm)
    waited = Clusters(int(winners), w, d, dd, dw, ww)
    return Group(
        str(name),
        int(leads),
        int(n),
        int(w),
        int(winners),
        clustered_proportion(Clusters(int(leads), n, w, ww, wn, nn)),
        _not_below_zero(clustered_mean(bought)),
        _not_below_zero(clustered_mean(waited)),
    )


def _not_below_zero(mean: Interval) -> Interval:
    return mean if mean.low is None else replace(mean, low=max(0.0, mean.low))
