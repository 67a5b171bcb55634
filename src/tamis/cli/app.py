"""The `tamis` command: its subcommands, in the order of a first day's work."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any

# First of all: Typer reads the language when it is imported.
from tamis.cli.speech import _  # isort: skip

import typer
from typer.main import get_command

from tamis import __version__
from tamis.cli.worded import Command, Group

COMMANDS: Mapping[str, str] = {
    "demo": _("Generate a company, score its leads, show whom to call first."),
    "init": _("Write a first model: a template, or a draft from your data."),
    "check": _("Say what is wrong with a model."),
    "score": _("Score leads: the grid, whom to call first, files of scores."),
    "matches": _("Keep what rules counted, for quick scores later."),
    "explain": _("Take one lead's score apart."),
    "report": _("Write a report with pictures."),
    "sheet": _("Explain the mechanics of a model on a printable page."),
    "inventory": _("List events, pages and fields in the data, and their rules."),
    "diff": _("Say what changed between two models."),
    "what-if": _("Try another model: who moves, why, and what it does to the work."),
    "holdout": _("Keep a share of hand-offs aside, to measure what scoring brings."),
    "backtest": _("Ask a model on past days, and read what became of its leads."),
    "evidence": _("Hold a model against outcomes: which rules and form fields earn their place."),
    "train": _("Learn from outcomes a model that a person can read."),
    "learned": _("Learned models: judge them, hold them beside the rules, watch them."),
    "assess": _("Say whether scoring pays yet, and what to collect first."),
    "run": _("Run a job for a scheduler: a day scored and written once."),
    "sql": _("Print the SQL of a model."),
    "serve": _("Run the live server: events in, scores out."),
    "import": _("Bring files of leads, accounts, events and outcomes into a server's store."),
    "export": _("Write everything a server's store holds to files."),
    "models": _("Models of a server: versions, approvals, activation."),
    "lead": _("Where a lead stands: read it, move it, record answers, hold it."),
    "work": _("Work of a server: who has what, who gets it, who is away."),
    "alignment": _("Report what marketing and sales agreed to count: conversion, time, value."),
    "quality": _("Say how good the data are that a model asks for."),
    "quarantine": _("Messages that a server put aside: list, show, replay, drop."),
    "targets": _("Systems that a server tells what happens: list, test, dead letters."),
    "person": _("Everything about one person: export, erase, consent."),
    "user": _("People who use a server."),
    "key": _("Keys of programs that use a server."),
    "backup": _("Copy a server's store while it runs."),
    "restore": _("Put a copy of a server's store back."),
    "doctor": _("Say what is wrong with a server and what to do."),
}
"""The subcommands and what each is for; each a function, or several, in a module of its name."""


class Commands(Group):
    """The subcommands, each imported when it is asked for: a command starts in half the time."""

    def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 (Click calls it so)
        """The names, in the order of help."""
        return list(COMMANDS)

    def get_command(self, ctx: object, cmd_name: str) -> Command | Group | None:  # noqa: ARG002
        """A subcommand, or None for a word that is none."""
        if cmd_name not in COMMANDS:
            return None
        alone, module = typer.Typer(**STYLE), cmd_name.replace("-", "_")
        # `import` is a word of Python: its module has another name.
        module = {"import": "import_files"}.get(module, module)
        found = getattr(import_module(f"tamis.cli.{module}"), module)
        if isinstance(found, typer.Typer):
            return _group(cmd_name, found)
        alone.command(name=cmd_name, cls=Command, help=COMMANDS[cmd_name])(found)
        made = get_command(alone)
        assert isinstance(made, Command)
        return made


def _group(name: str, several: typer.Typer) -> Group:
    """Commands under one word, as `tamis key add`."""
    made = get_command(several)
    assert isinstance(made, Group)
    made.name, made.help = name, COMMANDS[name]
    return made


STYLE: Mapping[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": "rich",
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["--help", "-h"]},
}
app = typer.Typer(
    name="tamis",
    cls=Commands,
    help=_("Which leads to call, in which order, and why."),
    no_args_is_help=True,
    **{**STYLE, "add_completion": True},
)


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
