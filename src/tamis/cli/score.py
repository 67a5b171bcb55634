"""`tamis score`: the verdicts of a model over your data, shown and written."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import RenderableType
from rich.text import Text

from tamis.cli import options
from tamis.cli.data import Data, takes_data
from tamis.cli.output import as_json, out, show, told
from tamis.cli.speech import LANGUAGE, _
from tamis.errors import UsageError
from tamis.jobs.into_tables import WRITERS, Gone, Into, Merged, Output, tables_to_write
from tamis.language import day, number, translator
from tamis.model.files import load_model
from tamis.reports import named as named_report
from tamis.reports.figures import first_leads, grid, silent_rules
from tamis.reports.page import counts
from tamis.reports.phrases import kept_matches
from tamis.reports.terminal import Leads, grid_table, harmless
from tamis.run import Result
from tamis.sources.in_place import AT_ADDRESSES
from tamis.sources.paths import is_address, named_table

PRINTED = ("csv", "jsonl")


@takes_data
def score(
    model: options.ModelFile,
    *,
    data: Data,
    adjustments: options.Adjustments = None,
    engine: options.EngineName = "duckdb",
    master: options.Master = None,
    to: options.OutPlace = None,
    contributions: Annotated[
        str | None, typer.Option(metavar="FILE", help=_("Write what each rule gave each lead."))
    ] = None,
    account_scores: Annotated[
        str | None, typer.Option(metavar="FILE", help=_("Write one row per account."))
    ] = None,
    gone: Annotated[
        str | None,
        typer.Option(
            metavar="keep|delete",
            help=_("Rows of a table whose leads are gone: keep (default) or delete."),
        ),
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
        places = {"scores": to, "contributions": contributions, "accounts": account_scores}
        files = options.output_files(**places)
        folders = folders_at(places, engine)
        into = tables_into(places, engine, gone)
        if format_ not in (None, *PRINTED):
            message = f"unknown format `{format_}`: there is {' and '.join(PRINTED)}"
            raise UsageError(message)
        loaded = load_model(model)
        if account_scores and loaded.accounts is None:
            message = _("the model has no section `accounts:`, so there are no account scores")
            raise UsageError(message)
        with data.scored(
            loaded,
            files.values(),
            engine=engine,
            master=master,
            into=into,
            adjustments=adjustments,
        ) as result:
            for relation, path in files.items():
                getattr(result, relation).write(path)
            for relation, address in folders.items():
                getattr(result, relation).write_folder(address)
            merged = merge(result, into)
            if format_:
                sys.stdout.writelines(result.scores.lines("csv" if format_ == "csv" else "jsonl"))
            elif json:
                as_json(summary(result, top, spoken) | _tables_told(merged))
            elif not data.quiet:
                show(overview(result, top, spoken))
                show(Text(merged_rows(one, spoken)) for one in merged.values())
            if named and not data.quiet:
                found = named_report.named_accounts(result, named_report.read_names(named))
                out.print(named_report.shown(found, spoken))


def folders_at(places: Mapping[str, str | None], engine: str) -> dict[str, str]:
    """The results that workers write to folders at addresses. Raises: UsageError."""
    found = {name: place for name, place in places.items() if place and is_address(place)}
    for address in found.values() if engine not in AT_ADDRESSES else ():
        said = _("{address} is an address: write there with --engine {engines}")
        raise UsageError(said.format(address=address, engines=", ".join(AT_ADDRESSES)))
    return found


def tables_into(
    places: Mapping[str, str | None], engine: str, gone: str | None
) -> dict[Output, Into]:
    """The results that go into tables, which are made where they are missing. Raises: UsageError.

    They are tables of the server that scores.
    """
    named_ = {name: table for name, place in places.items() if (table := named_table(place or ""))}
    if gone not in (None, "keep", "delete"):
        raise UsageError(_("--gone: `{text}` is neither keep nor delete").format(text=gone))
    if gone and not named_:
        raise UsageError(_("--gone is for results that go into a table, as --out table:NAME"))
    for table in named_.values() if engine not in WRITERS else ():
        said = _("{table} is a table of a server: write to it with --engine {engines}")
        raise UsageError(said.format(table=table, engines=", ".join(WRITERS)))
    kept = cast(Gone, gone or "keep")
    return {cast(Output, name): Into(t, kept, create=True) for name, t in named_.items()}


def merge(result: Result, into: Mapping[Output, Into]) -> dict[Output, Merged]:
    """Results merged into their tables, all in one transaction."""
    if not into:
        return {}
    tables = tables_to_write(result.session, result.model.name, into, (), noting=False)
    return tables.write(result, list(into), None)


def merged_rows(one: Merged, language: str) -> str:
    """What was done to a table, in words."""
    said = _("{table}: {rows} rows: {added} new, {changed} changed, {deleted} deleted")
    counts = {"rows": one.rows, "added": one.added, "changed": one.changed, "deleted": one.deleted}
    shown = {name: number(count, language) for name, count in counts.items()}
    return said.format(table=one.table, **shown)


def _tables_told(merged: Mapping[Output, Merged]) -> dict[str, object]:
    told_ = {name: one.to_json() for name, one in merged.items()}
    return {"tables": told_} if told_ else {}


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
