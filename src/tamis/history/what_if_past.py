"""What two models would have made of past conversions: who they handed off, and who was won."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, cast

from sqlglot import exp

from tamis.engines.base import Session
from tamis.history.decided import DECIDED, hold_decided, undecided, won_after
from tamis.history.intervals import Interval, proportion
from tamis.model.spec import Model
from tamis.sql.write import query, table, whole

Side = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Past:
    """A day to judge as of, and for how many days after it to look for conversions."""

    day: date
    horizon: int = 90

    def last(self, as_of: date) -> date:
        """The last day whose outcomes count: the end of the horizon, or an earlier as-of day."""
        return min(self.day + timedelta(days=self.horizon), as_of)


@dataclass(frozen=True, slots=True)
class Converted:
    """Leads of one group and how many of them were won in the horizon.

    `by` is what groups them: `all`; `handoff` (`yes`, `no`), `temperature`, `first` (the first so
    many in the order of calling), each under one model, the `side`; or `change`, how the hand-off
    differs: `kept`, `added` and `dropped` by the second model, `never`.
    """

    by: str
    value: str | None
    side: Side | None
    leads: int
    won: int
    share: Interval


@dataclass(frozen=True, slots=True)
class Conversions:
    """Conversions after a past day, up to and with the day `until`; decided leads left out."""

    day: date
    until: date
    decided: int
    groups: tuple[Converted, ...]

    def of(self, by: str, side: Side | None = None) -> tuple[Converted, ...]:
        """The groups of a kind, under one model where the kind asks for it."""
        return tuple(group for group in self.groups if (group.by, group.side) == (by, side))


@dataclass(frozen=True, slots=True)
class _Row:
    """Leads that agree in all that they are grouped by."""

    handoff_before: bool
    handoff_after: bool
    temperature_before: str | None
    temperature_after: str | None
    first_before: bool
    first_after: bool
    leads: int
    won: int


def conversions(
    session: Session,
    pairs: str,
    model: Model,
    as_of: date,
    past: Past,
    *,
    capacity: int | None = None,
) -> Conversions:
    """What became of the leads of `pairs`, judged under both models as of the past day.

    A lead that was decided by that day is left out, and so is one excluded under both models.
    `model` gives the time zone of outcomes, which are known up to the day `as_of`; with a
    `capacity`, so many leads at the head of each order are a group too.
    """
    until = past.last(as_of)
    hold_decided(session, model, as_of)
    source = with_outcomes(pairs, past.day, until)
    count = "SELECT count(*) FROM :rows AS r WHERE r.decided"
    decided = session.rows(query(count, rows=source.subquery(copy=False)))[0][0]
    rows = [_Row(*row) for row in session.rows(_counted(source, capacity))]  # type: ignore[arg-type]
    groups = tuple(_groups(rows, capacity))
    return Conversions(past.day, until, cast(int, decided), groups)


def with_outcomes(pairs: str, day: date, until: date) -> exp.Query:
    """The rows of `pairs` with a score, whether each was decided by a day, and won up to another.

    Columns beside theirs: `decided`, and `won`, 1 or 0. DECIDED must be held.
    """
    return query(
        """
        SELECT p.*, NOT :undecided AS decided, CAST(:won AS INTEGER) AS won
        FROM :pairs AS p LEFT JOIN :decided AS d ON d.lead_id = p.lead_id
        WHERE NOT (p.excluded_before AND p.excluded_after)
        """,
        undecided=undecided(day),
        won=won_after(day, until),
        pairs=table(pairs),
        decided=table(DECIDED.name),
    )


def _counted(source: exp.Query, capacity: int | None) -> exp.Query:
    """Leads by all that they are grouped by; the first are those of the leads not yet decided."""
    return query(
        """
        SELECT r.handoff_before, r.handoff_after, r.temperature_before, r.temperature_after,
          r.rank_before IS NOT NULL AND r.turn_before <= :n AS first_before,
          r.rank_after IS NOT NULL AND r.turn_after <= :n AS first_after,
          count(*) AS leads, CAST(sum(r.won) AS BIGINT) AS won
        FROM (
          SELECT u.*, row_number() OVER (ORDER BY u.rank_before NULLS LAST) AS turn_before,
            row_number() OVER (ORDER BY u.rank_after NULLS LAST) AS turn_after
          FROM :rows AS u WHERE NOT u.decided
        ) AS r GROUP BY 1, 2, 3, 4, 5, 6
        """,
        n=whole(capacity or 0),
        rows=source.subquery(copy=False),
    )


BY_HANDOFF: Mapping[tuple[bool, bool], str] = {
    (True, True): "kept",
    (False, True): "added",
    (True, False): "dropped",
    (False, False): "never",
}
Key = tuple[str, str | None, Side | None]


def _keys(row: _Row, capacity: int | None) -> Iterator[Key]:
    """The groups that a row belongs to."""
    yield "all", None, None
    yield "change", BY_HANDOFF[row.handoff_before, row.handoff_after], None
    yield "handoff", "yes" if row.handoff_before else "no", "before"
    yield "handoff", "yes" if row.handoff_after else "no", "after"
    yield "temperature", row.temperature_before, "before"
    yield "temperature", row.temperature_after, "after"
    if capacity and row.first_before:
        yield "first", str(capacity), "before"
    if capacity and row.first_after:
        yield "first", str(capacity), "after"


def _groups(rows: Sequence[_Row], capacity: int | None) -> Iterator[Converted]:
    leads, won = Counter[Key](), Counter[Key]()
    for row in rows:
        for key in _keys(row, capacity):
            leads[key] += row.leads
            won[key] += row.won
    for key, of in leads.items():
        yield Converted(*key, of, won[key], proportion(won[key], of))
