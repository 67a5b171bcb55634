"""Fields that know too much: filled in, or given their value, once the outcome was known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from tamis.engines.base import Session
from tamis.facts.inputs import LEAD_ROWS
from tamis.facts.plan import Plan
from tamis.history.decided import DECIDED
from tamis.history.intervals import FEWEST_WON, Interval, difference, proportion, ranking
from tamis.history.snapshots import SNAPSHOTS
from tamis.model.spec import Field
from tamis.sql import days
from tamis.sql.write import column, query, table, tree, whole

TOO_WELL = 0.95
"""A field that alone orders won before the rest better than this (AUC) is suspected."""
TOO_FILLED = 0.5
"""So is one that is filled this much more often for won leads than for the rest."""
JUDGED = "judged_leads"
MOST_VALUES, MOST_NUMBERS = 50, 100_000
"""A field of more values than this, a name or an id, is asked only whether it is filled."""
AFTER_AT_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Leak:
    """A lead field that looks filled in after the outcome.

    `why` is `filled` (how often it is filled tells won leads from the rest: `won_filled` against
    `rest_filled`, shares 0 to 1), `value` (its value alone tells them apart: `auc`) or `later`
    (`after` is the share of won leads whose first value is dated on or after their first win).
    """

    field: str
    why: Literal["filled", "value", "later"]
    won_filled: float | None = None
    rest_filled: float | None = None
    auc: float | None = None
    after: float | None = None

    def to_json(self) -> dict[str, object]:
        """The leak as plain values."""
        return {
            n: getattr(self, n)
            for n in ("field", "why", "won_filled", "rest_filled", "auc", "after")
        }


def leaks(session: Session, plan: Plan) -> tuple[Leak, ...]:
    """The suspected lead fields of a model, over the leads that have snapshots.

    It compares leads that were won, soon or late, with the rest, by the fields as they are
    delivered last. With fewer than ten wins nothing is suspected.
    """
    session.keep(JUDGED, _judged())
    found = []
    for field in plan.model.fields_of("lead"):
        later = _later(session, plan, field) if plan.shape.valid_from else None
        leak = later or _filled(session, plan, field) or _valued(session, plan, field)
        found += [leak] if leak else []
    return tuple(found)


def _judged() -> exp.Query:
    """The leads with snapshots, and whether they were ever won."""
    return query(
        """
        SELECT s.lead_id, d.won_day IS NOT NULL AS won
        FROM (SELECT DISTINCT t.lead_id FROM :snapshots AS t) AS s
        LEFT JOIN :decided AS d ON d.lead_id = s.lead_id
        """,
        snapshots=table(SNAPSHOTS),
        decided=table(DECIDED.name),
    )


def _last_rows(plan: Plan, field: Field) -> exp.Query:
    """The last value of a field for each lead with snapshots, and whether the lead was won."""
    latest = (
        "row_number() OVER (PARTITION BY r.lead_id ORDER BY r.valid_from DESC NULLS LAST)"
        if plan.shape.valid_from
        else "1"
    )
    return query(
        """
        SELECT l.value, j.won FROM (
          SELECT CAST(r.lead_id AS TEXT) AS lead_id, :value AS value, :latest AS place
          FROM :rows AS r
        ) AS l
        JOIN :judged AS j ON j.lead_id = l.lead_id
        WHERE l.place = 1
        """,
        value=column(field.column, "r"),
        latest=tree(latest),
        rows=table(LEAD_ROWS),
        judged=table(JUDGED),
    )


def _filled(session: Session, plan: Plan, field: Field) -> Leak | None:
    counted = query(
        "SELECT f.won, count(f.value), count(*) FROM :rows AS f GROUP BY f.won",
        rows=_last_rows(plan, field).subquery(),
    )
    counts = {bool(won): (int(str(n)), int(str(of))) for won, n, of in session.rows(counted)}
    won, rest = counts.get(True, (0, 0)), counts.get(False, (0, 0))
    if won[1] < FEWEST_WON or not rest[1]:
        return None
    more: Interval = difference(proportion(*won), proportion(*rest))
    if more.value is None or more.low is None:
        return None
    if more.value < TOO_FILLED or more.low < TOO_FILLED / 2:
        return None
    return Leak(field.name, "filled", won[0] / won[1], rest[0] / rest[1])


def _valued(session: Session, plan: Plan, field: Field) -> Leak | None:
    """Numbers are asked in both directions, other values by how often leads that had them won."""
    numeric = field.type in ("integer", "number")
    if field.name == "created_at":
        return None
    most = MOST_NUMBERS if numeric else MOST_VALUES
    counted = query(
        """
        SELECT f.value, CAST(count_if(f.won) AS BIGINT), CAST(count_if(NOT f.won) AS BIGINT)
        FROM :rows AS f GROUP BY f.value LIMIT :most
        """,
        rows=_last_rows(plan, field).subquery(),
        most=whole(most + 1),
    )
    rows = [(value, int(str(w)), int(str(n))) for value, w, n in session.rows(counted)]
    if len(rows) > most or sum(w for _, w, _ in rows) < FEWEST_WON:
        return None
    known = [(float(str(v)), w, n) for v, w, n in rows if v is not None] if numeric else []
    alone = ranking(known if numeric else _by_share(rows)).auc
    best = None if alone is None else max(alone, 1 - alone)
    if best is None or best <= TOO_WELL:
        return None
    return Leak(field.name, "value", auc=best)


def _by_share(rows: list[tuple[object, int, int]]) -> list[tuple[float, int, int]]:
    found: dict[float, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for _, w, n in rows:
        share = w / (w + n)
        found[share] = (found[share][0] + w, found[share][1] + n)
    return [(share, w, n) for share, (w, n) in found.items()]


def _later(session: Session, plan: Plan, field: Field) -> Leak | None:
    """Whether the rows' own dates say that most won leads got the value after their outcome."""
    counted = query(
        """
        SELECT count_if(f.day >= d.won_day), count(*)
        FROM (
          SELECT CAST(r.lead_id AS TEXT) AS lead_id, min(:day) AS day FROM :rows AS r
          WHERE :value IS NOT NULL GROUP BY 1
        ) AS f
        JOIN :decided AS d ON d.lead_id = f.lead_id
        WHERE d.won_day IS NOT NULL
        """,
        day=tree(
            "coalesce(:at, 0)",
            at=days.day_number(plan.local_date(column("valid_from", "r"))),
        ),
        rows=table(LEAD_ROWS),
        value=column(field.column, "r"),
        decided=table(DECIDED.name),
    )
    ((after, of),) = session.rows(counted)
    share = int(str(after)) / int(str(of)) if int(str(of)) >= FEWEST_WON else 0.0
    return Leak(field.name, "later", after=share) if share >= AFTER_AT_LEAST else None
