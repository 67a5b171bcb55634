"""Which past days evidence judges: far enough apart, over by now, and not before the data begin."""

from __future__ import annotations

from datetime import date, timedelta

from sqlglot import exp

from tamis.engines.base import Session
from tamis.errors import SourceError
from tamis.facts.inputs import EVENT_ROWS, LEAD_ROWS
from tamis.facts.plan import Plan
from tamis.sql import days
from tamis.sql.write import column, query, table

MOST_DAYS = 8


def days_to_judge(first: date, last: date, horizon: int) -> tuple[date, ...]:
    """Past days a horizon apart, whose horizon is over on the `last` day with an outcome.

    At most 8, none before the `first` outcome but one in any case.

    >>> [str(day) for day in days_to_judge(date(2026, 1, 10), date(2026, 7, 31), 90)]
    ['2026-02-01', '2026-05-02']
    """
    latest = last - timedelta(days=horizon)
    found = [latest - timedelta(days=horizon * back) for back in range(MOST_DAYS)]
    return tuple(sorted(day for day in found if day == latest or day >= first))


def refuse_too_early(session: Session, plan: Plan, day: date) -> None:
    """Refuse the last day to judge if it lies before all leads, or all events that rules count.

    The plan's day is that of the last outcome. Leads that tell no day are known since always: then
    the first event says when the data begin. Raises: SourceError.
    """
    what, first = "lead", _first_lead(session, plan)
    if first is None and plan.model.event_rules:
        what, first = "event", _first_event(session, plan)
    if first is None or day >= first:
        return
    message = f"{day} lies before the first {what}, which is of {first}"
    longest = (plan.as_of - first).days
    hint = f"choose --horizon {longest}d or shorter, or --as-of {first} or later"
    if longest <= 0:
        hint = f"the outcomes end on {plan.as_of}, before that: see whether they are of these leads"
    raise SourceError(message, None, hint)


def _first_lead(session: Session, plan: Plan) -> date | None:
    """The first day on which any lead is known; None when one always was."""
    unknown: exp.Expr = exp.cast(exp.null(), exp.DType.DATE)
    created, valid = unknown, unknown.copy()
    if field := plan.model.field("lead", "created_at"):
        at = column(field.column, "r")
        created = at if field.type == "date" else plan.local_date(at)
    if plan.shape.valid_from:
        valid = plan.local_date(column("valid_from", "r"))
    first = query(
        """
        SELECT min(f.day), count_if(f.day IS NULL)
        FROM (SELECT greatest(:created, :valid) AS day FROM :rows AS r) AS f
        """,
        created=days.day_number(created),
        valid=days.day_number(valid),
        rows=table(LEAD_ROWS),
    )
    ((day, always),) = session.rows(first)
    return None if day is None or always else _date(day)


def _first_event(session: Session, plan: Plan) -> date | None:
    """The day of the first event, or that a store counted; None without any."""
    if plan.shape.kept is not None:
        kept = plan.shape.kept
        return _date(kept.first) if kept.first <= kept.last else None
    if not plan.shape.events:
        return None
    day = days.day_number(plan.local_date(column("timestamp", "e")))
    first = query("SELECT min(:day) FROM :rows AS e", day=day, rows=table(EVENT_ROWS))
    ((number,),) = session.rows(first)
    return None if number is None else _date(number)


def _date(number: object) -> date:
    return days.EPOCH + timedelta(days=int(str(number)))
