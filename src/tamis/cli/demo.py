"""`tamis demo`: the whole job on a generated company; with `--serve`, a server with its people."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from tamis.cli import options
from tamis.cli.output import err, out, refuse_given, show, told, while_working, write_text
from tamis.cli.score import overview
from tamis.cli.speech import LANGUAGE, _
from tamis.cli.store import refuse_without_packages
from tamis.company import Company, generate
from tamis.engines.duckdb import DuckDB
from tamis.files import private_files
from tamis.language import number
from tamis.model.files import load_model
from tamis.model.templates import template_text
from tamis.reports.page import page
from tamis.run import run

UNTIL = date(2026, 11, 20)
EVENTS_PER_LEAD = 40
LEADS = 5_000
LOG = "server.log"
STDERR = 2
Tell = Callable[[str, float], None]
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
    leads: Annotated[
        int | None,
        typer.Option(
            min=1, help=_("How many leads to generate; default: 5,000, with --serve 1,500.")
        ),
    ] = None,
    template: Annotated[
        str | None, typer.Option(help=_("Template of the model; default: b2b."))
    ] = None,
    seed: Annotated[int, typer.Option(help=_("Another seed makes another company."))] = 1,
    serve: Annotated[
        bool,
        typer.Option("--serve", help=_("Run the server on it, with people to log in as.")),
    ] = False,
    host: Annotated[
        str | None, typer.Option("--host", help=_("With --serve: address to listen at."))
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help=_("With --serve: port; 0 for any free one.")),
    ] = None,
    quiet: options.Quiet = False,
    language: options.Language = LANGUAGE,
) -> None:
    """Generate a company, score its leads, show whom to call first, write a report.

    With --serve: fill a server's store with a company at work, and run the server on it.
    """
    with told():
        spoken = options.language_of(language)
        if serve:
            refuse_given(_("the demonstration server has a model of its own"), template=template)
            _serve(folder, leads, seed, host, port, quiet=quiet)
            return
        refuse_given(_("nothing is served without --serve"), host=host, port=port)
        _score(folder, leads or LEADS, template or "b2b", seed, spoken, quiet=quiet)


# ---------------------------------------------------------------- scoring


def _score(
    folder: Path, leads: int, template: str, seed: int, language: str, *, quiet: bool
) -> None:
    model_file = folder / "model.yaml"
    folder.mkdir(parents=True, exist_ok=True)
    write_text(model_file, template_text(template))
    write_text(folder / "source.yaml", SOURCE)
    with DuckDB() as session:
        company = _generated(session, folder, leads, seed, quiet=quiet)
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
            show(overview(result, 20, language))
        write_text(folder / "report.html", page(result, language))
    if not quiet:
        _say_what_is_there(folder, seconds, language)


def _generated(session: DuckDB, folder: Path, leads: int, seed: int, *, quiet: bool) -> Company:
    return while_working(
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


def _say_what_is_there(folder: Path, seconds: float, language: str) -> None:
    said = _("Scored in {seconds} s. Written to {folder}:")
    out.print("\n" + said.format(seconds=number(seconds, language, decimals=1), folder=folder))
    for name in ("model.yaml", "source.yaml", "scores.parquet", "report.html"):
        out.print(f"  {folder / name}")
    out.print(_("Next: open report.html; then `tamis init --help`, for your own data."))
    out.print(_("`tamis demo --serve` (or `make demo-serve`) runs the application in a browser."))


# ---------------------------------------------------------------- serving


def _serve(
    folder: Path, leads: int | None, seed: int, host: str | None, port: int | None, *, quiet: bool
) -> None:
    refuse_without_packages()
    from tamis.demo.fill import LEADS, STORE, fill  # noqa: PLC0415 (the extra `server`)
    from tamis.server.clock import SystemClock  # noqa: PLC0415
    from tamis.server.serve import serve as run_server  # noqa: PLC0415
    from tamis.server.settings import Settings  # noqa: PLC0415
    from tamis.web.app import application  # noqa: PLC0415

    clock = SystemClock()
    with private_files(), _filling(quiet=quiet or (folder / STORE).exists()) as tell:
        store = fill(folder, clock.now(), leads=leads or LEADS, seed=seed, tell=tell)
    # Nothing is taken from the environment: what happens here is no other system's business.
    settings = Settings(store=str(store), demo=True)
    settings = replace(settings, host=host or settings.host)
    settings = settings if port is None else replace(settings, port=port)
    with _logging_to(store.with_name(LOG)):
        run_server(settings, clock, lambda address, _link: _tell(address, store), application)


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Let a file have what would flood a terminal; who sends it elsewhere has it there."""
    if not sys.stderr.isatty():
        yield
        return
    kept = os.dup(STDERR)
    try:
        with path.open("a", encoding="utf-8") as file:
            os.dup2(file.fileno(), STDERR)
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(kept)


def _tell(address: str, store: Path) -> None:
    """Where it is, whom to log in as, and how it ends."""
    from tamis.demo.people import PASSWORD, PEOPLE  # noqa: PLC0415

    out.print(_("Tamis listens at {address}").format(address=address), markup=False)
    out.print(_("Log in as one of these people, with the password {password}").format(
        password=PASSWORD), markup=False)  # fmt: skip
    roles = {"sales": _("seller"), "marketing": _("marketing"), "admin": _("administrator")}
    languages = {"en": _("in English"), "fr": _("in French")}
    for one in PEOPLE:
        role = _("sales manager") if one.leads_others else roles[one.role]
        out.print(f"  {one.login:10} {one.name:10} {role}, {languages[one.language]}", markup=False)
    said = _("Ctrl-C ends it. Its store is {store}: delete it for a fresh one.")
    out.print(said.format(store=store), markup=False, soft_wrap=True)


@contextmanager
def _filling(*, quiet: bool) -> Iterator[Tell]:
    """A bar that says how far the filling is; on a terminal alone it shows."""
    said = _("Filling a store with a company at work: about a minute, the first time alone.")
    if not quiet:
        err.print(said)
    if quiet or not err.is_terminal:
        yield lambda _what, _share: None
        return
    doing = {"company": _("Generating a company"), "scores": _("Scoring"), "days": _("Days")}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as shown:
        task = shown.add_task("", total=1.0)

        def tell(what: str, share: float) -> None:
            doing_now = doing.get(what, _("Importing"))
            shown.update(task, description=doing_now, completed=share)

        yield tell
