"""Routes for marks of machines: what is marked and why, marks made and cleared by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta, Struct

from tamis.server.bots import marking
from tamis.server.bots.marking import Where
from tamis.server.clock import micros, written
from tamis.server.privacy import person
from tamis.server.read.questions import known_parameters
from tamis.server.security.guards import Caller, allows
from tamis.server.security.permissions import Permission
from tamis.server.server import Server

Asked = Request[Caller, Any, State]
Joined = NamedDependency[Server]
NO_NUL = "^[^\\x00]*$"
"""No store holds a NUL within a text."""
Text = Annotated[str, Meta(min_length=1, max_length=500, pattern=NO_NUL)]
Instant = Annotated[datetime, Meta(tz=True)]


class Selected(Struct, kw_only=True, forbid_unknown_fields=True):
    """Which events are meant: those for which all that is given holds.

    `lead` is any id or the e-mail of a person, `user_agent` a part of the user agent, `marked_for`
    the reason of the mark that the events have; times are from `since` on and before `until`.
    """

    message_ids: Annotated[list[Text], Meta(min_length=1, max_length=10_000)] | None = None
    lead: Text | None = None
    user_agent: Text | None = None
    marked_for: Text | None = None
    since: Instant | None = None
    until: Instant | None = None


class Marking(Selected, kw_only=True, forbid_unknown_fields=True):
    """Events to mark, and why they are a machine's."""

    reason: Text


class Changed(Struct):
    """How many events were marked or cleared, of how many leads."""

    events: int
    leads: int


class Marked(Struct):
    """Events marked for one reason; `by` is null where a detector marked them."""

    reason: str
    by: str | None
    events: int
    leads: int
    latest: str


class AllMarked(Struct):
    """All marks, by reason, the latest first."""

    marks: list[Marked]


MAY = [allows(Permission.QUARANTINE)]


@get("/v1/bots", guards=[*MAY, known_parameters], sync_to_thread=True)
def list_bots(server: Joined) -> AllMarked:
    """How many events are held to be a machine's, by reason."""
    with server.database.read() as connection:
        found = marking.by_reason(connection)
    return AllMarked([Marked(m.reason, m.by, m.events, m.leads, written(m.latest)) for m in found])


@post("/v1/bots/mark", guards=MAY, status_code=200, sync_to_thread=True)
def mark_bots(request: Asked, server: Joined, data: JSONBody[Marking]) -> Changed:
    """Hold events to be a machine's: they are kept and no longer count; scores follow."""
    made = marking.mark(server, _where(server, data), data.reason, request.user.who)
    return Changed(made.events, made.leads)


@post("/v1/bots/unmark", guards=MAY, status_code=200, sync_to_thread=True)
def unmark_bots(request: Asked, server: Joined, data: JSONBody[Selected]) -> Changed:
    """Hold marked events to be a person's: they count again, whatever a detector says.

    What a detector marked is cleared only where `marked_for` names its reason.
    """
    made = marking.unmark(server, _where(server, data), request.user.who)
    return Changed(made.events, made.leads)


def _where(server: Server, data: Selected) -> Where:
    leads = None
    if data.lead is not None:
        with server.database.read() as connection:
            leads = [person.lead_of(connection, data.lead)]
    return Where(
        message_ids=data.message_ids,
        leads=leads,
        user_agent=data.user_agent,
        since=None if data.since is None else micros(data.since),
        until=None if data.until is None else micros(data.until),
        reason=data.marked_for,
    )


HANDLERS: Sequence[ControllerRouterHandler] = (list_bots, mark_bots, unmark_bots)
