"""`tamis backup`: a copy of a server's store, made while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import as_json, out, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, refuse_without_packages


def backup(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help=_("File of the copy."), show_default=False),
    ],
    *,
    store: Store = DEFAULT,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Copy a store into a file, whole or not at all."""
    with told():
        refuse_without_packages()
        from tamis.server.operation.backup import back_up  # noqa: PLC0415 (the server's packages)
        from tamis.server.store.database import Database  # noqa: PLC0415

        options.language_of(language)
        options.refuse_unwritable(file)
        database = Database(store)
        try:
            made = back_up(database, file)
        finally:
            database.close()
        if json:
            as_json({"file": file, "bytes": made.size, "version": made.version})
        elif not quiet:
            out.print(_("Wrote {path}.").format(path=file), markup=False)
