"""What comes in while the page is open: a stream that rings, and the line that says what came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get
from litestar.concurrency import sync_to_thread
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from tamis.server.read.bell import Bell, Ear
from tamis.server.read.stream import HEARTBEAT, RETRY
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server
from tamis.server.store.keys import LARGEST
from tamis.server.work import to_do
from tamis.web.pages.my_leads.desk import Desk, desk_of
from tamis.web.pages.my_leads.lists import Item, ListPart, items
from tamis.web.visit import Visit, Visiting

Owner = Annotated[str, QueryParameter(description="A login; empty: one's own.", max_length=100)]
Since = Annotated[int, QueryParameter(description="Microseconds.", ge=0, le=LARGEST)]
"""A parameter: the instant at which the lists were shown."""
SHOWN = 3
"""New leads that the line names."""
GATHER = 1.0
"""Seconds for which the bell is not heard again: scores change more often than work."""


@dataclass(frozen=True)
class More:
    """Context of `my_leads/more.html`: the next page of one list."""

    desk: Desk
    found: ListPart


@dataclass(frozen=True)
class Arrivals:
    """Context of `my_leads/arrivals.html`: what is otherwise than the lists show.

    `new` are the first of `count` leads that came; `changed`: something else is otherwise.
    """

    desk: Desk
    since: int
    count: int
    new: Sequence[Item]
    changed: bool


@get("/my-leads/arrivals", guards=[allows(Permission.READ)], sync_to_thread=True)
def arrivals(
    visit: Visiting, seen: FromQuery[str], since: Since, owner: Owner = ""
) -> Response[str]:
    """What came since the lists were shown; `seen` is their fingerprint."""
    now = visit.server.micros
    with visit.server.database.read() as connection:
        desk = desk_of(connection, visit, owner)
        is_same = to_do.mark(connection, desk.owner, now) == seen
        rows = () if is_same else to_do.arrived(connection, desk.owner, since, now)
        new = items(connection, visit, [(row, "answer") for row in rows[:SHOWN]])
    shown = Arrivals(desk, since, len(rows), new, changed=not is_same and not rows)
    return visit.part("my_leads/arrivals.html", shown)


@get("/my-leads/stream", guards=[allows(Permission.READ)], media_type="text/event-stream")
async def stream(visit: Visiting, owner: Owner = "") -> Stream:
    """Ring whenever somebody's open work is otherwise than it was."""
    desk = await sync_to_thread(_desk, visit, owner)
    ringing = Ringing(visit.server, visit.caller.who, desk.owner)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(ringing.events(), media_type="text/event-stream", headers=headers)


def _desk(visit: Visit, owner: str) -> Desk:
    with visit.server.database.read() as connection:
        return desk_of(connection, visit, owner)


class Ringing:
    """One page that `who` listens by. Raises: Problem 429 when too many do, or too many of theirs.

    A page that is refused asks every minute instead, and tries again.
    """

    def __init__(self, server: Server, who: str, owner: str) -> None:
        self._server, self._owner = server, owner
        self._bell: Bell = server.bell
        self._ear: Ear = self._bell.listen(who)

    async def events(self) -> AsyncIterator[str]:
        """The text of the stream, until the page is left or the server stops."""
        loop, pace = asyncio.get_running_loop(), self._bell.pace
        began = quiet_since = loop.time()
        seen = ""
        try:
            yield f"retry: {RETRY}\n\n"
            while not self._bell.closed and loop.time() - began < pace.longest:
                found = await sync_to_thread(self._mark)
                if found != seen:
                    # What the page does not know yet, it asks for: the first ring says nothing new.
                    yield f"event: work\ndata: {found}\n\n"
                    seen, quiet_since = found, loop.time()
                elif loop.time() - quiet_since >= pace.heartbeat:
                    yield HEARTBEAT
                    quiet_since = loop.time()
                if await self._ear.heard(pace.poll) and not self._bell.closed:
                    await asyncio.sleep(GATHER)
        finally:
            self._bell.leave(self._ear)

    def _mark(self) -> str:
        with self._server.database.read() as connection:
            return to_do.mark(connection, self._owner, self._server.micros)


def first_new(connection: Connection, desk: Desk, since: int, now: int) -> int | None:
    """The first hand-off that came after an instant; None: none, or no instant (0) is meant."""
    rows = to_do.arrived(connection, desk.owner, since, now) if since else ()
    return rows[0].handoff if rows else None


HANDLERS: Sequence[ControllerRouterHandler] = (arrivals, stream)
