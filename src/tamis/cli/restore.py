"""`tamis restore`: a copy of a store put back, with the server stopped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import as_json, out, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, unopened


def restore(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help=_("A copy that `tamis backup` made."), show_default=False
        ),
    ],
    *,
    store: Store = DEFAULT,
    force: Annotated[
        bool,
        typer.Option("--force", help=_("Replace what is in the store; a SQLite file is kept.")),
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Put a copy into a store, which must be empty or is replaced by force."""
    with told():
        options.language_of(language)
        with unopened(store) as database:
            from tamis.server.clock import SystemClock  # noqa: PLC0415 (the server's packages)
            from tamis.server.operation import backup  # noqa: PLC0415

            aside = backup.restore(database, file, SystemClock(), force=force)
        if json:
            as_json({"file": file, "kept": aside})
        elif not quiet:
            out.print(_("The store is as in {path}.").format(path=file), markup=False)
            if aside:
                said = _("What was there is kept as {path}: remove it when it is of no more use.")
                out.print(said.format(path=aside), markup=False)
