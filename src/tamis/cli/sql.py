"""`tamis sql`: the whole chain of a model as one SQL statement."""

from __future__ import annotations

from typing import Annotated

import typer

from tamis import flow
from tamis.cli import options
from tamis.cli.output import told
from tamis.cli.speech import _
from tamis.errors import UsageError
from tamis.facts.plan import Shape
from tamis.model.files import load_model
from tamis.sql.dialects import DIALECTS, written

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
        str, typer.Option("--output", metavar="NAME", help=_("scores, contributions or accounts."))
    ] = "scores",
    as_of: options.AsOf = None,
) -> None:
    """Print the SQL of a model, for engines that already hold the data.

    It reads the tables lead_rows, account_rows and event_rows; the first comment names columns.
    """
    with told():
        loaded = load_model(model)
        if dialect not in DIALECTS:
            said = _("unknown dialect `{name}`; there is {known}")
            message = said.format(name=dialect, known=", ".join(DIALECTS))
            raise UsageError(message)
        if output not in OUTPUTS or (output == "accounts" and loaded.accounts is None):
            message = _("unknown output `{name}` for this model").format(name=output)
            raise UsageError(message)
        chain = flow.plan(loaded, options.day_of(as_of, loaded), Shape())
        typer.echo(written(chain, OUTPUTS[output], dialect))
