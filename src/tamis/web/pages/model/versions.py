"""Versions of a model: their states, who approved, what differs, what was said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from functools import partial
from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter
from sqlalchemy import Connection

from tamis.language import translator
from tamis.model.diff import differences
from tamis.server.clock import day_of
from tamis.server.models import alerts, compare, lifecycle, steps, tasks
from tamis.server.models.compare import Comparison
from tamis.server.models.forms import Alert, Step
from tamis.server.models.steps import SIDES
from tamis.server.models.stored import Stored
from tamis.server.models.tasks import Task
from tamis.server.past.answers import WhatIfAnswer
from tamis.server.problems import Problem, not_found
from tamis.server.security.guards import allows
from tamis.server.security.people import all_users
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.web.pages.model.actions import Action, Situation, actions
from tamis.web.pages.model.chosen import Chosen, ModelName, Number, chosen
from tamis.web.pages.model.view import Counts
from tamis.web.visit import Visit, Visiting

AROUND = 2
"""Lines of YAML shown around what differs."""
KEEP = timedelta(seconds=30)
PREPARED = 503
"""The status with which the desk of the past says that it is being prepared."""


@dataclass(frozen=True)
class Line:
    """A line of two YAML texts side by side: kept, added, removed, or where a part begins."""

    kind: str
    text: str


@dataclass(frozen=True)
class Row:
    """A version in the list: who approved for which side, which sides have yet to."""

    version: Stored
    approvals: Sequence[Step]
    missing: Sequence[str]
    task: Task | None


@dataclass(frozen=True)
class Listed:
    """Context of `model/versions.html`: every version, the latest first; `names` by login."""

    model: str
    models: Sequence[str]
    rows: Sequence[Row]
    names: Mapping[str, str]
    tab: str = "versions"


@dataclass(frozen=True)
class One:
    """Context of `model/version.html`: one version, compared with `since`, None: with nothing.

    `changes` in words; `lines` those of the YAML that differ. `history` has the latest step first;
    `missing` are the sides that have yet to approve. `task` None: nothing is being done with it.
    """

    model: str
    models: Sequence[str]
    versions: Sequence[Stored]
    version: Stored
    since: Stored | None
    changes: Sequence[str]
    lines: Sequence[Line]
    history: Sequence[Step]
    approvals: Sequence[Step]
    missing: Sequence[str]
    actions: Sequence[Action]
    task: Task | None
    names: Mapping[str, str]
    may_edit: bool
    tab: str = "versions"

    @property
    def review(self) -> date | None:
        """The day of the next review."""
        return None if self.version.review_day is None else day_of(self.version.review_day)


@get("/model/versions", guards=[allows(Permission.READ)], sync_to_thread=True)
def listed(visit: Visiting, name: ModelName = None) -> Response[str]:
    """List every version of a model."""
    with visit.server.database.read() as connection:
        found = chosen(connection, name)
        if found is None:
            return visit.gone_to("/model")
        rows = [_row(connection, one) for one in found.versions]
        names = _names(connection)
    return visit.page("model/versions.html", Listed(found.model, found.models, rows, names))


def _row(connection: Connection, one: Stored) -> Row:
    given = steps.approvals(steps.history(connection, one.version_key))
    task = tasks.open_tasks(connection).get(one.version_key)
    return Row(one, given, _missing(one, given), task)


def _missing(one: Stored, given: Sequence[Step]) -> list[str]:
    """The sides that have yet to approve a proposed version."""
    if one.state != "proposed":
        return []
    return [side for side in SIDES if side not in {step.side for step in given}]


def _names(connection: Connection) -> Mapping[str, str]:
    return {user.login: user.name for user in all_users(connection)}


@get("/model/version", guards=[allows(Permission.READ)], sync_to_thread=True)
def one(
    visit: Visiting,
    number: Number,
    name: ModelName = None,
    since: Annotated[int | None, QueryParameter(ge=0, le=2**31 - 1)] = None,
) -> Response[str]:
    """Show a version, beside another one."""
    return visit.page("model/version.html", context(visit, name, number, since))


def context(visit: Visit, name: str | None, number: int, since: int | None = None) -> One:
    """A version with what can be done with it. Raises: Problem 404."""
    with visit.server.database.read() as connection:
        found = chosen(connection, name)
        if found is None:
            detail = "there is no such model"
            raise not_found(detail)
        version = found.version(number)
        history = steps.history(connection, version.version_key)
        given = steps.approvals(history)
        task = tasks.open_tasks(connection).get(version.version_key)
        former = lifecycle.previous(connection, found.model)
        names = _names(connection)
    other = _other(found, version, since)
    situation = Situation(
        version,
        given,
        task is not None,
        former.number if former else None,
        visit.language,
        visit.caller,
    )
    return One(
        found.model,
        found.models,
        found.versions,
        version,
        other,
        changes(other, version, visit.language),
        tuple(yaml_lines(other.yaml, version.yaml)) if other else (),
        tuple(reversed(history)),
        given,
        _missing(version, given),
        actions(situation),
        task,
        names,
        may_edit=version.state == "draft" and visit.may(Permission.MODEL),
    )


def _other(found: Chosen, version: Stored, since: int | None) -> Stored | None:
    """What a version is compared with: what was asked for, else the active one, else the former."""
    if since is not None:
        return found.version(since) if since else None
    if found.active and found.active.number != version.number:
        return found.active
    return next((one for one in found.versions if one.number < version.number), None)


def changes(before: Stored | None, after: Stored, language: str) -> tuple[str, ...]:
    """What differs, as a person would say it."""
    if before is None:
        return ()
    say = translator(language)
    told = differences(alerts.loaded(before.yaml), alerts.loaded(after.yaml))
    return tuple(change.text(say) for change in told)


def yaml_lines(before: str, after: str) -> Iterator[Line]:
    """The lines that differ, with a few around them; `where` lines say at which line."""
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(AROUND):
        yield Line("where", str(group[0][3] + 1))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (Line("kept", text) for text in new[j1:j2])
                continue
            yield from (Line("removed", text) for text in old[i1:i2])
            yield from (Line("added", text) for text in new[j1:j2])


@get("/model/progress", guards=[allows(Permission.READ)], sync_to_thread=True)
def progress(visit: Visiting, number: Number, name: ModelName = None) -> Response[str]:
    """Show a version again, while leads are scored by it."""
    return visit.part("model/version_body.html", context(visit, name, number))


# What it would do -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """Context of `model/effect.html`: what an activation would do, and what the shadow says.

    `moves` None and `why` empty: being counted, or it is in use. `shadow` None: it does not run in
    shadow. `warnings` are what `tamis check` warns of.
    """

    model: str
    number: int
    moves: WhatIfAnswer | None
    shadow: Comparison | None
    warnings: Sequence[Alert] = ()
    why: str = ""
    waits: bool = False


@get("/model/effect", guards=[allows(Permission.READ)], sync_to_thread=True)
def effect(
    visit: Visiting, figures: Counts, number: Number, name: ModelName = None
) -> Response[str]:
    """Say how many leads an activation would move."""
    with visit.server.database.read() as connection:
        found = chosen(connection, name)
    if found is None:
        detail = "there is no such model"
        raise not_found(detail)
    version = found.version(number)
    active = found.active.version_key if found.active else None
    key = ("model-effect", version.version_key, version.yaml, active, version.shadow)
    told = figures.of(key, partial(_count_effect, visit.server, version), KEEP)
    nothing = Effect(found.model, number, None, None, waits=True)
    return visit.part("model/effect.html", told.value if told else nothing)


def _count_effect(server: Server, version: Stored) -> Effect:
    shadow = None
    if version.shadow:
        with server.database.read() as connection:
            every = compare.comparisons(connection, version.model)
        shadow = next((found for found in every if found.shadow == version.number), None)
    warnings = alerts.warnings(version.yaml)
    told = Effect(version.model, version.number, None, shadow, warnings)
    if version.state == "active":
        return told
    try:
        return replace(told, moves=server.past.what_if(alerts.loaded(version.yaml), deep=False))
    except Problem as problem:
        return replace(told, why=problem.detail, waits=problem.status == PREPARED)


HANDLERS = (listed, one, progress, effect)
