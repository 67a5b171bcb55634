"""Routes of ingest: Segment's calls, rows of leads, accounts and outcomes, the quarantine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler

from tamis.server.ingest import answers, limits, rows, segment
from tamis.server.ingest.bodies import Unreadable, too_large, unpacked
from tamis.server.ingest.message import Item
from tamis.server.ingest.quarantine_routes import HANDLERS as QUARANTINE
from tamis.server.ingest.shapes import BATCHES, CALLS, ROWS
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Asked = Request[Any, Any, Any]
OPTIONS: Mapping[str, Any] = {
    "status_code": 200,
    "guards": [allows(Permission.INGEST)],
    "request_max_body_size": limits.BODY,
    "tags": ["ingest"],
}
Reading = Callable[[bytes, int], list[Item]]


async def _body(request: Asked, limit: int) -> bytes:
    try:
        packed = await request.body()
    except HTTPException as error:
        raise too_large(limit) if error.status_code == 413 else error from error
    return unpacked(packed, request.headers.get("content-encoding"), limit)


async def _taken(request: Asked, server: Server, reading: Reading, limit: int) -> answers.Taken:
    """Read, store and score; a request that cannot be read at all is put aside, answered 400."""
    body = await _body(request, limit)
    who = request.user.who
    try:
        items = reading(body, server.micros)
    except Unreadable as error:
        await server.intake.take(answers.delivery([error.rejected], who))
        raise answers.problem_of(answers.refused_for(error.rejected)) from error
    receipt = await server.intake.take(answers.delivery(items, who))
    return answers.answer(items, receipt)


async def _one(request: Asked, server: Server, reading: Reading, limit: int) -> answers.Taken:
    """As above, for one message: put aside, it is answered 400."""
    taken = await _taken(request, server, reading, limit)
    if taken.rejected:
        raise answers.problem_of(taken.rejected[0])
    if taken.quarantined:
        raise answers.refused_later()
    return taken


def _operation(_handler: object, _method: object, path: Sequence[object]) -> str:
    """What OpenAPI calls a route: one of two paths has another name."""
    return f"send-{path[-1]}"


def _call(kind: str) -> ControllerRouterHandler:
    @post(
        [f"/v1/{kind}", f"/v1/{kind[0]}"],
        name=f"ingest-{kind}",
        operation_id=_operation,
        summary=f"Segment's {kind} call",
        operation_class=CALLS[kind],
        **OPTIONS,
    )
    async def call(request: Asked, server: NamedDependency[Server]) -> answers.Taken:
        """Take one call; answered when it is durable and scored."""

        def reading(body: bytes, received_at: int) -> list[Item]:
            return [segment.call_of(kind, body, received_at)]

        return await _one(request, server, reading, limits.MESSAGE)

    return call


@post(["/v1/batch", "/v1/b"], operation_id=_operation, operation_class=BATCHES, **OPTIONS)
async def batch(request: Asked, server: NamedDependency[Server]) -> answers.Taken:
    """Take several calls: those that cannot be taken are put aside, the others are in."""
    return await _taken(request, server, segment.batch_of, limits.BODY)


@post("/v1/import", operation_id=_operation, operation_class=BATCHES, **OPTIONS)
async def past(request: Asked, server: NamedDependency[Server]) -> answers.Taken:
    """Take calls of the past: as a batch, with times as written whatever `sentAt` says."""

    def reading(body: bytes, received_at: int) -> list[Item]:
        return segment.batch_of(body, received_at, past=True)

    return await _taken(request, server, reading, limits.BODY)


def _rows(kind: str) -> ControllerRouterHandler:
    @post(
        f"/v1/{kind}",
        name=f"ingest-{kind}",
        operation_id=f"write-{kind}",
        summary=f"Write {kind}",
        operation_class=ROWS[kind],
        **OPTIONS,
    )
    async def write(request: Asked, server: NamedDependency[Server]) -> answers.Taken:
        """Write one object or a list of them; what cannot be taken is put aside."""

        def reading(body: bytes, received_at: int) -> list[Item]:
            return rows.rows_of(kind, body, received_at)

        # The body is read once, whoever asks for it.
        many = rows.is_list(await _body(request, limits.BODY))
        return await (_taken if many else _one)(request, server, reading, limits.BODY)

    return write


HANDLERS: Sequence[ControllerRouterHandler] = (
    *(_call(kind) for kind in segment.KINDS),
    batch,
    past,
    *(_rows(kind) for kind in rows.KINDS),
    *QUARANTINE,
)
