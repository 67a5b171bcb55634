"""`tamis evidence`: what the past says of a model, its rules and the fields of forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import answer, refuse_unless_page, told, while_working
from tamis.cli.speech import LANGUAGE, _
from tamis.errors import UsageError
from tamis.history import evidence as past
from tamis.history.survey import Answer, read_survey
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.reports.evidence import evidence_sections, evidence_title
from tamis.reports.evidence_data import as_data


@takes_data
def evidence(
    model: options.ModelFile,
    *,
    data: Data,
    outcomes: options.Outcomes = None,
    survey: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help=_("What sellers think: person, rule, weight 0 to 5, comment.")
        ),
    ] = None,
    horizon: Annotated[
        str, typer.Option(metavar="DAYS", help=_("How long a lead has to be won, as 90d."))
    ] = "90d",
    to: options.OutFile = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Hold a model against outcomes: which rules and form fields earn their place."""
    with told():
        spoken = options.language_of(language)
        refuse_unless_page(to)
        if not outcomes:
            raise UsageError(_("no outcomes: give --outcomes FILE"))
        loaded = load_model(model)
        answers = read_survey(survey, loaded) if survey else ()
        days = options.days_of(horizon, "--horizon")
        source = data.source_with_leads(loaded)
        read = [survey] if survey else []
        data.refuse(source, [loaded], [to] if to else [], outcomes, read)
        found = _found(loaded, data, outcomes, days, answers)
        answer(
            evidence_title(found, spoken),
            tuple(evidence_sections(found, spoken)),
            as_data(found),
            spoken,
            about=loaded.about,
            to=to,
            json=json,
            quiet=data.quiet,
        )


def _found(
    model: Model, data: Data, outcomes: list[str], horizon: int, survey: tuple[Answer, ...]
) -> past.Evidence:
    source = data.source_with_leads(model)
    on = options.day_of(data.as_of, model) if data.as_of else None
    with data.session() as session:
        return while_working(
            session,
            _("Asking the past"),
            lambda: past.evidence(
                session,
                model,
                options.day_of(None, model),
                leads=source.leads,
                accounts=source.accounts,
                events=source.events,
                outcomes=outcomes,
                on=on,
                horizon=horizon,
                survey=survey,
                options=source.options,
                store=data.store,
            ),
            quiet=data.quiet,
        )
