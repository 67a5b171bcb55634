"""Routes of the quarantine: list, show, replay, drop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from tamis.server.ingest import limits, quarantine
from tamis.server.ingest.bodies import unpacked
from tamis.server.ingest.quarantine import Entries, Entry, Settled
from tamis.server.ingest.replay import Reread, give_back, reread, settle
from tamis.server.ingest.shapes import CORRECTED
from tamis.server.read.questions import known_parameters
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Asked = Request[Any, Any, Any]
Joined = NamedDependency[Server]
MAY = [allows(Permission.QUARANTINE)]
TAGS = ["quarantine"]
Standing = Annotated[
    Literal["waiting", "replayed", "dropped"],
    QueryParameter(name="state", description="What became of the entries."),
]
Number = Annotated[int, msgspec.Meta(ge=1, le=limits.INTEGER - 1)]
After = Annotated[
    int, QueryParameter(ge=0, le=limits.INTEGER - 1, description="The last entry seen.")
]
Limit = Annotated[int, QueryParameter(ge=1, le=quarantine.LONGEST_PAGE, description="Entries.")]


class Chosen(msgspec.Struct):
    """Entries of the quarantine, by number."""

    entries: Annotated[list[Number], msgspec.Meta(min_length=1, max_length=1_000)]


class Outcome(msgspec.Struct):
    """What became of each entry."""

    entries: list[Settled]


@get(
    "/v1/quarantine",
    guards=[*MAY, known_parameters],
    tags=TAGS,
    sync_to_thread=True,
    operation_id="quarantine",
)
def listed(
    server: Joined,
    standing: Standing = "waiting",
    code: FromQuery[str | None] = None,
    after: After = 0,
    limit: Limit = quarantine.PAGE,
) -> Entries:
    """List messages put aside, in order of arrival."""
    return quarantine.page(server.database, standing, after, limit, code)


@get("/v1/quarantine/{entry:int}", guards=MAY, tags=TAGS, sync_to_thread=True)
def shown(server: Joined, entry: FromPath[int]) -> Entry:
    """Show one message put aside, as it came."""
    return quarantine.one(server.database, entry)


@post("/v1/quarantine/replay", status_code=200, guards=MAY, tags=TAGS)
async def replayed(request: Asked, server: Joined, data: JSONBody[Chosen]) -> Outcome:
    """Read messages again and take those that can be taken now."""
    return Outcome(await read_again(server, data.entries, request.user.who))


@post(
    "/v1/quarantine/{entry:int}/replay",
    status_code=200,
    guards=MAY,
    tags=TAGS,
    request_max_body_size=limits.BODY,
    operation_class=CORRECTED,
)
async def corrected(request: Asked, server: Joined, entry: FromPath[int]) -> Settled:
    """Read one message again; a body, if there is one, stands for the message, corrected."""
    encoding = request.headers.get("content-encoding")
    body = unpacked(await request.body(), encoding, limits.BODY)
    return (await read_again(server, [entry], request.user.who, body or None))[0]


@post("/v1/quarantine/drop", status_code=200, guards=MAY, tags=TAGS, sync_to_thread=True)
def dropped(request: Asked, server: Joined, data: JSONBody[Chosen]) -> Outcome:
    """Drop messages: they stay to be read, and will not be taken."""
    with server.database.write() as connection:
        at, who = server.clock.now(), request.user.who
        return Outcome(quarantine.drop(connection, data.entries, at, who))


async def read_again(
    server: Server, entries: Sequence[int], who: str, body: bytes | None = None
) -> list[Settled]:
    """Read entries again and take those that can be; a body stands for the one. Raises: Problem."""
    at = server.clock.now()

    def reading() -> list[Reread]:
        with server.database.write() as connection:
            return reread(connection, entries, at, body)

    read = await asyncio.to_thread(reading)
    try:
        taking = [server.intake.take(one.delivery) for one in read if not one.fault]
        receipts = await asyncio.gather(*taking)
    except BaseException:
        await asyncio.to_thread(give_back, server.database, read, at)
        raise

    def writing() -> list[Settled]:
        with server.database.write() as connection:
            return settle(connection, read, receipts, server.clock.now(), who)

    return await asyncio.to_thread(writing)


HANDLERS: Sequence[ControllerRouterHandler] = (listed, shown, replayed, corrected, dropped)
