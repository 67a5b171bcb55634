"""`tamis export`: what a server's store holds, as files that `tamis score` reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tamis.cli import options
from tamis.cli.output import as_json, out, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import DEFAULT, Store, opened
from tamis.errors import UsageError
from tamis.files import whole_file
from tamis.language import number

if TYPE_CHECKING:
    from tamis.server.server import Server


def export(
    *,
    store: Store = DEFAULT,
    to: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="DIR", help=_("Folder of the files; made if need be.")),
    ],
    kind: Annotated[
        str, typer.Option("--format", metavar="parquet|csv", help=_("Kind of the files."))
    ] = "parquet",
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME", help=_("The model whose fields are written.")),
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--everything", help=_("Write every table as it is kept, for no model.")),
    ] = False,
    for_spreadsheet: Annotated[
        bool,
        typer.Option(
            "--for-spreadsheet", help=_("Make texts harmless that a spreadsheet would calculate.")
        ),
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Write leads, accounts, events, outcomes and manual points as a batch reads them."""
    with told():
        spoken = options.language_of(language)
        if kind not in ("parquet", "csv"):
            raise UsageError(
                _("unknown format `{kind}`: there is parquet and csv").format(kind=kind)
            )
        if for_spreadsheet and kind != "csv":
            raise UsageError(_("--for-spreadsheet is for --format csv"))
        if everything and model is not None:
            raise UsageError(_("--everything is for no model: give one of both"))
        with opened(store) as server:
            name = None if everything else _model(server, model)
            rows = written(server, to, kind, name, for_spreadsheet=for_spreadsheet)
        if json:
            as_json({"folder": to, "format": kind, "model": name, "rows": rows})
        elif not quiet:
            for table, n in rows.items():
                path = to / f"{table}.{kind}"
                said = _("{path}: rows: {n}").format(path=path, n=number(n, spoken))
                out.print(said, markup=False)


def _model(server: Server, name: str | None) -> str:
    """The name of the model that is meant. Raises: Problem."""
    from tamis.server.read.catalogue import asked  # noqa: PLC0415 (the server's packages)

    with server.database.read() as connection:
        return asked(connection, None, name).name


def written(
    server: Server, folder: Path, kind: str, model: str | None, *, for_spreadsheet: bool = False
) -> dict[str, int]:
    """Write the tables, all as one transaction sees them; gives the rows of each.

    Without a model: every table as it is kept.
    """
    from tamis.server.read.catalogue import asked  # noqa: PLC0415 (the server's packages)
    from tamis.server.read.export_facts import facts  # noqa: PLC0415
    from tamis.server.read.export_files import write_csv, write_parquet  # noqa: PLC0415
    from tamis.server.read.export_tables import KEPT  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    with server.database.read() as connection:
        tables = KEPT if model is None else facts(asked(connection, None, model).model)
        for name, table in tables.items():
            pages = table.pages(connection)
            with whole_file(folder / f"{name}.{kind}") as path:
                if kind == "csv":
                    n = write_csv(table, pages, path, for_spreadsheet=for_spreadsheet)
                else:
                    n = write_parquet(table, pages, path)
            rows[name] = n
    return rows
