"""`tamis serve`: the live server."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Annotated, Any

import typer

from tamis.cli import options
from tamis.cli.output import out, told
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import reaching, refuse_without_packages


def serve(
    *,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="URL",
            help=_("Where everything is kept: a file for SQLite, or the URL of a PostgreSQL."),
        ),
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", help=_("Address to listen at; 0.0.0.0 for all."))
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help=_("Port; 0 for any free one."))
    ] = None,
    path: Annotated[
        str | None,
        typer.Option("--path", help=_("Prefix under which a proxy shows the server, as /tamis.")),
    ] = None,
    language: options.Language = LANGUAGE,
) -> None:
    """Run the live server until Ctrl-C: events in, scores out, nothing lost.

    Every option is also a variable of the environment, as TAMIS_STORE; the documentation has more.
    """
    with told():
        options.language_of(language)
        refuse_without_packages()
        from tamis.server.clock import SystemClock  # noqa: PLC0415 (the extra `server`)
        from tamis.server.serve import serve as run  # noqa: PLC0415
        from tamis.server.settings import Settings  # noqa: PLC0415
        from tamis.web.app import application  # noqa: PLC0415

        settings = Settings().given(os.environ)
        given = {"store": store, "host": host, "port": port, "path": path}
        chosen: dict[str, Any] = {name: v for name, v in given.items() if v is not None}
        with reaching():
            run(replace(settings, **chosen), SystemClock(), _tell, application)


def _tell(address: str, link: str | None) -> None:
    out.print(_("Tamis listens at {address}").format(address=address), markup=False)
    if link:
        out.print(
            _("Nobody can log in yet. Make the first administrator here, once, within a day:")
        )
        out.print(f"  {link}", markup=False, soft_wrap=True)
