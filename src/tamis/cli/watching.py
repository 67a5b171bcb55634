"""The file of a watch: its baseline and what it remembers from week to week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from tamis.cli import options
from tamis.cli.data import Data
from tamis.cli.learning import Lesson
from tamis.cli.output import while_working, write_text
from tamis.cli.speech import _
from tamis.errors import Place, UserError
from tamis.model.files import load_model
from tamis.predict.examples import Column, Examples
from tamis.predict.learned import Learned
from tamis.predict.market import Alarm, Baseline, State, baseline_of, watch
from tamis.predict.saying import Saying
from tamis.predict.scoring import log_odds
from tamis.predict.snapshots import on_day
from tamis.reports.learned.judged import refuse_missing


@dataclass(frozen=True)
class Watch:
    """What a file of a watch holds.

    `fingerprint` is that of the learned model's training; `sayings` are how the columns of the
    baseline are asked of facts, by name.
    """

    tamis_watch: Literal[1]
    fingerprint: str
    sayings: dict[str, Saying]
    baseline: Baseline
    state: State


def begin(path: Path, learned: Learned, given: Lesson) -> date:
    """Make the baseline from what the model was learned from; gives the day it is of."""
    refuse_missing(learned, given.examples)
    baseline = baseline_of(learned, given.examples, log_odds(learned, given.examples))
    assert given.last is not None, "a lesson from facts has days"
    sayings = {one.name: one.said_by for one in given.examples.columns if one.said_by}
    _write(path, Watch(1, learned.training.fingerprint, sayings, baseline, State(given.last)))
    return given.last


def go_on(path: Path, learned: Learned, model: Path, data: Data) -> tuple[Alarm, ...]:
    """Look at the leads of a day. Raises: UserError for a file that is of another model."""
    import numpy as np

    kept = _read(path, learned)
    loaded = load_model(model)
    source, day = data.source_with_leads(loaded), options.day_of(data.as_of, loaded)
    if day <= kept.state.tested:
        message = _("{day} was looked at already: give a later --as-of")
        raise UserError(message.format(day=day))
    like = [Column(name, "number", np.empty(0), said) for name, said in kept.sayings.items()]
    with data.session() as session:
        past = while_working(
            session,
            _("Looking at the leads of {day}").format(day=day),
            lambda: on_day(
                session,
                loaded,
                day,
                leads=source.leads,
                accounts=source.accounts,
                events=source.events,
                options=source.options,
                store=data.store,
                like=like,
            ),
            quiet=data.quiet,
        )
    refuse_missing(learned, past.examples)
    _refuse_gone(path, kept.baseline, past.examples)
    told = log_odds(learned, past.examples)
    state, alarms = watch(kept.baseline, kept.state, day, past.examples, told)
    _write(path, replace(kept, state=state))
    return alarms


def _refuse_gone(path: Path, baseline: Baseline, examples: Examples) -> None:
    """Raises: UserError for columns that were watched and that the model has no more."""
    known = {one.name for one in examples.columns}
    if gone := [one.name for one in baseline.fields if one.name not in known]:
        names = ", ".join(f"`{name}`" for name in gone)
        message = f"the model has no more what is watched: {names}"
        raise UserError(
            message, Place(str(path)), "name another file with --state, and a watch begins anew"
        )


def _write(path: Path, kept: Watch) -> None:
    write_text(path, msgspec.json.format(msgspec.json.encode(kept)).decode())


def _read(path: Path, learned: Learned) -> Watch:
    place = Place(str(path))
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Watch)
    except OSError as error:
        message = f"cannot read the file: {error.strerror}"
        raise UserError(message, place) from error
    except (msgspec.DecodeError, RecursionError) as error:
        message = f"no file of a watch: {error}"
        raise UserError(
            message, place, "name another file with --state, and a watch begins anew"
        ) from error
    if not _fits(kept):
        message = "no file of a watch: its counts do not belong together"
        raise UserError(message, place, "name another file with --state, and a watch begins anew")
    if kept.fingerprint != learned.training.fingerprint:
        message = "this watch is of another learned model"
        raise UserError(message, place, "name another file with --state")
    return kept


def _fits(kept: Watch) -> bool:
    """Whether there is a count for every question, in the baseline and in every week."""
    fields = (*kept.baseline.fields, kept.baseline.score)
    asked = [len(field.questions) for field in fields]
    weeks = [*kept.state.weeks, *([kept.state.now] if kept.state.now else [])]
    return (
        kept.baseline.leads > 0
        and all(
            len(one.yes) == len(one.alike) == len(one.draws) == len(one.questions) for one in fields
        )
        and all([len(counts) for counts in week.yes] == asked for week in weeks)
        and all(len(week.unseen) == len(kept.baseline.fields) for week in weeks)
    )
