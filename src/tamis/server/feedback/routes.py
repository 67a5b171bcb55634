"""Routes of feedback: answers of sales, what misled, what was missed, how good the data are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from tamis.server.alignment.ask import period_of
from tamis.server.alignment.routes import First, Joined, Last, ModelName
from tamis.server.feedback.answer import SalesDesk
from tamis.server.feedback.forms import (
    Acceptance,
    Answered,
    FalseNegatives,
    FalsePositives,
    Quality,
    Rejection,
)
from tamis.server.feedback.misled import false_positives
from tamis.server.feedback.missed import false_negatives
from tamis.server.feedback.quality import quality
from tamis.server.read.answering import Asked, answered
from tamis.server.read.catalogue import asked
from tamis.server.read.questions import known_parameters
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission

Days = Annotated[
    int, QueryParameter(ge=1, le=3_650, description="Days of messages put aside that count.")
]
READS: dict[str, Any] = {
    "guards": [allows(Permission.READ), known_parameters],
    "sync_to_thread": True,
    "tags": ["Feedback"],
}
ANSWERS: dict[str, Any] = {
    "guards": [allows(Permission.WORK)],
    "status_code": 200,
    "sync_to_thread": True,
    "tags": ["Work"],
}


@post("/v1/work/{handoff:int}/accept", **ANSWERS)
def accept(
    request: Asked,
    server: Joined,
    handoff: FromPath[int],
    data: JSONBody[Acceptance | None] = None,
) -> Answered:
    """Accept a hand-off, and say what is otherwise than the lead's fields had it."""
    with server.database.write() as connection:
        return SalesDesk(connection, server, request.user).accept(handoff, data or Acceptance())


@post("/v1/work/{handoff:int}/reject", **ANSWERS)
def reject(
    request: Asked, server: Joined, handoff: FromPath[int], data: JSONBody[Rejection]
) -> Answered:
    """Reject a hand-off for one of the model's reasons, and say what is otherwise."""
    with server.database.write() as connection:
        return SalesDesk(connection, server, request.user).reject(handoff, data)


@get("/v1/false-positives", **READS)
def misled(
    *,
    request: Asked,
    server: Joined,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
) -> Response[FalsePositives]:
    """Group rejections by cell and by rule, with the rules that misled most."""
    with server.database.read() as connection:
        meant = asked(connection, None, model).model
        period = period_of(meant, server.clock, first, last)
        return answered(request, false_positives(connection, meant, period, server.micros))


@get("/v1/false-negatives", **READS)
def missed(
    *,
    request: Asked,
    server: Joined,
    model: ModelName = None,
    first: First = None,
    last: Last = None,
) -> Response[FalseNegatives]:
    """List leads that were won though the model had never handed them over."""
    with server.database.read() as connection:
        meant = asked(connection, None, model).model
        period = period_of(meant, server.clock, first, last)
        return answered(request, false_negatives(connection, meant, period, server.micros))


@get("/v1/quality", **READS)
def data_quality(
    *, request: Asked, server: Joined, model: ModelName = None, days: Days = 90
) -> Response[Quality]:
    """Count fields that are missing, invalid, corrected later or stale, by source of the lead."""
    with server.database.read() as connection:
        meant = asked(connection, None, model).model
        return answered(request, quality(connection, meant, server.micros, days))


HANDLERS: Sequence[ControllerRouterHandler] = (accept, reject, misled, missed, data_quality)
