"""Checks of a model: what forbids scoring (errors), then what deserves a look (warnings).

Each problem has a place, a code that `docs/reference/checks.md` explains, and mostly a hint.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tamis.errors import ModelError, Place
from tamis.model.checks import (
    conditions,
    firing,
    handoff,
    lifecycle,
    moving,
    names,
    personal,
    queues,
    references,
    tidiness,
    verdicts,
)
from tamis.model.document import Problems
from tamis.model.load import read_model
from tamis.model.possible.reach import Reach, reach
from tamis.model.spec import Model

ERRORS: tuple[Callable[[Model, Problems], None], ...] = (
    names.time_zone,
    names.unique,
    names.dimensions,
    names.fields,
    names.rules,
    references.groups,
    references.rule_fields,
    references.score,
    references.cell,
    references.accounts,
    references.silence,
    lifecycle.statuses,
    lifecycle.steps,
    lifecycle.scored,
    queues.names,
    queues.territories,
    queues.people,
    conditions.compiled,
)
"""The checks whose problems are errors, in the order of running."""

WARNINGS: tuple[Callable[[Model, Problems], None], ...] = (
    firing.conditions,
    firing.numbers,
    firing.bands,
    tidiness.groups,
    tidiness.dimensions,
    tidiness.plays,
    verdicts.labels,
    personal.attributes,
    lifecycle.reachable,
    lifecycle.milestones,
    lifecycle.alone,
    queues.used,
    queues.service,
    queues.costs,
)
"""The checks whose problems are warnings; they ask for a model without errors."""

REACH: tuple[Callable[[Model, Reach, Problems], None], ...] = (
    verdicts.grades,
    verdicts.unreachable,
    handoff.alone,
    moving.steps,
    moving.territories,
    moving.handoffs,
)
"""The warnings that depend on what the rules can give."""


def check(model: Model, problems: Problems, *, today: date | None) -> None:
    """Note every error of a model that was read; when there is none, its warnings too.

    `today` is the day on which the model is to score; without it, checks that depend on the
    day (a campaign that is over) are left out. A model with errors gets no warning here: what it
    can reach is not known.
    """
    for find in ERRORS:
        find(model, problems)
    if problems.errors:
        return
    for look in WARNINGS:
        look(model, problems)
    whole = reach(model, firing.spans(model))
    for judge in REACH:
        judge(model, whole, problems)
    if today is not None:
        firing.today(model, problems, today)


def checked_model(text: str, file: str) -> Model:
    r"""The model in `text`, without errors; warnings are not looked for. Messages name `file`.

    Raises: ModelError with every error found.

    >>> checked_model("tamis: 1\nname: new\ndimensions: {fit: {}}", "new.yaml").name
    'new'
    """
    problems = Problems()
    model = read_model(text, file, problems)
    if model is not None:
        for find in ERRORS:
            find(model, problems)
    if problems.errors or model is None:
        raise ModelError(place=Place(file), problems=problems.errors)
    return model
