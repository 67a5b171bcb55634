"""The `tamis` command: its subcommands, in the order of a first day's work."""

from __future__ import annotations

from typing import Annotated

# First of all: Typer reads the language when it is imported.
from tamis.cli.speech import _  # isort: skip

import typer

from tamis import __version__
from tamis.cli.check import check
from tamis.cli.demo import demo
from tamis.cli.diff import diff
from tamis.cli.explain import explain
from tamis.cli.init import init
from tamis.cli.inventory import inventory
from tamis.cli.report import report
from tamis.cli.score import score
from tamis.cli.sheet import sheet
from tamis.cli.sql import sql

COMMANDS = (demo, init, check, score, explain, report, sheet, inventory, diff, sql)

app = typer.Typer(
    name="tamis",
    help=_("Which leads to call, in which order, and why."),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
for command in COMMANDS:
    app.command(name=command.__name__, help=_(command.__doc__ or ""))(command)


@app.callback()
def tamis(
    version: Annotated[bool, typer.Option("--version", help=_("Print the version."))] = False,
) -> None:
    """Say the version when asked for it."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line."""
    app()
