"""Snapshots: each lead on each past day as the model saw it then, with what became of it.

A day's rows go to a file of the session, so that a year of weeks needs no more memory than a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlglot import exp

from tamis.engines.base import Scan, Session
from tamis.facts.inputs import EVENT_ROWS, KEPT_ROWS
from tamis.facts.plan import Plan, Shape
from tamis.flow import VERDICTS
from tamis.history.count_once import counted_once
from tamis.history.decided import DECIDED, hold_decided, undecided, won_after
from tamis.history.verdicts import verdict
from tamis.model.spec import Model
from tamis.run import Result, judge
from tamis.sources import Provided
from tamis.sql import days
from tamis.sql.write import column, named, query, table, tree, whole

SNAPSHOTS = "snapshots"
ACTIVITY = "activity_by_day"
FIRST_SEEN = "first_seen"
ACTIVE_DAYS = 30
"""How many days, the day itself included, tell how active a lead is."""
ORDERS = ("score", "random", "newest", "activity")
"""The columns that order leads, the highest first: the model's score, then the baselines."""
LABELS = ("cell", "temperature", "stage")
"""The verdicts by which snapshots are grouped."""
SEED = 1
"""What the random order is drawn with, the same each time."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days to ask: from `first` to `last`, each `every` days; wins count for `horizon` days."""

    first: date
    last: date
    every: int = 7
    horizon: int = 90

    @property
    def days(self) -> tuple[date, ...]:
        """The days, in order.

        >>> [d.day for d in Period(date(2026, 1, 1), date(2026, 1, 20)).days]
        [1, 8, 15]
        """
        count = (self.last - self.first).days // self.every + 1
        return tuple(self.first + timedelta(days=n * self.every) for n in range(count))

    def over(self, known_until: date) -> tuple[date, ...]:
        """The days whose horizon has passed on a day until which outcomes are known."""
        return tuple(d for d in self.days if d + timedelta(days=self.horizon) <= known_until)


def take(
    session: Session, model: Model, provided: Provided, asked: Sequence[date], horizon: int
) -> tuple[Path, ...]:
    """Score the leads of each day with what was known then; make `snapshots` of those undecided.

    One row per lead and day: `lead_id`, `lead` (a number made from it, quicker to group by), `day`
    (number), `score` (hundredths), one column per dimension (hundredths), `cell`, `temperature`,
    `stage` (null where the model has none), `rank`, `won` (within the horizon), `days_to` and
    `amount` (null unless won), and the baselines `random` (0 to 999), `newest` (day number of
    creation, else of the first event; null for neither), `activity`
    (events in 30 days). Gives the files, one a day. The held relations are then the last day's.

    Raises: EngineError when the engine gives up.
    """
    hold_decided(session, model, asked[-1] + timedelta(days=horizon))
    _hold_activity(session, model, provided.shape, asked)
    once = counted_once(session, model, provided, asked)
    paths = []
    for day in asked:
        result = judge(session, model, day, once)
        path = session.scratch() / f"snapshot-{day}.parquet"
        session.write(snapshot(result, horizon), path, "parquet")
        paths.append(path)
    show(session, paths)
    return tuple(paths)


def show(session: Session, paths: Iterable[Path], name: str = SNAPSHOTS) -> None:
    """Make days' files readable as one relation."""
    session.scan(name, Scan("parquet", tuple(map(str, paths))))


