"""Events counted once for many days: questions of the past ask for the same matches every time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import uuid4

from tamis.engines.base import Scan, Session
from tamis.facts.inputs import KEPT_ROWS
from tamis.facts.plan import Kept, Plan
from tamis.matches.counters import counters, span
from tamis.matches.kept import keeping, marked
from tamis.model.spec import Model
from tamis.sources import Provided
from tamis.sql import days
from tamis.sql.write import query, table


def counted_once(
    session: Session, model: Model, provided: Provided, asked: Sequence[date]
) -> Provided:
    """The same facts with matches of the model in place of events, for judging on some days.

    The matches stand in a file of the session. Facts without events, or from a store, stay as they
    are.

    Raises: EngineError when the engine gives up.
    """
    last = days.number(max(asked))
    # As in order of time whatever they are: days are counted as a range.
    shape = replace(provided.shape, time_ordered=True)
    plan = Plan(model, max(asked), shape, all_days=True)
    wanted = marked(plan)
    if not wanted or not provided.shape.events:
        return provided
    first = min(span(counter, days.number(min(asked)))[0] for counter in counters(plan))
    found = [replace(counter, number=place) for place, counter in enumerate(wanted.values())]
    chain = keeping(plan, found, [(first, last)])
    for constants in chain.constants:
        session.load(constants)
    path = session.scratch() / f"matches-{uuid4().hex[:12]}.parquet"
    session.write(chain.select(KEPT_ROWS), path, "parquet")
    session.scan(KEPT_ROWS, Scan("parquet", (str(path),)))
    kept = Kept(tuple(wanted), (), *_span(session))
    return replace(provided, shape=replace(provided.shape, events=False, kept=kept))


def _span(session: Session) -> tuple[int, int]:
    """The first and last day with a match; of none the last is before the first."""
    ((first, last),) = session.rows(
        query("SELECT min(k.day), max(k.day) FROM :rows AS k", rows=table(KEPT_ROWS))
    )
    return (0, -1) if first is None else (int(str(first)), int(str(last)))
