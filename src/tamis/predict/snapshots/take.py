"""Taking snapshots: the days are judged one after the other, and make one past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tamis.engines.base import Session
from tamis.errors import SourceError
from tamis.facts.plan import Plan
from tamis.history.count_once import counted_once
from tamis.history.decided import DECIDED, hold_decided, span_of_outcomes
from tamis.history.evidence_days import refuse_too_early
from tamis.model.spec import Model
from tamis.predict.examples import Column
from tamis.predict.snapshots.days import days_to_take
from tamis.predict.snapshots.joined import joined
from tamis.predict.snapshots.judged import judged
from tamis.predict.snapshots.known import known_columns
from tamis.predict.snapshots.past import Past
from tamis.predict.snapshots.questions import Questions, answerable, questions, sayings
from tamis.predict.snapshots.seen import channels_seen, names_in, names_seen
from tamis.sources import Options, Provided, Table, provide
from tamis.sources.outcomes import provide_outcomes
from tamis.sql.chain import Constants


def examples_from(
    session: Session,
    model: Model,
    today: date,
    *,
    leads: Table,
    accounts: Table | None = None,
    events: Table | None = None,
    outcomes: Table,
    horizon: int = 90,
    every: int | None = None,
    since: date | None = None,
    options: Options | None = None,
    store: Path | None = None,
) -> Past:
    """Leads on past days with what was known then, won if a win followed within the horizon.

    The days are `every` days apart (a third of the `horizon`), at most 24, the last such that its
    horizon is over on the last day with an outcome; with `since`, a declared change of market, none
    lies before it. Nothing after `today` is used. With a `store` of kept matches that fits, no
    event is read, and only what the store has counted is known of them.

    Raises:
        SourceError: for data that cannot be read, or without any example.
        EngineError: when the engine gives up.
    """
    how = options or Options()
    provide_outcomes(session, model, today, outcomes, how)
    first, last = span_of_outcomes(session, model, today)
    until = min(last, today)
    asked_days = days_to_take(first, until, horizon, every, since)
    provided = provide(
        session,
        model,
        asked_days[-1],
        leads=leads,
        accounts=accounts,
        events=events,
        options=how,
        store=store,
    )
    refuse_too_early(session, Plan(model, until, provided.shape), asked_days[-1])
    hold_decided(session, model, until)
    past = _past(session, model, provided, asked_days, horizon=horizon, until=until)
    if not len(past.examples):
        message = f"on {', '.join(map(str, asked_days))} there was no lead not decided yet"
        raise SourceError(message, None, "learn with another --horizon")
    return past


def on_day(
    session: Session,
    model: Model,
    day: date,
    *,
    leads: Table,
    accounts: Table | None = None,
    events: Table | None = None,
    outcomes: Table | None = None,
    like: Sequence[Column] | None = None,
    options: Options | None = None,
    store: Path | None = None,
) -> Past:
    """All leads on one day, in the same columns, none won: to be scored and compared.

    With `outcomes`, leads decided by then are left out. `like` are columns learned from: what they
    say of events is asked, whether or not anybody has such events today.

    Raises: SourceError, EngineError as `examples_from`.
    """
    how = options or Options()
    provided = provide(
        session,
        model,
        day,
        leads=leads,
        accounts=accounts,
        events=events,
        options=how,
        store=store,
    )
    if outcomes is None:
        session.drop([DECIDED.name])
        session.load(Constants(DECIDED, ()))
    else:
        provide_outcomes(session, model, day, outcomes, how)
        hold_decided(session, model, day)
    return _past(session, model, provided, (day,), like=like)


def _past(
    session: Session,
    model: Model,
    provided: Provided,
    asked_days: tuple[date, ...],
    *,
    horizon: int | None = None,
    until: date | None = None,
    like: Sequence[Column] | None = None,
) -> Past:
    asked = _questions(session, model, provided, asked_days[-1], like)
    once = counted_once(session, asked.model, provided, asked_days)
    taken = []
    for day in asked_days:
        columns = known_columns(Plan(model, day, provided.shape))
        taken.append(
            judged(session, model, asked, day, once=once, columns=columns, horizon=horizon or 0)
        )
    return joined(model, asked, columns, taken, asked_days, horizon=horizon, until=until)


def _questions(
    session: Session,
    model: Model,
    provided: Provided,
    last: date,
    like: Sequence[Column] | None,
) -> Questions:
    """What is asked of events: as columns learned from say it, else by what is seen of events."""
    shape = provided.shape
    if like is not None:
        wanted = {c.name: c.said_by for c in like if c.said_by and c.said_by.form != "field"}
    elif shape.events:
        names = names_seen(session, model, shape, last)
        wanted = dict(sayings(names, channels_seen(session, model, shape, last)))
    else:
        wanted = dict(sayings(names_in(model), {})) if shape.kept else {}
    return questions(model, answerable(model, wanted, shape, last))
