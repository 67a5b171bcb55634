"""`tamis backup`: a copy of a server's store, made while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import tell, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, unopened
from tamis.errors import UserError
from tamis.reports.terminal import harmless


def backup(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help=_("File of the copy."), show_default=False),
    ],
    *,
    store: Store = DEFAULT,
    force: Annotated[
        bool, typer.Option("--force", help=_("Replace the file if it is there already."))
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Copy a store into a file, whole or not at all."""
    with told():
        options.language_of(language)
        options.refuse_unwritable(file)
        if file.exists() and not force:
            said = _("{path} is there already").format(path=file)
            raise UserError(said, hint=_("give another name, or --force"))
        with unopened(store) as database:
            from tamis.server.operation.backup import back_up  # noqa: PLC0415 (the server's)

            made = back_up(database, file)
        facts = {"file": file, "bytes": made.size, "version": made.version}
        tell(harmless(_("Wrote {path}.").format(path=file)), facts, json=json, quiet=quiet)
