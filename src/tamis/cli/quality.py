"""`tamis quality`: how good the data are that a server's model asks for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import answer, refuse_unless_page, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, opened


def quality(
    *,
    model: Annotated[
        str | None,
        typer.Option(metavar="NAME", help=_("The model; needed where several are active.")),
    ] = None,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help=_("Days of messages put aside that count."))
    ] = 90,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help=_("Write the page to this file."))
    ] = None,
    store: Store = DEFAULT,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Count fields that are missing, invalid, corrected later or stale, by source of the lead."""
    with told(), opened(store) as server:
        from msgspec import to_builtins  # noqa: PLC0415 (the server's packages)

        from tamis.server.feedback import quality as counted  # noqa: PLC0415
        from tamis.server.feedback.sections import (  # noqa: PLC0415
            quality_sections,
            quality_title,
        )
        from tamis.server.read.catalogue import asked  # noqa: PLC0415

        spoken = options.language_of(language)
        refuse_unless_page(html)
        if html is not None:
            options.refuse_unwritable(html)
        with server.database.read() as connection:
            meant = asked(connection, None, model).model
            found = counted.quality(connection, meant, server.micros, days)
        answer(
            quality_title(found, spoken),
            tuple(quality_sections(found, spoken)),
            to_builtins(found),
            spoken,
            about=meant.about,
            to=html,
            json=json,
            quiet=quiet,
        )
