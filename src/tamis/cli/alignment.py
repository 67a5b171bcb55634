"""`tamis alignment`: the report that marketing and sales agreed on, from a server's store."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import answer, refuse_unless_page, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, opened
from tamis.errors import UsageError

Model = Annotated[
    str | None, typer.Option(metavar="NAME", help=_("The model; needed where several are active."))
]
First = Annotated[
    str | None, typer.Option("--from", metavar="DAY", help=_("First day; default: 90 days in all."))
]
Last = Annotated[
    str | None, typer.Option("--to", metavar="DAY", help=_("Last day; default: today."))
]


def alignment(
    *,
    model: Model = None,
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
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help=_("Write the page to this file."))
    ] = None,
    store: Store = DEFAULT,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Report conversion, time, service levels, value: what both sides agreed to count."""
    with told(), opened(store) as server:
        from tamis.server.alignment.ask import aligned  # noqa: PLC0415 (the server's packages)
        from tamis.server.alignment.sections import (  # noqa: PLC0415
            alignment_sections,
            alignment_title,
        )

        spoken = options.language_of(language)
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
            json=json,
            quiet=quiet,
        )


def day_written(text: str | None, option: str) -> date | None:
    """The day of an option; None where it is not given. Raises: UsageError."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        said = _("{option}: `{text}` is no day: write it as 2026-11-21")
        raise UsageError(said.format(option=option, text=text)) from error
