"""Routes of statuses: where leads stand, and what people decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from tamis.server.identity.named import lead_named
from tamis.server.lifecycle import reading
from tamis.server.lifecycle.decide import Decision, lifecycle_of
from tamis.server.lifecycle.forms import LeadStatus, NewAnswer, NewHold, NewMove, StatusPage
from tamis.server.models.steps import maker_of
from tamis.server.read.answering import answered
from tamis.server.read.catalogue import asked
from tamis.server.read.questions import known_parameters
from tamis.server.security.guards import Caller, allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Asked = Request[Caller, Any, Any]
Joined = NamedDependency[Server]
ModelName = Annotated[
    str | None, QueryParameter(description="The model; needed where several are active.")
]
Statuses = Annotated[list[str] | None, QueryParameter(description="Any of these statuses.")]
Cursor = Annotated[str | None, QueryParameter(description="`next` of the page before.")]
Limit = Annotated[int, QueryParameter(ge=1, le=500, description="Rows of a page.")]
READS = (allows(Permission.READ), known_parameters)
WORKS = (allows(Permission.WORK), known_parameters)
TAGS = ("statuses",)


@get("/v1/leads/{lead_id:str}/status", guards=READS, sync_to_thread=True, tags=TAGS)
def status(
    request: Asked, server: Joined, lead_id: FromPath[str], model: ModelName = None
) -> Response[LeadStatus]:
    """Where a lead stands in a model, how it came there, and what the caller may do."""
    with server.database.read() as connection:
        version = asked(connection, request.user, model)
        lead = lead_named(connection, lead_id)
        return answered(request, reading.of_lead(connection, version, lead, request.user))


@post("/v1/leads/{lead_id:str}/status", guards=WORKS, sync_to_thread=True, tags=TAGS)
def move(
    request: Asked, server: Joined, lead_id: FromPath[str], data: JSONBody[NewMove]
) -> LeadStatus:
    """Move a lead to another status, from the one that was seen."""
    return _decided(request, server, lead_id, data.model, lambda one: one.move(data))


@post("/v1/leads/{lead_id:str}/answers", guards=WORKS, sync_to_thread=True, tags=TAGS)
def answer(
    request: Asked, server: Joined, lead_id: FromPath[str], data: JSONBody[NewAnswer]
) -> LeadStatus:
    """Record an answer: budget, authority, need, timeframe, a meeting, acceptance."""
    return _decided(request, server, lead_id, data.model, lambda one: one.answer(data))


@post("/v1/leads/{lead_id:str}/hold", guards=WORKS, sync_to_thread=True, tags=TAGS)
def hold(
    request: Asked, server: Joined, lead_id: FromPath[str], data: JSONBody[NewHold]
) -> LeadStatus:
    """Keep scores from moving a lead until it is released."""
    return _decided(request, server, lead_id, data.model, lambda one: one.hold(data.reason))


@delete(
    "/v1/leads/{lead_id:str}/hold",
    guards=WORKS,
    status_code=200,
    sync_to_thread=True,
    tags=TAGS,
)
def release(
    request: Asked, server: Joined, lead_id: FromPath[str], model: ModelName = None
) -> LeadStatus:
    """Let scores move a lead again."""
    return _decided(request, server, lead_id, model, lambda one: one.release())


@get("/v1/statuses", guards=READS, sync_to_thread=True, tags=TAGS)
def listed(
    request: Asked,
    server: Joined,
    *,
    model: ModelName = None,
    status: Statuses = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Response[StatusPage]:
    """Leads by status, and how many stand in each."""
    with server.database.read() as connection:
        version = asked(connection, request.user, model)
        question = reading.Question(status or (), cursor, limit, request.user.language)
        found = reading.page(connection, version, question)
    return answered(request, found)


def _decided(
    request: Asked,
    server: Server,
    named: str,
    model: str | None,
    do: Callable[[Decision], object],
) -> LeadStatus:
    with server.database.write() as connection:
        version = asked(connection, request.user, model)
        lifecycle_of(version)
        lead = lead_named(connection, named)
        do(Decision(connection, version, lead, maker_of(request.user, server)))
        return reading.of_lead(connection, version, lead, request.user)


HANDLERS: Sequence[ControllerRouterHandler] = (status, move, answer, hold, release, listed)
