"""`tamis quality`: how good the data are that a server's model asks for."""

from __future__ import annotations

from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.call import Call, on_store
from tamis.cli.output import answer, refuse_unless_page
from tamis.cli.speech import _


@on_store
def quality(
    *,
    model: options.ActiveModel = None,
    days: Annotated[
        int, typer.Option(min=1, max=3650, help=_("Days of messages put aside that count."))
    ] = 90,
    html: options.Page = None,
    call: Call,
) -> None:
    """Count fields that are missing, invalid, corrected later or stale, by source of the lead."""
    with call.server() as server:
        from msgspec import to_builtins  # noqa: PLC0415 (the server's packages)

        from tamis.server.feedback import quality as counted  # noqa: PLC0415
        from tamis.server.feedback.sections import (  # noqa: PLC0415
            quality_sections,
            quality_title,
        )
        from tamis.server.read.catalogue import asked  # noqa: PLC0415

        spoken = call.language
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
            json=call.json,
            quiet=call.quiet,
        )
