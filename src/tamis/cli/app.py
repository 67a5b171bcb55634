"""The `tamis` command: its subcommands, in the order of a first day's work."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Callable, Mapping
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

COMMANDS: Mapping[Callable[..., None], str] = {
    demo: _("Generate a company, score its leads, show whom to call first."),
    init: _("Write a first model: a template, or a draft from your data."),
    check: _("Say what is wrong with a model."),
    score: _("Score leads: the grid, whom to call first, files of scores."),
    explain: _("Take one lead's score apart."),
    report: _("Write a report with pictures."),
    sheet: _("Explain the mechanics of a model on a printable page."),
    inventory: _("List events, pages and fields in the data, and their rules."),
    diff: _("Say what changed between two models."),
    sql: _("Print the SQL of a model."),
}
"""The subcommands and what each is for."""

app = typer.Typer(
    name="tamis",
    help=_("Which leads to call, in which order, and why."),
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)
for command, purpose in COMMANDS.items():
    app.command(name=command.__name__, help=purpose)(command)


def _tell_version(asked: bool) -> None:  # noqa: FBT001 (Typer calls it so)
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def tamis(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help=_("Print the version.")
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def run() -> None:
    """Run the command line; a closed pipe ends it without a word."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that lacks a sign shows another one in its place.
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + signal.SIGPIPE)
