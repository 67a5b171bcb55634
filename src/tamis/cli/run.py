"""`tamis run`: a job for a scheduler."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import as_json, out, told
from tamis.cli.score import merged_rows
from tamis.cli.speech import LANGUAGE, _
from tamis.history.hold import BusyError
from tamis.jobs.into_tables import Merged
from tamis.jobs.job_file import load_job
from tamis.jobs.run_job import Ran, Written, run_job
from tamis.language import number
from tamis.model.files import load_model

BUSY = 3
"""The exit status when another run of the job is at work."""


def run(
    job: Annotated[
        Path, typer.Argument(metavar="JOB", help=_("Job file (YAML)."), show_default=False)
    ],
    *,
    as_of: options.AsOf = None,
    again: Annotated[
        bool, typer.Option("--again", help=_("Write the day anew, though it is written already."))
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Score a day and write it; a second run of the same job and day does nothing.

    Exit status: 0 done or nothing to do, 1 a problem found, 2 a call that cannot be meant,
    3 another run of the job is at work.
    """
    with told():
        spoken = options.language_of(language)
        loaded = load_job(job)
        day = options.day_of(as_of, load_model(loaded.model))
        try:
            ran = run_job(loaded, day, again=again)
        except BusyError as error:
            out.print(str(error), markup=False)
            raise typer.Exit(BUSY) from error
        if json:
            as_json(ran.to_json())
        elif not quiet:
            out.print(said(ran, spoken), markup=False)


def said(ran: Ran, language: str) -> str:
    """What was done, in words."""
    later = [
        _later(ran, one) for one in ran.outputs.values() if isinstance(one, Merged) and one.holds
    ]
    if ran.nothing_to_do and not later:
        return _("{day}: nothing to do, it is written already (--again writes it anew).").format(
            day=ran.day
        )
    lines = [
        _("{day}: {rows} rows in {path}").format(
            day=ran.day, rows=number(one.rows, language), path=one.path
        )
        if isinstance(one, Written)
        else f"{ran.day}: {merged_rows(one, language)}"
        for one in ran.outputs.values()
        if not one.before
    ]
    return "\n".join([*lines, *later])


def _later(ran: Ran, one: Merged) -> str:
    said = _("{day}: {table} holds the later day {held}, which stays (--again writes over it)")
    return said.format(day=ran.day, table=one.table, held=one.holds)
