"""Routes of work: queues, the list of a seller, who gets what, absences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from litestar import Request, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from tamis.server.clock import micros
from tamis.server.models.said import refused
from tamis.server.read.questions import known_parameters
from tamis.server.security.guards import Caller, allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.server.work import absences, pages, rights, settling
from tamis.server.work.answers import (
    Absence,
    Absences,
    Assignment,
    NewAbsence,
    OwnWork,
    QueuePage,
    Queues,
    Snooze,
    Work,
)
from tamis.server.work.giving import Giver
from tamis.server.work.handoffs import find
from tamis.server.work.queues import floor
from tamis.server.work.telling import tell_of

Asked = Request[Caller, Any, Any]
Joined = NamedDependency[Server]
Standing = Annotated[
    Literal["waiting", "assigned", "accepted"],
    QueryParameter(name="state", description="Nobody has it, somebody has it, or accepted it."),
]
Cursor = Annotated[str | None, QueryParameter(description="`next` of the page before.")]
Limit = Annotated[int, QueryParameter(ge=1, le=pages.LONGEST, description="Rows of a page.")]
Owner = Annotated[str, QueryParameter(description="A login, or `me`.", max_length=100)]
Who = Annotated[str | None, QueryParameter(description="A login.", max_length=100)]
SEES = (allows(Permission.READ), known_parameters)
ACTS = (allows(Permission.WORK),)
TAGS = ["Work"]
LONGEST_SNOOZE = timedelta(days=90)


@get("/v1/queues", guards=[*SEES], tags=TAGS, sync_to_thread=True)
def queues(request: Asked, server: Joined) -> Queues:
    """List the queues: who works on them, what waits and is under way."""
    with server.database.read() as connection:
        return pages.queues(connection, floor(connection), request.user, server.micros)


@get("/v1/queues/{queue:str}/work", guards=[*SEES], tags=TAGS, sync_to_thread=True)
def queue_work(
    request: Asked,
    server: Joined,
    *,
    queue: FromPath[str],
    standing: Standing = "waiting",
    cursor: Cursor = None,
    limit: Limit = pages.PAGE,
) -> QueuePage:
    """List the work of a queue in its order, with positions and likely days of what waits."""
    pages.refuse_unstorable(queue)
    with server.database.read() as connection:
        known = floor(connection)
        rights.refuse_unless_sees(known, request.user, queue)
        now = server.micros
        return pages.queue_page(connection, known, queue, standing, cursor, limit, now)


@get("/v1/work", guards=[*SEES], tags=TAGS, sync_to_thread=True)
def own_work(
    request: Asked,
    server: Joined,
    *,
    owner: Owner = rights.ME,
    snoozed: FromQuery[bool] = False,
    cursor: Cursor = None,
    limit: Limit = pages.PAGE,
) -> OwnWork:
    """List somebody's open work, in the order in which to do it."""
    pages.refuse_unstorable(owner)
    with server.database.read() as connection:
        login = rights.owner_asked(floor(connection), request.user, owner)
        now = server.micros
        return pages.own_work(connection, login, cursor, limit, now, snoozed=snoozed)


@post(
    "/v1/work/{handoff:int}/assign",
    guards=[*ACTS],
    status_code=200,
    tags=TAGS,
    sync_to_thread=True,
)
def assign(
    request: Asked, server: Joined, handoff: FromPath[int], data: JSONBody[Assignment]
) -> Work:
    """Give open work to somebody of its queue; the time to respond begins anew."""
    with server.database.write() as connection:
        known, caller, at = floor(connection), request.user, server.micros
        rights.refuse_unless_gives(known, caller, find(connection, handoff), data.to)
        giver = Giver(connection, server.database, known, at, caller.who, tell_of(connection))
        giver.give_to(handoff, data.to)
        return pages.one(connection, handoff, at)


@post(
    "/v1/work/{handoff:int}/snooze",
    guards=[*ACTS],
    status_code=200,
    tags=TAGS,
    sync_to_thread=True,
)
def snooze(request: Asked, server: Joined, handoff: FromPath[int], data: JSONBody[Snooze]) -> Work:
    """Put work out of one's list until an instant; its deadlines stay."""
    with server.database.write() as connection:
        caller, at, work = request.user, server.micros, find(connection, handoff)
        rights.refuse_unless_acts(floor(connection), caller, work)
        until = None if data.until is None else _until(data.until, server.clock.now())
        stead = rights.in_stead(caller, work)
        settling.snooze(connection, handoff, caller.who, until, at, for_owner=stead)
        return pages.one(connection, handoff, at)


def _until(text: str, now: datetime) -> int:
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        field = "until"
        raise refused(field, "this is no instant with an offset, as 2026-11-23T09:00:00Z")
    if not now < until <= now + LONGEST_SNOOZE:
        field = "until"
        raise refused(field, f"an instant of the next {LONGEST_SNOOZE.days} days is expected")
    return micros(until)


@post(
    "/v1/work/{handoff:int}/done",
    guards=[*ACTS],
    status_code=200,
    tags=TAGS,
    sync_to_thread=True,
)
def done(request: Asked, server: Joined, handoff: FromPath[int]) -> Work:
    """Say that work is done: it is settled, and makes room for more."""
    with server.database.write() as connection:
        caller, at, work = request.user, server.micros, find(connection, handoff)
        rights.refuse_unless_acts(floor(connection), caller, work)
        stead, tell = rights.in_stead(caller, work), tell_of(connection)
        settling.finish(connection, handoff, caller.who, at, for_owner=stead, tell=tell)
        return pages.one(connection, handoff, at)


@get("/v1/absences", guards=[*SEES], tags=TAGS, sync_to_thread=True)
def list_absences(request: Asked, server: Joined, login: Who = None) -> Absences:
    """List absences that are not over."""
    pages.refuse_unstorable(login or "")
    with server.database.read() as connection:
        return absences.listed(connection, request.user, server.clock.now(), login)


@post("/v1/absences", guards=[*ACTS], tags=TAGS, sync_to_thread=True)
def add_absence(request: Asked, server: Joined, data: JSONBody[NewAbsence]) -> Absence:
    """Record days on which somebody does not work: they get no work, and no time passes."""
    with server.database.write() as connection:
        return absences.add(connection, request.user, server.clock.now(), data)


@delete(
    "/v1/absences/{absence:int}",
    guards=[*ACTS],
    status_code=200,
    tags=TAGS,
    sync_to_thread=True,
)
def remove_absence(request: Asked, server: Joined, absence: FromPath[int]) -> Absence:
    """Take an absence back."""
    with server.database.write() as connection:
        return absences.remove(connection, request.user, server.clock.now(), absence)


HANDLERS: Sequence[ControllerRouterHandler] = (
    queues,
    queue_work,
    own_work,
    assign,
    snooze,
    done,
    list_absences,
    add_absence,
    remove_absence,
)
