"""`tamis check`: what is wrong with a model, or the JSON Schema for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tamis.cli import options
from tamis.cli.output import as_json, out, show_problems, told
from tamis.cli.speech import _, ngettext
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
) -> None:
    """Say what is wrong with a model: errors forbid scoring, warnings deserve a look."""
    with told():
        if schema:
            as_json(json_schema())
            return
        if not models:
            message = _("no model: give the path of a model file")
            raise UsageError(message)
        problems = [problem for path in models for problem in _problems(path)]
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
