"""`tamis demo`: the whole job on a generated company."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import out, show, told, while_working, write_text
from tamis.cli.score import overview
from tamis.cli.speech import LANGUAGE, _
from tamis.company import generate
from tamis.engines.duckdb import DuckDB
from tamis.language import number
from tamis.model.files import load_model
from tamis.model.templates import template_text
from tamis.reports.page import page
from tamis.run import run

UNTIL = date(2026, 11, 20)
EVENTS_PER_LEAD = 40
SOURCE = """\
# Where the data are; the paths count from this folder.
leads: {file: company/leads.parquet}
accounts: {file: company/accounts.parquet}
events: {file: company/events/*.parquet}
"""


def demo(
    *,
    folder: Annotated[
        Path, typer.Option(metavar="DIR", help=_("Where to put the generated company."))
    ] = Path("tamis-demo"),
    leads: Annotated[int, typer.Option(min=1, help=_("How many leads to generate."))] = 5_000,
    template: Annotated[str, typer.Option(help=_("Template of the model."))] = "b2b",
    seed: Annotated[int, typer.Option(help=_("Another seed makes another company."))] = 1,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Generate a company, score its leads, show whom to call first, write a report."""
    with told():
        spoken = options.language_of(language)
        model_file = folder / "model.yaml"
        folder.mkdir(parents=True, exist_ok=True)
        write_text(model_file, template_text(template))
        write_text(folder / "source.yaml", SOURCE)
        with DuckDB() as session:
            company = while_working(
                session,
                _("Generating a company"),
                lambda: generate(
                    session,
                    folder / "company",
                    leads=leads,
                    events_per_lead=EVENTS_PER_LEAD,
                    until=UNTIL,
                    seed=seed,
                    reuse=True,
                ),
                quiet=quiet,
            )
            started = perf_counter()
            result = while_working(
                session,
                _("Scoring"),
                lambda: run(
                    session,
                    load_model(model_file),
                    UNTIL,
                    leads=company.leads_file,
                    accounts=company.accounts_file,
                    events=company.event_files,
                ),
                quiet=quiet,
            )
            result.scores.write(folder / "scores.parquet")
            seconds = perf_counter() - started
            if not quiet:
                show(overview(result, 20, spoken))
            write_text(folder / "report.html", page(result, spoken))
        if not quiet:
            said = _("Scored in {seconds} s. Written to {folder}:")
            out.print(
                "\n" + said.format(seconds=number(seconds, spoken, decimals=1), folder=folder)
            )
            for name in ("model.yaml", "source.yaml", "scores.parquet", "report.html"):
                out.print(f"  {folder / name}")
            out.print(_("Next: open report.html; then `tamis init --help`, for your own data."))
