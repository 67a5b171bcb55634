"""`tamis alignment`: the report that marketing and sales agreed on, from a server's store."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.call import Call, on_store
from tamis.cli.output import answer, refuse_unless_page
from tamis.cli.speech import _
from tamis.errors import UsageError

First = Annotated[
    str | None, typer.Option("--from", metavar="DAY", help=_("First day; default: 90 days in all."))
]
Last = Annotated[
    str | None, typer.Option("--to", metavar="DAY", help=_("Last day; default: today."))
]


@on_store
def alignment(
    *,
    model: options.ActiveModel = None,
    first: First = None,
    last: Last = None,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="cell|source|campaign|product|owner",
            help=_("Tell conversion by this; default: by each of them."),
        ),
    ] = None,
    follow: Annotated[
        str | None,
        typer.Option(
            metavar="DAYS",
            help=_("Follow each lead so long, as 90d; default: to the end of the period."),
        ),
    ] = None,
    html: options.Page = None,
    call: Call,
) -> None:
    """Report conversion, time, service levels, value: what both sides agreed to count."""
    with call.server() as server:
        from tamis.server.alignment.ask import aligned  # noqa: PLC0415 (the server's packages)
        from tamis.server.alignment.sections import (  # noqa: PLC0415
            alignment_sections,
            alignment_title,
        )

        spoken = call.language
        refuse_unless_page(html)
        if html is not None:
            options.refuse_unwritable(html)
        days = None if follow is None else options.days_of(follow, "--follow")
        begin, end = day_written(first, "--from"), day_written(last, "--to")
        with server.database.read() as connection:
            found = aligned(connection, server.clock, model, begin, end, days, by)
        answer(
            alignment_title(found, spoken),
            tuple(alignment_sections(found, spoken)),
            found.to_json(spoken),
            spoken,
            about=found.model.about,
            to=html,
            json=call.json,
            quiet=call.quiet,
        )


def day_written(text: str | None, option: str) -> date | None:
    """The day of an option; None where it is not given. Raises: UsageError."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        said = _("{option}: `{text}` is no day: write it as 2026-11-21")
        raise UsageError(said.format(option=option, text=text)) from error
