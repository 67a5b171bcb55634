"""Decided leads: what "already decided" and "won within the horizon" mean to every question.

A lead is decided by its first outcome, won or lost, and is no case on that day or later. It is won
within the horizon of a day when its first win comes after that day and within so many days, even
if it was lost before it was won.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import SourceError
from tamis.facts.inputs import OUTCOMES
from tamis.model.spec import Model
from tamis.sql import days
from tamis.sql.relation import Column, Relation
from tamis.sql.write import column, query, table, tree, whole

DECIDED = Relation(
    "decided_leads",
    "when each lead with an outcome was decided, and won for the first time",
    ("lead_id",),
    (
        Column("lead_id", "text", "the lead"),
        Column("day", "integer", "day of the first outcome", unit="days since 1970-01-01"),
        Column("won_day", "integer", "day of the first win", unit="as `day`", null="never won"),
        Column("amount", "number", "what the first win was for", null="not known, or never won"),
    ),
)
"""Days are calendar days of the model's time zone; of wins at one instant the larger is first."""


def hold_decided(session: Session, model: Model, until: date) -> None:
    """Hold DECIDED; `until` bounds the time zone's offsets. Raises: EngineError."""
    first = query(
        """
        SELECT f.lead_id, min(f.day) AS day, max(CASE WHEN f.won THEN f.day END) AS won_day,
          max(CASE WHEN f.won THEN f.amount END) AS amount
        FROM (
          SELECT o.*, row_number() OVER (
            PARTITION BY o.lead_id, o.won ORDER BY o.timestamp, o.amount DESC NULLS LAST
          ) AS place
          FROM :outcomes AS o
        ) AS f
        WHERE f.place = 1 GROUP BY f.lead_id
        """,
        outcomes=outcomes_by_day(model, until).subquery(copy=False),
    )
    session.keep(DECIDED.name, first)


def outcomes_by_day(model: Model, until: date) -> exp.Query:
    """All outcomes: `lead_id`, `timestamp`, `day` (number), `won` (else lost), `amount`."""
    return query(
        """
        SELECT r.lead_id, r.timestamp, :day AS day, r.outcome = 'won' AS won, r.amount
        FROM :rows AS r
        """,
        day=days.day_number(days.local_date(column("timestamp", "r"), model.timezone, until)),
        rows=table(OUTCOMES.name),
    )


def undecided(day: date) -> exp.Expr:
    """Whether a lead, left-joined to DECIDED as `d`, was not decided yet on a day."""
    return tree("(d.day IS NULL OR d.day > :day)", day=whole(days.number(day)))


def won_after(day: date, last: date) -> exp.Expr:
    """Whether a lead, left-joined to DECIDED as `d`, was first won after a day, up to `last`."""
    return tree(
        "coalesce(d.won_day > :day AND d.won_day <= :last, FALSE)",
        day=whole(days.number(day)),
        last=whole(days.number(last)),
    )


def span_of_outcomes(session: Session, model: Model, until: date) -> tuple[date, date]:
    """The first and the last day with an outcome, in the model's time zone.

    Raises: SourceError when there is no outcome.
    """
    select = query(
        "SELECT min(o.day), max(o.day) FROM :outcomes AS o",
        outcomes=outcomes_by_day(model, until).subquery(copy=False),
    )
    ((first, last),) = session.rows(select)
    if first is None or last is None:
        message = "there is no outcome"
        raise SourceError(message, None, "the file needs lead_id, outcome, timestamp")
    return _date(first), _date(last)


def _date(number: object) -> date:
    return days.EPOCH + timedelta(days=int(str(number)))
