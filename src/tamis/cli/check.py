"""`tamis check`: what is wrong with a model, or the JSON Schema for editors."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import as_json, out, show_problems, told
from tamis.cli.speech import _, ngettext
from tamis.cli.store import refuse_without_packages
from tamis.cli.today import today
from tamis.errors import Problem, UsageError
from tamis.model.checks import check as check_model
from tamis.model.document import Problems
from tamis.model.load import read_model, read_text
from tamis.model.schema import json_schema


def check(
    models: Annotated[
        list[Path] | None, typer.Argument(metavar="MODEL", help=_("Model files (YAML)."))
    ] = None,
    *,
    schema: Annotated[
        bool, typer.Option("--schema", help=_("Print the JSON Schema of model files, for editors."))
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            metavar="NAME",
            help=_("Hold the field map of this target against what its CRM has."),
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--targets",
            metavar="FILE",
            envvar="TAMIS_TARGETS",
            show_envvar=False,
            help=_("File of the targets (or TAMIS_TARGETS)."),
        ),
    ] = None,
) -> None:
    """Say what is wrong with a model: errors forbid scoring, warnings deserve a look."""
    with told():
        if schema:
            as_json(json_schema())
            return
        if not models and target is None:
            message = _("no model: give the path of a model file")
            raise UsageError(message)
        problems = [problem for path in models or () for problem in _problems(path)]
        problems += _of_target(target, file) if target is not None else []
    if json:
        as_json([_as_row(problem) for problem in problems])
    elif not quiet:
        show_problems(problems)
        errors = sum(problem.severity == "error" for problem in problems)
        out.print(_counted(errors, len(problems) - errors))
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


def _problems(path: Path) -> tuple[Problem, ...]:
    problems = Problems()
    model = read_model(read_text(path), str(path), problems)
    if model is not None:
        check_model(model, problems, today=today())
    return problems.sorted


def _of_target(name: str, file: Path | None) -> list[Problem]:
    """What is wrong with a target's field map. Raises: UsageError, UserError."""
    refuse_without_packages()
    from tamis.server.clock import SystemClock  # noqa: PLC0415 (the server's packages)
    from tamis.server.delivery.crm.checks import checked  # noqa: PLC0415
    from tamis.server.delivery.wiring import targets_of  # noqa: PLC0415
    from tamis.server.settings import Settings  # noqa: PLC0415

    settings = replace(Settings().given(os.environ), targets=str(file or ""))
    return checked(targets_of(settings, SystemClock(), os.environ), name)


def _counted(errors: int, warnings: int) -> str:
    counts = (
        ngettext("{count} error", "{count} errors", errors).format(count=errors),
        ngettext("{count} warning", "{count} warnings", warnings).format(count=warnings),
    )
    return ", ".join(counts)


def _as_row(problem: Problem) -> dict[str, object]:
    place = problem.place
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "severity": problem.severity,
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
    }
