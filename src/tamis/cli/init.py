"""`tamis init`: a first model, from a template or from the data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import out, told, write_text
from tamis.cli.speech import _
from tamis.engines.registry import open_session
from tamis.errors import UsageError, UserError
from tamis.model.templates import template_names, template_text
from tamis.reports.draft import draft
from tamis.sources.options import TableName
from tamis.sources.raw import raw_tables


def init(
    template: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEMPLATE]", help=_("Name of a template; without one, they are listed.")
        ),
    ] = None,
    *,
    from_data: Annotated[
        bool, typer.Option("--from-data", help=_("Draft the model from the data given."))
    ] = False,
    leads: options.Leads = None,
    accounts: options.Accounts = None,
    events: options.Events = None,
    to: options.OutFile = None,
    force: Annotated[
        bool, typer.Option("--force", help=_("Replace the file if it is there."))
    ] = False,
) -> None:
    """Write a first model file: a template, or a draft made from your data."""
    with told():
        if from_data:
            _write(_drafted(leads, accounts, events), to or Path("model.yaml"), force=force)
        elif template is None:
            _list_templates()
        else:
            _write(template_text(template), to or Path(f"{template}.yaml"), force=force)


def _list_templates() -> None:
    out.print(_("Templates, for `tamis init NAME`:"))
    for name in template_names():
        about = next(line for line in template_text(name).splitlines() if line.startswith("about:"))
        out.print(f"  [bold]{name:<14}[/] {about.removeprefix('about:').strip()}")


def _drafted(leads: list[str] | None, accounts: list[str] | None, events: list[str] | None) -> str:
    if leads is None:
        message = _("--from-data needs --leads FILE")
        raise UsageError(message)
    tables: dict[TableName, list[str] | None] = {
        "leads": leads,
        "accounts": accounts,
        "events": events,
    }
    with open_session() as session:
        return draft(session, raw_tables(session, {n: t for n, t in tables.items() if t}))


def _write(text: str, path: Path, *, force: bool) -> None:
    options.refuse_unwritable(path)
    if path.exists() and not force:
        raise UserError(
            _("{path} is there already").format(path=path),
            hint=_("give another name with --out, or --force"),
        )
    write_text(path, text)
    out.print(_("Wrote {path}. Next: tamis check {path}").format(path=path))
