"""A situation read from data files: what they hold of volume, conversions, cycle and filling."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlglot import exp

from tamis.engines.base import Session
from tamis.facts.inputs import EVENT_ROWS, LEAD_ROWS
from tamis.history.assess import Situation
from tamis.history.decided import outcomes_by_day
from tamis.model.spec import Field, Model
from tamis.sources import Options, Table, provide
from tamis.sources.deliver import deliver
from tamis.sources.options import Manner
from tamis.sources.outcomes import provide_outcomes
from tamis.sql import days
from tamis.sql.write import column, named, query, table, tree, whole

OWN = ("lead_id", "account_id", "valid_from")
WEEKS = 12
"""Weeks, the last of the data, over which the volume is measured."""
BARE = Model(name="leads", dimensions=())
"""A model that asks nothing, to read data with before there is one."""


def bare_model(session: Session, leads: Table, options: Options) -> Model:
    """A model that asks nothing but declares every column of the leads as a text field.

    Raises: SourceError when the leads cannot be read.
    """
    delivered = deliver(session, "leads", leads, options.manners.get("leads", Manner()))
    names = [name for name in delivered.columns if name.lower() not in OWN]
    fields = [
        Field("lead", name, "timestamp" if name == "created_at" else "text") for name in names
    ]
    return replace(BARE, fields=tuple(fields))


def situation(
    session: Session,
    model: Model,
    today: date,
    *,
    leads: Table | None,
    accounts: Table | None = None,
    events: Table | None = None,
    outcomes: Table | None = None,
    options: Options | None = None,
) -> Situation:
    """What data files say of a company's leads, whatever model they are read with.

    Days are those of the model's time zone. Volume and cycle need the lead field `created_at`.
    Raises: SourceError for data that cannot be read.
    """
    how = options or Options()
    fill: tuple[tuple[str, float], ...] = ()
    weekly = with_events = None
    if leads is not None:
        provided = provide(
            session, model, today, leads=leads, accounts=accounts, events=events, options=how
        )
        fill = _fill(session, model)
        weekly = _weekly(session, model, today)
        with_events = _with_events(session) if provided.shape.events else None
    if outcomes is None:
        return Situation(leads_a_week=weekly, fill=fill, with_events=with_events)
    provide_outcomes(session, model, today, outcomes, how)
    conversions, recorded = _recorded(session, model, today)
    cycle = _cycle(session, model, today) if leads is not None else None
    return Situation(weekly, None, conversions, cycle, recorded, fill, with_events)


def _fill(session: Session, model: Model) -> tuple[tuple[str, float], ...]:
    fields = model.fields_of("lead")
    if not fields:
        return ()
    shares = [
        named(tree("avg(CASE WHEN :f IS NULL THEN 0.0 ELSE 1.0 END)", f=_value(f)), f"c{place}")
        for place, f in enumerate(fields)
    ]
    (row,) = session.rows(query("SELECT :s FROM :rows AS l", s=shares, rows=table(LEAD_ROWS)))
    return tuple(
        (f.name, float(str(share)))
        for f, share in zip(fields, row, strict=True)
        if share is not None
    )


def _value(field: Field) -> exp.Expr:
    return column(field.column, "l")


def _created(model: Model, today: date) -> exp.Expr | None:
    """The number of the day on which a lead was created; None when the model declares none."""
    field = model.field("lead", "created_at")
    if field is None:
        return None
    at = _value(field)
    local = at if field.type == "date" else days.local_date(at, model.timezone, today)
    return days.day_number(local)


def _weekly(session: Session, model: Model, today: date) -> float | None:
    """Leads a week in the last twelve weeks of the data, or over all of a shorter record."""
    created = _created(model, today)
    if created is None:
        return None
    select = query(
        """
        SELECT count(DISTINCT d.lead_id), least(:weeks * 7, min(d.ago) + max(d.ago) + 1) FROM (
          SELECT l.lead_id, max(:day) OVER () - :day AS ago FROM :rows AS l
        ) AS d WHERE d.ago < :weeks * 7
        """,
        weeks=whole(WEEKS),
        day=created,
        rows=table(LEAD_ROWS),
    )
    ((count, span),) = session.rows(select)
    return int(str(count)) / float(str(span)) * 7 if span else None


def _with_events(session: Session) -> float | None:
    select = query(
        "SELECT avg(CASE WHEN CAST(l.lead_id AS VARCHAR) IN "
        "(SELECT CAST(e.lead_id AS VARCHAR) FROM :events AS e WHERE NOT e.lead_id IS NULL) "
        "THEN 1.0 ELSE 0.0 END) FROM :rows AS l",
        events=table(EVENT_ROWS),
        rows=table(LEAD_ROWS),
    )
    ((share,),) = session.rows(select)
    return None if share is None else float(str(share))


def _recorded(session: Session, model: Model, today: date) -> tuple[int, float | None]:
    """Leads won, and the days that outcomes cover."""
    select = query(
        "SELECT count(DISTINCT CASE WHEN o.won THEN o.lead_id END), max(o.day) - min(o.day) "
        "FROM :outcomes AS o",
        outcomes=outcomes_by_day(model, today).subquery(copy=False),
    )
    ((won, span),) = session.rows(select)
    return int(str(won)), None if span is None else float(str(span))


def _cycle(session: Session, model: Model, today: date) -> float | None:
    """The median of days from a lead's creation to its first win."""
    created = _created(model, today)
    if created is None:
        return None
    select = query(
        """
        SELECT median(w.day - :day) FROM :rows AS l JOIN (
          SELECT o.lead_id, min(o.day) AS day FROM :outcomes AS o WHERE o.won GROUP BY o.lead_id
        ) AS w ON w.lead_id = CAST(l.lead_id AS VARCHAR)
        WHERE w.day >= :day
        """,
        day=created,
        rows=table(LEAD_ROWS),
        outcomes=outcomes_by_day(model, today).subquery(copy=False),
    )
    ((middle,),) = session.rows(select)
    return None if middle is None else float(str(middle))
