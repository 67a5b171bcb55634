"""A lead: who they are, where they stand, why the score is what it is, and what they did."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get
from litestar.params import FromQuery, QueryParameter

from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.web.pages.lead import actions, company, note, page, past, timeline
from tamis.web.pages.lead.shown import shown
from tamis.web.visit import Visiting

READS = [allows(Permission.READ)]
LeadId = Annotated[str, QueryParameter(max_length=1_000)]
Model = Annotated[str | None, QueryParameter(max_length=200)]


@get("/lead", guards=READS, sync_to_thread=True)
def lead(visit: Visiting, lead_id: LeadId, model: Model = None) -> Response[str]:
    """The page of a lead, by its id, a user id or an e-mail."""
    with visit.server.database.read() as connection:
        found = shown(connection, visit, lead_id, model)
        return visit.page("lead.html", page.context(found, lead_id))


@get("/lead/note", guards=READS, sync_to_thread=True)
def call_note(visit: Visiting, lead_id: LeadId, model: Model = None) -> Response[str]:
    """The note for a call."""
    with visit.server.database.read() as connection:
        found = shown(connection, visit, lead_id, model)
        return visit.part("lead/note.html", note.context(found))


@get("/lead/past", guards=READS, sync_to_thread=True)
def score_past(visit: Visiting, lead_id: LeadId, model: Model = None) -> Response[str]:
    """How the score came to be what it is."""
    with visit.server.database.read() as connection:
        found = shown(connection, visit, lead_id, model)
        return visit.part("lead/past.html", past.context(found))


@get("/lead/timeline", guards=READS, sync_to_thread=True)
def deeds(
    visit: Visiting,
    lead_id: LeadId,
    model: Model = None,
    where: FromQuery[timeline.Where] = "all",
    cursor: Annotated[str | None, QueryParameter(max_length=500)] = None,
) -> Response[str]:
    """What the lead did; with a cursor, what is earlier."""
    with visit.server.database.read() as connection:
        found = timeline.context(shown(connection, visit, lead_id, model), where, cursor)
        return visit.part("lead/days.html" if cursor else "lead/timeline.html", found)


@get("/lead/company", guards=READS, sync_to_thread=True)
def its_company(visit: Visiting, lead_id: LeadId, model: Model = None) -> Response[str]:
    """The account of the lead, and its colleagues."""
    with visit.server.database.read() as connection:
        found = shown(connection, visit, lead_id, model)
        return visit.part("lead/company.html", company.context(found))


HANDLERS = (lead, call_note, score_past, deeds, its_company, *actions.HANDLERS)
