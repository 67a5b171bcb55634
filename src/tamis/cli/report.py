"""`tamis report`: the HTML page of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import out, told, write_text
from tamis.cli.speech import LANGUAGE, _
from tamis.model.files import load_model
from tamis.reports.page import page


@takes_data
def report(
    model: options.ModelFile,
    *,
    data: Data,
    to: Annotated[
        Path, typer.Option("--out", "-o", metavar="FILE", help=_("Write to this file."))
    ] = Path("report.html"),
    language: options.Language = LANGUAGE,
) -> None:
    """Write a report with pictures: grid, distribution, funnel, rules, whom to call first."""
    with told():
        spoken = options.language_of(language)
        with data.scored(load_model(model), [to]) as result:
            write_text(to, page(result, spoken))
        if not data.quiet:
            out.print(_("Wrote {path}.").format(path=to))
