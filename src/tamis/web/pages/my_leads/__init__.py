"""My leads: what a seller does now, in order, with one or two keys for each lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.work import rights
from tamis.server.work.handoffs import find
from tamis.server.work.queues import floor
from tamis.server.work.to_do import Part
from tamis.web.pages.my_leads import answers, live, panels
from tamis.web.pages.my_leads.desk import Desk, desk_of
from tamis.web.pages.my_leads.lists import Item, list_part, lists, one_item
from tamis.web.visit import Visiting

Owner = Annotated[str, QueryParameter(description="A login; empty: one's own.", max_length=100)]


@dataclass(frozen=True)
class OneRow:
    """Context of `my_leads/row.html`: a lead on which the keyboard goes on."""

    desk: Desk
    one: Item


READS = [allows(Permission.READ)]
WORKS = [allows(Permission.WORK)]


@get("/my-leads", guards=READS, sync_to_thread=True)
def my_leads(visit: Visiting, owner: Owner = "") -> Response[str]:
    """Somebody's work: one's own, or that of one's team."""
    with visit.server.database.read() as connection:
        desk = desk_of(connection, visit, owner)
        found = lists(connection, visit, desk)
    return visit.page("my_leads.html", found)


@get("/my-leads/lists", guards=READS, sync_to_thread=True)
def shown_anew(visit: Visiting, owner: Owner = "", since: live.Since = 0) -> Response[str]:
    """The lists as they are now; the keyboard goes on at the first lead that is new since then."""
    with visit.server.database.read() as connection:
        desk = desk_of(connection, visit, owner)
        found = lists(connection, visit, desk)
        new = live.first_new(connection, desk, since, visit.server.micros)
    return visit.part("my_leads/lists.html", found.at(new))


@get("/my-leads/more/{part:str}", guards=READS, sync_to_thread=True)
def more(
    visit: Visiting, part: FromPath[Part], cursor: FromQuery[str], owner: Owner = ""
) -> Response[str]:
    """The next page of one list."""
    with visit.server.database.read() as connection:
        desk = desk_of(connection, visit, owner)
        found = list_part(connection, visit, desk, part, cursor)
    return visit.part("my_leads/more.html", live.More(desk, found))


@get("/my-leads/{handoff:int}/row", guards=READS, sync_to_thread=True)
def row(visit: Visiting, handoff: FromPath[int], owner: Owner = "") -> Response[str]:
    """One lead of the lists as it is now, with nothing open below it."""
    with visit.server.database.read() as connection:
        desk = desk_of(connection, visit, owner)
        found = one_item(connection, visit, desk, handoff)
    return visit.part("my_leads/row.html", OneRow(desk, found))


@get("/my-leads/{handoff:int}/note", guards=READS, sync_to_thread=True)
def note(visit: Visiting, handoff: FromPath[int], owner: Owner = "") -> Response[str]:
    """The note for a call, in place."""
    with visit.server.database.read() as connection:
        desk = desk_of(connection, visit, owner)
        shown = panels.call(connection, visit, desk, find(connection, handoff))
    return visit.part("my_leads/note.html", shown)


@get("/my-leads/{handoff:int}/reject", guards=WORKS, sync_to_thread=True)
def rejecting(visit: Visiting, handoff: FromPath[int], owner: Owner = "") -> Response[str]:
    """The form to reject a hand-off."""
    return _answering(visit, handoff, owner, rejects=True)


@get("/my-leads/{handoff:int}/accept", guards=WORKS, sync_to_thread=True)
def accepting(visit: Visiting, handoff: FromPath[int], owner: Owner = "") -> Response[str]:
    """The form to accept a hand-off with a note and corrections."""
    return _answering(visit, handoff, owner, rejects=False)


@get("/my-leads/{handoff:int}/snooze", guards=WORKS, sync_to_thread=True)
def snoozing(visit: Visiting, handoff: FromPath[int], owner: Owner = "") -> Response[str]:
    """The form to put a hand-off aside."""
    with visit.server.database.read() as connection:
        desk, work = desk_of(connection, visit, owner), find(connection, handoff)
        rights.refuse_unless_acts(floor(connection), visit.caller, work)
        shown = panels.aside(connection, visit, desk, work)
    return visit.part("my_leads/aside.html", shown)


def _answering(visit: Visiting, handoff: int, owner: str, *, rejects: bool) -> Response[str]:
    with visit.server.database.read() as connection:
        desk, work = desk_of(connection, visit, owner), find(connection, handoff)
        rights.refuse_unless_acts(floor(connection), visit.caller, work)
        shown = panels.answering(connection, visit, desk, work, rejects=rejects)
    return visit.part("my_leads/answering.html", shown)


HANDLERS: Sequence[ControllerRouterHandler] = (
    *(my_leads, shown_anew, more, row, note, rejecting, accepting, snoozing),
    *answers.HANDLERS,
    *live.HANDLERS,
)
