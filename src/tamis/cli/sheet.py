"""`tamis sheet`: the mechanics of a model on a printable page."""

from __future__ import annotations

from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import out, told, write_text
from tamis.cli.speech import LANGUAGE, _
from tamis.model.files import load_model
from tamis.reports.sheet import sheet as made_sheet


def sheet(
    model: options.ModelFile,
    *,
    card: Annotated[bool, typer.Option("--card", help=_("The card for scoring by hand."))] = False,
    to: options.OutFile = None,
    language: options.Language = LANGUAGE,
) -> None:
    """Write one printable page (HTML) that explains the whole mechanics to marketing and sales."""
    with told():
        path = to or model.with_suffix(".card.html" if card else ".sheet.html")
        options.refuse_unwritable(path)
        options.refuse_overwriting([path], [model])
        html = made_sheet(load_model(model), options.language_of(language), card=card)
        write_text(path, html)
        out.print(_("Wrote {path}.").format(path=path))
