"""`tamis explain`: one lead's score taken apart."""

from __future__ import annotations

from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import as_json, out, told
from tamis.cli.speech import LANGUAGE, _
from tamis.model.files import load_model
from tamis.reports.explain import explain as taken_apart
from tamis.reports.terminal import explanation_view


@takes_data
def explain(
    model: options.ModelFile,
    lead: Annotated[
        str, typer.Argument(metavar="LEAD", help=_("Id of the lead."), show_default=False)
    ],
    *,
    data: Data,
    adjustments: options.Adjustments = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Take one lead's score apart: each rule, what decay and caps took, what is missing."""
    with told(), data.scored(load_model(model), adjustments=adjustments) as result:
        explanation = taken_apart(result, lead, options.language_of(language))
        if json:
            as_json(explanation.to_json())
        else:
            out.print(explanation_view(explanation))
