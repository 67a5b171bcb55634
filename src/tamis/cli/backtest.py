"""`tamis backtest`: a model asked on past days, and what became of its leads."""

from __future__ import annotations

import functools
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import answer, refuse_given, refuse_unless_page, told, while_working
from tamis.cli.speech import LANGUAGE, _
from tamis.errors import UsageError
from tamis.history.backtest import Backtest, Question, backtest_in
from tamis.history.snapshots import Period
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.reports.backtest import backtest_sections, backtest_title


@takes_data
def backtest(
    model: options.ModelFile,
    *,
    data: Data,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help=_("First day to ask."))
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help=_("Last day to ask."))
    ] = None,
    every: Annotated[
        str, typer.Option(metavar="DAYS", help=_("Ask each so many days, as 7d or 1w."))
    ] = "7d",
    horizon: Annotated[
        str, typer.Option(metavar="DAYS", help=_("How soon a win must follow to count."))
    ] = "90d",
    outcomes: options.Outcomes = None,
    capacity: Annotated[
        int | None,
        typer.Option(min=1, max=10**9, metavar="N", help=_("How many calls sales make a week.")),
    ] = None,
    precision: Annotated[
        float | None,
        typer.Option(min=0, max=1, help=_("Suggest a score with this share of wins, as 0.3.")),
    ] = None,
    to: options.OutFile = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Score past days with what was known then, and read what became of the leads."""
    with told():
        spoken = options.language_of(language)
        refuse_given(_("the days asked are those of --from and --to"), as_of=data.as_of)
        refuse_unless_page(to)
        loaded = load_model(model)
        question = Question(_period(loaded, first, last, every, horizon), capacity, precision)
        if not outcomes:
            raise UsageError(_("no outcomes: give --outcomes FILE"))
        source = data.source_with_leads(loaded)
        data.refuse(source, [loaded], [to] if to else [], outcomes)
        found = _asked(loaded, data, outcomes, question)
        answer(
            backtest_title(found, spoken),
            tuple(backtest_sections(found, spoken)),
            found.to_json(),
            spoken,
            about=loaded.about,
            to=to,
            json=json,
            quiet=data.quiet,
        )


def _asked(model: Model, data: Data, outcomes: list[str], question: Question) -> Backtest:
    source = data.source_with_leads(model)
    with data.session() as session:
        work = functools.partial(
            backtest_in,
            session,
            model,
            question,
            leads=source.leads,
            accounts=source.accounts,
            events=source.events,
            outcomes=outcomes,
            options=source.options,
            store=data.store,
        )
        return while_working(session, _("Asking the past"), work, quiet=data.quiet)


def _period(model: Model, first: str | None, last: str | None, every: str, horizon: str) -> Period:
    if first is None or last is None:
        raise UsageError(_("no days: give --from DAY and --to DAY"))
    begin, end = options.day_of(first, model, "--from"), options.day_of(last, model, "--to")
    if begin > end:
        raise UsageError(_("--from {first} is after --to {last}").format(first=begin, last=end))
    asked_every = options.days_of(every, "--every")
    return Period(begin, end, asked_every, options.days_of(horizon, "--horizon"))
