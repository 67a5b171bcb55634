"""A draft against the active version: from what is in memory, else from the files of the copy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from tamis.engines.duckdb import DuckDB
from tamis.history import moves
from tamis.history.verdicts import new_hand_offs
from tamis.history.what_if import PAST_PAIRS, what_if
from tamis.history.what_if_past import Past, conversions
from tamis.model.spec import Model
from tamis.server.past.answers import Then, WhatIfAnswer
from tamis.server.past.effects import hold_changes, hold_pairs
from tamis.server.past.listed import Copy
from tamis.server.past.resident import (
    HORIZON,
    Resident,
    has_outcomes,
    open_engine,
    provide_past,
    provided,
)
from tamis.server.past.telling import Told, answer, banded
from tamis.server.past.trial import Trial, try_on
from tamis.sources import Provided
from tamis.sql.write import query


@dataclass(frozen=True)
class Asked:
    """What is asked of the past: `first` leads of the order are a group, `top` named by move."""

    told: Told
    first: int
    top: int

    @property
    def past(self) -> Past:
        """The past day, and for how long its leads have to be won."""
        return Past(self.told.as_of - timedelta(days=HORIZON), HORIZON)


def quick(resident: Resident, asked: Asked) -> WhatIfAnswer | None:
    """The answer from what is in memory; None where the draft is built in another way.

    Raises: EngineError.
    """
    told, session = asked.told, resident.session
    trial = try_on(resident.day("now"), told.after)
    if trial is None:
        return None
    hold_pairs(trial, moves.PAIRS.name)
    hold_changes(trial)
    entered: tuple[int | None, int | None] = (None, None)
    then = None
    if told.deep:
        week = try_on(resident.day("week"), told.after)
        if week is None:
            return None
        entered = _entered(session, trial, week)
        if resident.has_outcomes:
            then = _then(resident, asked)
    return answer(session, told, entered, then, quick=True, top=asked.top)


def _entered(session: DuckDB, now: Trial, week: Trial) -> tuple[int, int]:
    pairs = (now.day.base, week.day.base), (now.verdicts, week.verdicts)
    first, second = (_count(session, day, before) for day, before in pairs)
    return first, second


def _count(session: DuckDB, day: str, before: str) -> int:
    new = new_hand_offs(day, before).subquery(copy=False)
    return int(str(session.rows(query("SELECT count(*) FROM :new AS n", new=new))[0][0]))


def _then(resident: Resident, asked: Asked) -> Then | None:
    trial = try_on(resident.day("then"), asked.told.after)
    if trial is None:
        return None
    hold_pairs(trial, PAST_PAIRS)
    model, today = asked.told.before, asked.told.as_of
    session, past = resident.session, asked.past
    found = conversions(session, PAST_PAIRS, model, today, past, capacity=asked.first)
    return banded(session, PAST_PAIRS, found, past)


def whole(copy: Copy, asked: Asked, memory: str) -> WhatIfAnswer:
    """The answer of `tamis what-if` on the copy, of a sample or of all leads.

    Raises: SourceError when the copy is brought up to date meanwhile; EngineError.
    """
    told = asked.told
    with open_engine(memory) as session:
        provide_past(session, copy, told.before, told.as_of)
        found = what_if(
            session,
            told.before,
            told.after,
            told.as_of,
            partial(_provide, session, copy, told.as_of, told.every),
            past=asked.past if has_outcomes(session) else None,
            capacity=asked.first,
            top=asked.top,
        )
        entered = found.handoffs_before.entered, found.handoffs_after.entered
        then = (
            banded(session, PAST_PAIRS, found.conversions, asked.past)
            if found.conversions
            else None
        )
        told = replace(told, deep=True)
        return answer(session, told, entered, then, quick=False, top=asked.top)


def _provide(session: DuckDB, copy: Copy, today: date, every: int, model: Model) -> Provided:
    return provided(session, copy, model, today, every)
