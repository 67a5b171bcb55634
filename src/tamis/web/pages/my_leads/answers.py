"""What a seller does with a lead of the list: accept, reject, put aside, finish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Response, post
from litestar.params import FromPath, QueryParameter, URLEncodedBody
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from tamis.language import translator
from tamis.server.clock import micros
from tamis.server.feedback import answer
from tamis.server.feedback.forms import Acceptance, Rejection
from tamis.server.models.said import refused
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.work import rights, settling
from tamis.server.work.handoffs import Handoff, find
from tamis.server.work.mornings import Mornings
from tamis.server.work.queues import floor
from tamis.server.work.routes import LONGEST_SNOOZE
from tamis.server.work.telling import tell_of
from tamis.web import times
from tamis.web.leads_of_work import who
from tamis.web.pages.my_leads.desk import desk_of
from tamis.web.pages.my_leads.lists import beside, lists
from tamis.web.pages.my_leads.panels import facts_of
from tamis.web.visit import Visit, Visiting

Owner = Annotated[str, QueryParameter(description="A login; empty: one's own.", max_length=100)]
Form = URLEncodedBody[dict[str, str]]
ACTS: dict[str, Any] = {
    "guards": [allows(Permission.WORK)],
    "sync_to_thread": True,
    "status_code": 200,
}
Act = Callable[[Connection, Handoff], str]
"""Does it, in a write transaction; gives what was done, in words, with the gap `{lead}`."""


@post("/my-leads/{handoff:int}/accept", **ACTS)
def accept(visit: Visiting, handoff: FromPath[int], data: Form, owner: Owner = "") -> Response[str]:
    """Accept a hand-off, with what is otherwise of the lead."""

    def act(connection: Connection, work: Handoff) -> str:
        _ = translator(visit.language)
        body = Acceptance(data.get("note", ""), facts_of(connection, work, data))
        answer.Desk(connection, visit.server, visit.caller).accept(handoff, body)
        return _("{lead} is accepted.")

    return _done(visit, handoff, owner, act)


@post("/my-leads/{handoff:int}/reject", **ACTS)
def reject(visit: Visiting, handoff: FromPath[int], data: Form, owner: Owner = "") -> Response[str]:
    """Reject a hand-off for a reason, with what is otherwise of the lead."""

    def act(connection: Connection, work: Handoff) -> str:
        _ = translator(visit.language)
        facts = facts_of(connection, work, data)
        body = Rejection(data.get("reason", ""), data.get("note", ""), facts)
        answer.Desk(connection, visit.server, visit.caller).reject(handoff, body)
        return _("{lead} is rejected.")

    return _done(visit, handoff, owner, act)


@post("/my-leads/{handoff:int}/snooze", **ACTS)
def snooze(visit: Visiting, handoff: FromPath[int], data: Form, owner: Owner = "") -> Response[str]:
    """Put a hand-off aside until an instant or a day; back into the list with neither."""

    def act(connection: Connection, work: Handoff) -> str:
        _, caller = translator(visit.language), visit.caller
        until = _until(connection, visit, work, data.get("until", ""), data.get("day", ""))
        rights.refuse_unless_acts(floor(connection), caller, work)
        stead = rights.in_stead(caller, work)
        stored = None if until is None else micros(until)
        at = visit.server.micros
        settling.snooze(connection, handoff, caller.who, stored, at, for_owner=stead)
        if until is None:
            return _("{lead} is back in the list.")
        said = times.moment(until, visit.now, visit.language)
        return _("{lead} is put aside; back {when}.").replace("{when}", said)

    return _done(visit, handoff, owner, act)


@post("/my-leads/{handoff:int}/done", **ACTS)
def done(visit: Visiting, handoff: FromPath[int], owner: Owner = "") -> Response[str]:
    """Say that the work on a hand-off is done."""

    def act(connection: Connection, work: Handoff) -> str:
        _, caller = translator(visit.language), visit.caller
        rights.refuse_unless_acts(floor(connection), caller, work)
        stead, tell = rights.in_stead(caller, work), tell_of(connection)
        at = visit.server.micros
        settling.finish(connection, handoff, caller.who, at, for_owner=stead, tell=tell)
        return _("{lead} is done.")

    return _done(visit, handoff, owner, act)


def _until(
    connection: Connection, visit: Visit, work: Handoff, instant: str, day: str
) -> datetime | None:
    """Until when: an instant that the form offers, else the morning of a day, else now (None)."""
    if not instant and not day:
        return None
    field = "day" if day else "until"
    far = refused(field, f"an instant of the next {LONGEST_SNOOZE.days} days is expected")
    try:
        found = datetime.fromisoformat(instant or day)
    except ValueError:
        raise refused(field, "a date is expected, as 2026-11-22") from None
    if day and not instant:
        found = found.replace(tzinfo=visit.now.tzinfo)
        # No calendar reaches as far as dates do: what is far off is not looked up in one.
        if not timedelta(-1) < found - visit.now <= LONGEST_SNOOZE:
            raise far
        found = Mornings.of(connection, visit.now, work).from_(found)
    if found.tzinfo is None or not timedelta(0) < found - visit.now <= LONGEST_SNOOZE:
        raise far
    return found


def _done(visit: Visit, handoff: int, owner: str, act: Act) -> Response[str]:
    """Do it in one transaction; answer with the lists, where the keyboard goes on at the next."""
    with visit.server.database.write() as connection:
        desk, work = desk_of(connection, visit, owner), find(connection, handoff)
        before = beside(connection, desk.owner, handoff, visit.server.micros)
        lead = who(connection, [work.lead])[work.lead]
        said = act(connection, work).format(lead=lead.name)
        now = lists(connection, visit, desk).at(following(before, handoff), said)
    return visit.part("my_leads/lists.html", now)


def following(order: Sequence[int], handoff: int) -> int | None:
    """The hand-off that comes after one in a list, else the one before; None: there is no other.

    >>> following([7, 8, 9], 8), following([7, 8, 9], 9), following([7], 7)
    (9, 8, None)
    """
    if handoff not in order:
        return None
    place = order.index(handoff)
    rest = [*order[place + 1 :], *reversed(order[:place])]
    return rest[0] if rest else None


HANDLERS: Sequence[ControllerRouterHandler] = (accept, reject, snooze, done)
