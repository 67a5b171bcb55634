"""`tamis sql`: the whole chain of a model as one SQL statement."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from tamis import flow
from tamis.cli import options
from tamis.cli.output import out, refuse_given, told, write_text
from tamis.cli.speech import _
from tamis.errors import UsageError
from tamis.facts.plan import Shape
from tamis.model.files import load_model
from tamis.model.spec import Model
from tamis.sql.days import FIRST_YEAR, LATEST_DAY
from tamis.sql.dbt import AnyDay
from tamis.sql.dialects import DIALECTS, written

SEEDS = ("weights",)
"""The constants with thousands of rows: decay weights."""
OUTPUTS = {"scores": flow.VERDICTS, "contributions": flow.CONTRIBUTIONS, "accounts": flow.ACCOUNTS}


def sql(
    model: options.ModelFile,
    dialect: Annotated[
        str,
        typer.Option(
            "--dialect", metavar="NAME", help=_("One of {names}.").format(names=", ".join(DIALECTS))
        ),
    ] = "duckdb",
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            metavar="NAME",
            help=_("scores, contributions or accounts; default: scores."),
        ),
    ] = None,
    dbt: Annotated[
        Path | None,
        typer.Option(
            "--dbt", metavar="DIR", help=_("Write dbt models and seeds into this dbt project.")
        ),
    ] = None,
    as_of: options.AsOf = None,
) -> None:
    """Print the SQL of a model, for engines that already hold the data.

    It reads the tables lead_rows, account_rows and event_rows; the first comment names columns.
    With --dbt it writes models of all outputs for whichever day dbt is told by `tamis_day`.
    """
    with told():
        loaded = load_model(model)
        if dialect not in DIALECTS:
            said = _("unknown dialect `{name}`; there is {known}")
            message = said.format(name=dialect, known=", ".join(DIALECTS))
            raise UsageError(message)
        if dbt:
            refuse_given(_("--dbt writes all of them"), output=output)
        wanted = "scores" if output is None else output
        if wanted not in OUTPUTS or (wanted == "accounts" and loaded.accounts is None):
            message = _("unknown output `{name}` for this model").format(name=wanted)
            raise UsageError(message)
        day = options.day_of(as_of, loaded)
        if dbt:
            _write_dbt(loaded, day, dbt, dialect)
        else:
            typer.echo(written(flow.plan(loaded, day, Shape()), OUTPUTS[wanted], dialect))


WHOLE = Shape(event_ids=True, bots=True)
"""What a staging model of events can say: null where the data have none."""
AHEAD = 10
"""For so many years after the day of writing the statements know the time zone's offsets."""


def _write_dbt(model: Model, today: date, folder: Path, dialect: str) -> None:
    if not (folder / "dbt_project.yml").is_file():
        said = _("{folder} is no dbt project: there is no dbt_project.yml")
        raise UsageError(said.format(folder=folder))
    year = max(today.year, FIRST_YEAR) + AHEAD
    day = date(min(year, LATEST_DAY.year - 1), 7, 1)
    first, second = (
        flow.plan(model, one, WHOLE, any_day=True) for one in (day, day + timedelta(days=1))
    )
    prefix = "tamis_" + re.sub(r"\W+", "_", model.name).strip("_").lower()
    outputs = {name: step for name, step in OUTPUTS.items() if step in first}
    written_ = AnyDay(first, second, day, prefix, SEEDS)
    theirs = {p: t for p, t in written_.staging(dialect).items() if not (folder / p).exists()}
    ours = written_.files(outputs, dialect)
    for path, text in ours.items():
        _refuse_foreign(folder / path, text)
    for path, text in (ours | theirs).items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, text)
        out.print(str(file), markup=False)


def _refuse_foreign(file: Path, text: str) -> None:
    """Raises: UsageError for a file that is there and does not begin as what is to be written."""
    first = text.partition("\n")[0].encode()
    if file.exists() and not (file.is_file() and file.read_bytes().startswith(first)):
        raise UsageError(_("{path} is there already").format(path=file))
