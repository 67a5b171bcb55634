"""Where leads stand, as it is read: one lead with its history, or a page of many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select, tuple_

from tamis.model.lifecycle.spec import Lifecycle
from tamis.model.terms import UNLABELLED
from tamis.server.clock import written
from tamis.server.lifecycle.decide import (
    MAKERS,
    by_people,
    lifecycle_of,
    needs_reason,
    questions,
)
from tamis.server.lifecycle.forms import Answer, Count, LeadStatus, Next, Standing, StatusPage, Step
from tamis.server.lifecycle.machine import missing
from tamis.server.models.versions import Version
from tamis.server.problems import bad_request, not_found
from tamis.server.read.answering import hundredths
from tamis.server.read.cursor import digest, opened, sealed
from tamis.server.security.guards import Caller
from tamis.server.store.tables.lifecycle import recorded_answers, status_history, statuses
from tamis.server.store.tables.models import versions
from tamis.server.store.tables.people import leads

S, H, A, L = statuses.c, status_history.c, recorded_answers.c, leads.c
STOOD = select(statuses, L.lead_id).join(leads, L.lead == S.lead)
ORDER = (S.status, S.since, S.lead)
HISTORY = (
    select(status_history, versions.c.number)
    .join(versions, versions.c.version_key == H.version_key)
    .order_by(H.step)
)


def of_lead(connection: Connection, version: Version, lead: int, caller: Caller) -> LeadStatus:
    """Where a lead stands and how it came there. Raises: Problem 404 where it has no status yet."""
    lifecycle = lifecycle_of(version)
    chosen = STOOD.where(S.model == version.name, S.lead == lead)
    row = connection.execute(chosen).mappings().first()
    if row is None:
        raise not_found("the lead has no status yet: it gets one with its first score")
    own = HISTORY.where(H.model == version.name, H.lead == lead)
    answers = _answers(connection, version, lead, caller.language)
    yes = frozenset(one.question for one in answers if one.yes)
    return LeadStatus(
        **_standing(lifecycle, row, caller.language),
        answers=answers,
        next=_next(lifecycle, row["status"], yes, caller),
        history=[_step(row) for row in connection.execute(own).mappings()],
    )


@dataclass(frozen=True)
class Question:
    """A question for a page; no `wanted` statuses: all of them."""

    wanted: Sequence[str]
    cursor: str | None
    limit: int
    language: str


def page(connection: Connection, version: Version, question: Question) -> StatusPage:
    """Leads by status, in the order of their names, those first that have stood there longest.

    Raises: Problem 400 for a status that the model has not, or a cursor of another question.
    """
    lifecycle, language, limit = lifecycle_of(version), question.language, question.limit
    _refuse_unknown(lifecycle, question.wanted)
    mark = digest([version.name, sorted(question.wanted)])
    query = STOOD.where(S.model == version.name).order_by(*ORDER)
    if question.wanted:
        query = query.where(S.status.in_(question.wanted))
    if question.cursor is not None:
        of, *place = opened("status", question.cursor, str, str, int, int)
        if of != mark:
            raise bad_request("`cursor` goes on with the same filters: begin without one")
        query = query.where(tuple_(*ORDER) > tuple_(*place))
    rows = connection.execute(query.limit(limit + 1)).mappings().all()
    shown = [Standing(**_standing(lifecycle, row, language)) for row in rows[:limit]]
    made = StatusPage(version.name, None, shown)
    if question.cursor is None:
        made.counts = _counts(connection, version, lifecycle, language)
    if len(rows) > limit:
        made.next = sealed("status", mark, *(rows[limit - 1][one.name] for one in ORDER))
    return made


def _refuse_unknown(lifecycle: Lifecycle, wanted: Sequence[str]) -> None:
    if any(lifecycle.status(name) is None for name in wanted):
        names = ", ".join(one.name for one in lifecycle.statuses)
        detail = f"`status`: there is no such status: the model has {names}"
        raise bad_request(detail)


def label_of(lifecycle: Lifecycle, status: str, language: str) -> str:
    """A status in words; its name where the model has no words for it, or has it no more."""
    found = lifecycle.status(status)
    return (found.label if found else UNLABELLED).text(language, status)


def _standing(lifecycle: Lifecycle, row: RowMapping, language: str) -> dict[str, Any]:
    names = ("lead_id", "model", "status", "kind", "entry", "cause", "held_by", "held_reason")
    look_at = None if row["look_at"] is None else written(row["look_at"])
    times = {"since": written(row["since"]), "look_at": look_at}
    label = label_of(lifecycle, row["status"], language)
    return {name: row[name] for name in names} | times | {"label": label}


def _step(row: RowMapping) -> Step:
    names = ("before", "after", "kind", "milestone", "passed", "cause", "made_by", "reason", "cell")
    return Step(
        at=written(row["at"]),
        version=row["number"],
        score=hundredths(row["score"]),
        **{name: row[name] for name in names},
    )


def _answers(connection: Connection, version: Version, lead: int, language: str) -> list[Answer]:
    """The latest answer to each question, in the order of the questions."""
    lifecycle = lifecycle_of(version)
    own = select(recorded_answers).where(A.model == version.name, A.lead == lead)
    latest = {row["question"]: row for row in connection.execute(own.order_by(A.answer)).mappings()}
    known = dict.fromkeys((*questions(lifecycle), *latest))
    return [
        Answer(
            name,
            lifecycle.questions.get(name, UNLABELLED).text(language, name),
            latest[name]["yes"],
            latest[name]["note"],
            written(latest[name]["at"]),
            latest[name]["made_by"],
        )
        for name in known
        if name in latest
    ]


def _next(lifecycle: Lifecycle, status: str, yes: frozenset[str], caller: Caller) -> list[Next]:
    """What the caller may do; of several steps to one status that which lacks least."""
    found: dict[str, tuple[str, ...]] = {}
    for maker, step in by_people(lifecycle, status):
        lacking = missing(step, yes)
        if maker in MAKERS.get(caller.role, ()) and len(lacking) <= len(
            found.get(step.to, lacking)
        ):
            found[step.to] = lacking
    return [
        Next(
            one.name,
            one.label.text(caller.language, one.name),
            [*found[one.name]],
            needs_reason(one),
        )
        for one in lifecycle.statuses
        if one.name in found
    ]


def _counts(
    connection: Connection, version: Version, lifecycle: Lifecycle, language: str
) -> list[Count]:
    counted = select(S.status, func.count()).where(S.model == version.name).group_by(S.status)
    found = {status: n for status, n in connection.execute(counted)}  # noqa: C416 (no pair for mypy)
    return [
        Count(
            one.name,
            one.label.text(language, one.name),
            one.milestone,
            one.closed,
            found.get(one.name, 0),
        )
        for one in lifecycle.statuses
    ]
