"""`tamis what-if`: who moves under another model, why, and what it does to the work."""

from __future__ import annotations

import functools
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import answer, is_page, refuse_given, told, while_working
from tamis.cli.speech import LANGUAGE, _
from tamis.engines.base import Session
from tamis.errors import UsageError
from tamis.history.what_if import what_if as compared
from tamis.history.what_if_past import Past
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.reports.what_if import what_if_sections, what_if_title
from tamis.run import kind_of
from tamis.sources import Provided, provide
from tamis.sources.outcomes import provide_outcomes


@takes_data
def what_if(
    model: options.ModelFile,
    new_model: Annotated[
        Path,
        typer.Argument(metavar="NEW_MODEL", help=_("The model to try."), show_default=False),
    ],
    *,
    data: Data,
    outcomes: options.Outcomes = None,
    past: Annotated[
        str | None,
        typer.Option(
            metavar="DAY", help=_("Day to judge past leads on; default: the horizon ago.")
        ),
    ] = None,
    horizon: Annotated[
        str, typer.Option(metavar="DAYS", help=_("How long a past lead has to be won, as 90d."))
    ] = "90d",
    capacity: Annotated[
        int | None,
        typer.Option(min=1, max=10**9, help=_("Hand-offs that sales can take in a week.")),
    ] = None,
    top: Annotated[int, typer.Option(min=0, help=_("How many leads to name for each move."))] = 3,
    to: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help=_("Write the answer (.html), or each lead that moves (.csv, .parquet, .jsonl)."),
        ),
    ] = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Try another model on the same leads and day: who moves, why, and what it does to the work."""
    with told():
        spoken = options.language_of(language)
        if not outcomes:
            refuse_given(_("what became of past leads is known by --outcomes alone"), past=past)
        before, after = load_model(model), load_model(new_model)
        today = options.day_of(data.as_of, before)
        days = options.days_of(horizon, "--horizon")
        then = _past(past, days, today, before) if outcomes else None
        _refuse(data, [before, after], outcomes, to)
        with data.session() as session:
            if outcomes:
                reading = data.source_for(before).options
                provide_outcomes(session, before, today, outcomes, reading)
            given = functools.partial(_provided, session, data, today)
            compare = functools.partial(compared, session, before, after, today, given)
            work = functools.partial(compare, past=then, capacity=capacity, top=top)
            found = while_working(session, _("Comparing"), work, quiet=data.quiet)
            if to and not is_page(to):
                found.moved_leads.write(to)
        answer(
            what_if_title(found, spoken),
            tuple(what_if_sections(found, spoken)),
            found.to_json(),
            spoken,
            to=to,
            json=json,
            quiet=data.quiet,
        )


def _past(text: str | None, horizon: int, today: date, model: Model) -> Past:
    then = options.day_of(text, model, "--past") if text else today - timedelta(days=horizon)
    if then >= today:
        said = _("{day} is not before {today}: past leads need time to be won")
        raise UsageError(said.format(day=then, today=today))
    return Past(then, horizon)


def _refuse(data: Data, models: list[Model], outcomes: list[str] | None, to: Path | None) -> None:
    """What cannot be meant, said before any work. Raises: UsageError."""
    source = data.source_with_leads(models[0])
    if to and not is_page(to):
        kind_of(to)
    data.refuse(source, models, [to] if to else [], outcomes)


def _provided(session: Session, data: Data, today: date, model: Model) -> Provided:
    source = data.source_for(model)
    return provide(
        session,
        model,
        today,
        leads=source.leads,
        accounts=source.accounts,
        events=source.events,
        options=source.options,
        store=data.store,
    )