def snapshot(result: Result, horizon: int) -> exp.Query:
    """The rows of a day, of leads not excluded and not decided on or before it."""
    return query(
        """
        SELECT v.lead_id, hash(v.lead_id) AS lead, :day AS day, :judged, v.rank, :won AS won,
          CASE WHEN :won THEN d.won_day - :day END AS days_to,
          CASE WHEN :won THEN d.amount END AS amount,
          CAST(hash(concat(v.lead_id, ':', :seed)) % 1000 AS INTEGER) AS random,
          :newest AS newest, :activity AS activity
        FROM :verdicts AS v
        JOIN leads AS l ON l.lead_id = v.lead_id
        LEFT JOIN :decided AS d ON d.lead_id = v.lead_id
        LEFT JOIN :active AS a ON a.lead_id = v.lead_id
        LEFT JOIN :seen AS f ON f.lead_id = v.lead_id
        WHERE NOT v.excluded AND :undecided
        """,
        day=whole(days.number(result.as_of)),
        judged=[named(value, name) for name, value in _judged(result.model).items()],
        won=won_after(result.as_of, result.as_of + timedelta(days=horizon)),
        undecided=undecided(result.as_of),
        seed=whole(SEED),
        newest=tree("coalesce(l.created_day, f.day)"),
        activity=tree("CAST(coalesce(a.n, 0) AS INTEGER)"),
        verdicts=result.relation(VERDICTS).query.subquery(copy=False),
        decided=table(DECIDED.name),
        active=_active(result.as_of),
        seen=table(FIRST_SEEN),
    )


def _judged(model: Model) -> dict[str, exp.Expr]:
    cents = {"score": tree("CAST(v.score * 100 AS INTEGER)")}
    cents |= {
        dimension_name(d.name): tree("CAST(:v * 100 AS INTEGER)", v=column(d.name, "v"))
        for d in model.dimensions
    }
    return cents | {name: verdict(model, name) for name in LABELS}


def dimension_name(name: str) -> str:
    """The column of a dimension; it cannot meet another column of a snapshot."""
    return f"in__{name}"


def _active(day: date) -> exp.Expr:
    today = days.number(day)
    return query(
        """
        SELECT e.lead_id, sum(e.n) AS n FROM :rows AS e
        WHERE e.day <= :day AND e.day > :since GROUP BY e.lead_id
        """,
        rows=table(ACTIVITY),
        day=whole(today),
        since=whole(today - ACTIVE_DAYS),
    ).subquery(copy=False)


def _hold_activity(session: Session, model: Model, shape: Shape, asked: Sequence[date]) -> None:
    """Hold events by lead and day for the days that matter, and the day of each lead's first."""
    plan = Plan(model, asked[-1], shape)
    daily = _daily(plan)
    span = tree(
        "e.day > :first AND e.day <= :last",
        first=whole(days.number(asked[0]) - ACTIVE_DAYS),
        last=whole(days.number(asked[-1])),
    )
    counted = "SELECT e.lead_id, e.day, sum(e.n) AS n FROM :rows AS e WHERE :span GROUP BY 1, 2"
    session.keep(ACTIVITY, query(counted, rows=daily.subquery(), span=span))
    created = model.field("lead", "created_at") is not None
    first = "SELECT e.lead_id, min(e.day) AS day FROM :rows AS e WHERE :asked GROUP BY 1"
    asked_for = exp.false() if created else exp.true()
    session.keep(FIRST_SEEN, query(first, rows=daily.subquery(), asked=asked_for))


def _daily(plan: Plan) -> exp.Query:
    """Events, or matches where a store stands for the events, as (lead_id, day, n)."""
    if plan.shape.kept is not None:
        key = column("lead" if plan.shape.integer_ids else "lead_id", "k")
        kept = "SELECT CAST(:key AS TEXT) AS lead_id, k.day, k.n FROM :rows AS k"
        return query(kept, key=key, rows=table(KEPT_ROWS))
    if not plan.shape.events:
        return query("SELECT '' AS lead_id, 0 AS day, 0 AS n WHERE FALSE")
    human = tree("NOT coalesce(r.bot, FALSE)") if plan.shape.bots else exp.true()
    return query(
        """
        SELECT CAST(r.lead_id AS TEXT) AS lead_id, :day AS day, 1 AS n
        FROM :rows AS r WHERE r.timestamp IS NOT NULL AND r.lead_id IS NOT NULL AND :human
        """,
        day=days.day_number(plan.local_date(column("timestamp", "r"))),
        rows=table(EVENT_ROWS),
        human=human,
    )
