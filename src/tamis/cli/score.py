"""`tamis score`: the verdicts of a model over your data, shown and written."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import as_json, out, show, told
from tamis.cli.speech import LANGUAGE, _
from tamis.errors import UsageError
from tamis.language import day, number, translator
from tamis.model.files import load_model
from tamis.reports import named as named_report
from tamis.reports.figures import first_leads, grid, silent_rules
from tamis.reports.page import counts
from tamis.reports.phrases import kept_matches
from tamis.reports.terminal import Leads, grid_table, harmless
from tamis.run import Result

PRINTED = ("csv", "jsonl")


@takes_data
def score(
    model: options.ModelFile,
    *,
    data: Data,
    engine: options.EngineName = "duckdb",
    master: options.Master = None,
    to: options.OutFile = None,
    contributions: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Write what each rule gave each lead."))
    ] = None,
    account_scores: Annotated[
        Path | None, typer.Option(metavar="FILE", help=_("Write one row per account."))
    ] = None,
    named: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=_("Show these accounts: an id, domain or name a line.")),
    ] = None,
    top: Annotated[int, typer.Option(min=0, help=_("How many leads to show."))] = 20,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="KIND", help=_("Print all scores instead, as csv or jsonl.")
        ),
    ] = None,
    json: options.Json = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Score leads: show the grid and whom to call first, write scores to files."""
    with told():
        spoken = options.language_of(language)
        files = options.output_files(
            scores=to, contributions=contributions, accounts=account_scores
        )
        if format_ not in (None, *PRINTED):
            message = f"unknown format `{format_}`: there is {' and '.join(PRINTED)}"
            raise UsageError(message)
        loaded = load_model(model)
        if account_scores and loaded.accounts is None:
            message = _("the model has no section `accounts:`, so there are no account scores")
            raise UsageError(message)
        with data.scored(loaded, files.values(), engine=engine, master=master) as result:
            for relation, path in files.items():
                getattr(result, relation).write(path)
            if format_:
                sys.stdout.writelines(result.scores.lines("csv" if format_ == "csv" else "jsonl"))
            elif json:
                as_json(summary(result, top, spoken))
            elif not data.quiet:
                show(overview(result, top, spoken))
            if named and not data.quiet:
                found = named_report.named_accounts(result, named_report.read_names(named))
                out.print(named_report.shown(found, spoken))


def overview(result: Result, top: int, language: str) -> Iterator[RenderableType]:
    """What a run says on a terminal: what was read, the grid, the leads to call first."""
    read = ", ".join(
        f"{number(count, language)} {label}" for label, count in counts(result, language)
    )
    _, model = translator(language), result.model
    said = _("{name} version {version}, {day}: {read}")
    name, on = harmless(model.name), day(result.as_of, language)
    yield Text(said.format(name=name, version=model.version, day=on, read=read))
    if result.store:
        yield Text(
            kept_matches(result.store, language), style="yellow" if result.store.refused else "dim"
        )
    cells = grid(result)
    if cells:
        yield grid_table(cells, model, language)
    if top:
        yield Leads(first_leads(result, top, language), model, language)
    silent = silent_rules(result)
    if silent:
        said = _("{silent} of {all} rules gave points to nobody; `tamis inventory` shows why.")
        yield Text(said.format(silent=len(silent), all=len(model.rules)), style="yellow")


def summary(result: Result, top: int, language: str) -> dict[str, object]:
    """The same for programs: counts, cells, and the leads to call first with their reasons."""
    cells = grid(result)
    return {
        "model": result.model.name,
        "version": result.model.version,
        "as_of": result.as_of,
        "counts": vars(result.counts),
        "store": vars(result.store) if result.store else None,
        "cells": {cell.name: cell.leads for cell in cells.cells.values()} if cells else {},
        "leads": [
            {**lead.verdict, "reasons": [str(reason) for reason in lead.reasons]}
            for lead in first_leads(result, top, language)
        ],
    }
