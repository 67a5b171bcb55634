"""Fields that know too much: filled in, or given their value, once the outcome was known."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from tamis.engines.base import Session
from tamis.facts.inputs import ACCOUNT_ROWS, LEAD_ROWS
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
ACCOUNT_ID = "account_id"


@dataclass(frozen=True, slots=True)
class Leak:
    """A field that looks filled in after the outcome.

    `field` is a field of leads, `account.` with a field of accounts, or `account_id`: whether there
    is an account at all. `why` is `filled` (how often it is filled tells won leads from the rest:
    `won_filled` against `rest_filled`, shares 0 to 1), `value` (its value alone tells them apart:
    `auc`), `later` (`after` is the share of won leads whose first value is dated on or after their
    first win) or `lacking` (of the `lacking` leads without it none was won, though at the rate of
    all `expected` would have been).
    """

    field: str
    why: Literal["filled", "value", "later", "lacking"]
    won_filled: float | None = None
    rest_filled: float | None = None
    auc: float | None = None
    after: float | None = None
    lacking: int | None = None
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """Leads that were won, and the rest: of how many a field is known, and how many there are."""

    won_known: int
    won: int
    rest_known: int
    rest: int


def leaks(session: Session, plan: Plan) -> tuple[Leak, ...]:
    """The suspected fields of a model, over the leads that have snapshots.

    It compares leads that were won, soon or late, with the rest, by the fields as they are
    delivered last; by fields of accounts only where there is an account. With fewer than ten wins
    nothing is suspected.
    """
    session.keep(JUDGED, _judged(plan))
    found = [_of_lead(session, plan, field) for field in plan.model.fields_of("lead")]
    firms = plan.model.fields_of("account") if plan.shape.accounts else ()
    if firms:
        having = _filled(session, column(ACCOUNT_ID, "j"), exp.true())
        found.append(_unevenly(ACCOUNT_ID, having) or _lacking(ACCOUNT_ID, having))
    found += [_of_account(session, field) for field in firms]
    session.drop([JUDGED])
    return tuple(leak for leak in found if leak)


def _judged(plan: Plan) -> exp.Query:
    """The leads with snapshots, whether they were ever won, and all fields as delivered last."""
    firms = plan.model.fields_of("account") if plan.shape.accounts else ()
    latest = (
        "row_number() OVER (PARTITION BY r.lead_id ORDER BY r.valid_from DESC NULLS LAST)"
        if plan.shape.valid_from
        else "1"
    )
    last = query(
        """
        SELECT l.account_id, d.won_day IS NOT NULL AS won, :fields
        FROM (SELECT r.*, :latest AS place FROM :rows AS r) AS l
        JOIN (SELECT DISTINCT t.lead_id FROM :snapshots AS t) AS s
          ON s.lead_id = CAST(l.lead_id AS TEXT)
        LEFT JOIN :decided AS d ON d.lead_id = s.lead_id
        """,
        fields=[column(f.column, "l") for f in plan.model.fields_of("lead")]
        + [column(f.column, "a") for f in firms],
        latest=tree(latest),
        rows=table(LEAD_ROWS),
        snapshots=table(SNAPSHOTS),
        decided=table(DECIDED.name),
    )
    assert isinstance(last, exp.Select)
    if firms:
        account = table(ACCOUNT_ROWS, "a")
        last = last.join(account, on="a.account_id = l.account_id", join_type="left")
    return last.where("l.place = 1")


def _of_lead(session: Session, plan: Plan, field: Field) -> Leak | None:
    later = _later(session, plan, field) if plan.shape.valid_from else None
    return later or _suspected(session, field, field.name, exp.true())


def _of_account(session: Session, field: Field) -> Leak | None:
    has_account = tree("NOT j.account_id IS NULL")
    return _suspected(session, field, f"account.{field.name}", has_account)


def _suspected(session: Session, field: Field, name: str, where: exp.Expr) -> Leak | None:
    filled = _filled(session, column(field.column, "j"), where)
    return _unevenly(name, filled) or _valued(session, field, name, where) or _lacking(name, filled)


def _filled(session: Session, value: exp.Expr, where: exp.Expr) -> Filled:
    counted = query(
        """
        SELECT count_if(j.won AND NOT :value IS NULL), count_if(j.won),
          count_if(NOT j.won AND NOT :value IS NULL), count_if(NOT j.won)
        FROM :judged AS j WHERE :where
        """,
        value=value,
        judged=table(JUDGED),
        where=where,
    )
    (counts,) = session.rows(counted)
    return Filled(*(int(str(count)) for count in counts))


def _unevenly(name: str, filled: Filled) -> Leak | None:
    """A field that is known for won leads far more often than for the rest."""
    if filled.won < FEWEST_WON or not filled.rest:
        return None
    won, rest = (
        proportion(filled.won_known, filled.won),
        proportion(filled.rest_known, filled.rest),
    )
    more: Interval = difference(won, rest)
    if more.value is None or more.low is None:
        return None
    if more.value < TOO_FILLED or more.low < TOO_FILLED / 2:
        return None
    return Leak(name, "filled", won_filled=won.value, rest_filled=rest.value)


def _lacking(name: str, filled: Filled) -> Leak | None:
    """A field without which nobody was won, where at the rate of all ten or more would have been.

    By chance that happens less than once in 20,000 fields.
    """
    lacking = filled.won + filled.rest - filled.won_known - filled.rest_known
    if not lacking or filled.won_known < filled.won:
        return None
    expected = lacking * filled.won / (filled.won + filled.rest)
    return (
        Leak(name, "lacking", lacking=lacking, expected=expected)
        if expected >= FEWEST_WON
        else None
    )


def _valued(session: Session, field: Field, name: str, where: exp.Expr) -> Leak | None:
    """Numbers are asked in both directions, other values by how often leads that had them won."""
    numeric = field.type in ("integer", "number")
    if field.name == "created_at":
        return None
    most = MOST_NUMBERS if numeric else MOST_VALUES
    counted = query(
        """
        SELECT :value, CAST(count_if(j.won) AS BIGINT), CAST(count_if(NOT j.won) AS BIGINT)
        FROM :judged AS j WHERE :where GROUP BY 1 LIMIT :most
        """,
        value=column(field.column, "j"),
        judged=table(JUDGED),
        where=where,
        most=whole(most + 1),
    )
    rows = [(value, int(str(w)), int(str(n))) for value, w, n in session.rows(counted)]
    if len(rows) > most or sum(w for _, w, _ in rows) < FEWEST_WON:
        return None
    known = [(float(str(v)), w, n) for v, w, n in rows if v is not None] if numeric else []
    alone = ranking(known if numeric else _by_share(rows)).auc
    best = None if alone is None else max(alone, 1 - alone) if numeric else alone
    if best is None or best <= TOO_WELL:
        return None
    return Leak(name, "value", auc=best)


def _by_share(rows: list[tuple[object, int, int]]) -> list[tuple[float, int, int]]:
    """Leads by the share of won among the others of their value; one alone, by that of all.

    A lead that counted for itself would be told by any value that it alone has, a name or an id.
    """
    of_all = sum(w for _, w, _ in rows) / sum(w + n for _, w, n in rows)
    found: dict[float, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for _, w, n in rows:
        others = w + n - 1
        for share, won, rest in ((w - 1, w, 0), (w, 0, n)):
            place = share / others if others else of_all
            found[place] = (found[place][0] + won, found[place][1] + rest)
    return [(place, w, n) for place, (w, n) in found.items()]


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
