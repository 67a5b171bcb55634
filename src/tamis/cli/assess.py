"""`tamis assess`: whether scoring pays yet, and what to collect first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import as_json, refuse_given, show, told, while_working
from tamis.cli.speech import LANGUAGE, _
from tamis.errors import UsageError
from tamis.history.assess import Situation, advise
from tamis.history.assess_data import BARE, bare_model, situation
from tamis.model.files import load_model
from tamis.reports import assess as report


@takes_data
def assess(
    model: Annotated[
        Path | None,
        typer.Argument(
            metavar="[MODEL]",
            help=_("Model file, for its field names; without one, every column counts."),
            show_default=False,
        ),
    ] = None,
    *,
    data: Data,
    outcomes: options.Outcomes = None,
    leads_a_week: Annotated[
        float | None, typer.Option(min=0, metavar="N", help=_("Leads that come in a week."))
    ] = None,
    capacity: Annotated[
        float | None, typer.Option(min=0, metavar="N", help=_("Leads that sales can call a week."))
    ] = None,
    conversions: Annotated[
        int | None, typer.Option(min=0, metavar="N", help=_("Leads won, on record."))
    ] = None,
    cycle: Annotated[
        str | None, typer.Option(metavar="DAYS", help=_("Time from lead to win, as 60d."))
    ] = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Say whether scoring by hand, by rules or learned pays yet, and what to collect first."""
    with told():
        spoken = options.language_of(language)
        said = Situation(
            leads_a_week,
            capacity,
            conversions,
            options.days_of(cycle, "--cycle") if cycle else None,
        )
        advice = advise(_joined(said, _read(model, data, outcomes)))
        if json:
            as_json(report.as_data(advice))
        elif not data.quiet:
            show(report.shown(advice, spoken))


def _joined(said: Situation, read: Situation) -> Situation:
    """What the command line says goes before what files say. Raises: UsageError for nothing."""
    given = {name: value for name, value in _numbers(said).items() if value is not None}
    joined = replace(read, **given)  # type: ignore[arg-type]
    if joined == Situation():
        message = _("nothing to assess: give --leads and --outcomes, or numbers such as --capacity")
        raise UsageError(message)
    return joined


def _numbers(said: Situation) -> dict[str, float | int | None]:
    """The numbers that a command line can say."""
    return {
        "leads_a_week": said.leads_a_week,
        "capacity": said.capacity,
        "conversions": said.conversions,
        "cycle": said.cycle,
    }


def _read(file: Path | None, data: Data, outcomes: list[str] | None) -> Situation:
    refuse_given(_("events are looked at themselves"), store=data.store)
    model = load_model(file) if file else BARE
    source = data.source_for(model)
    if not source.leads and (data.accounts or data.events):
        raise UsageError(_("no leads: give --leads FILE, or --source FILE"))
    data.refuse(source, [model] if file else [], outcomes=outcomes)
    if not source.leads and not outcomes:
        return Situation()
    day = options.day_of(data.as_of, model)
    with data.session() as session:
        if not file and source.leads is not None:
            model = bare_model(session, source.leads, source.options)
        return while_working(
            session,
            _("Looking at the data"),
            lambda: situation(
                session,
                model,
                day,
                leads=source.leads,
                accounts=source.accounts,
                events=source.events,
                outcomes=outcomes,
                options=source.options,
            ),
            quiet=data.quiet,
        )
