"""`tamis inventory`: the events, pages and fields in the data, and which rule scores them."""

from __future__ import annotations

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import as_json, out, told
from tamis.cli.speech import LANGUAGE
from tamis.model.files import load_model
from tamis.reports import inventory as report


@takes_data
def inventory(
    model: options.ModelFile,
    *,
    data: Data,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """List the events, pages and fields found in the data, and which rules score them."""
    with told():
        spoken = options.language_of(language)
        with data.scored(load_model(model)) as result:
            found = report.inventory(result)
        if json:
            as_json(found.to_json())
        else:
            out.print(report.shown(found, spoken))
