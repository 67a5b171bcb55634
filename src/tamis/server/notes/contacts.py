"""When somebody of ours last spoke with leads: for lists, in one look for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from tamis.server.notes.activity import CONTACTS
from tamis.server.store.among import among
from tamis.server.store.tables import lifecycle, messages

E, R = messages.events.c, lifecycle.recorded_answers.c
MEETING = "meeting_held"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact: one of `activity.CONTACTS`, and its instant in microseconds."""

    kind: str
    at: int


def last_contacts(
    connection: Connection, model: str, leads: Collection[int]
) -> Mapping[int, Contact]:
    """The latest contact of each lead, as a note says it; leads without one are left out."""
    found: dict[int, Contact] = {}
    said = [*_events(connection, leads), *_meetings(connection, model, leads)]
    for lead, contact in said:
        if lead not in found or found[lead].at < contact.at:
            found[lead] = contact
    return found


def _events(connection: Connection, leads: Collection[int]) -> list[tuple[int, Contact]]:
    spoken = among(E.lead, leads) & E.event.in_(CONTACTS) & E.bot.is_(None)
    latest = select(E.lead, E.event, func.max(E.at)).where(spoken).group_by(E.lead, E.event)
    return [(lead, Contact(event, at)) for lead, event, at in connection.execute(latest)]


def _meetings(
    connection: Connection, model: str, leads: Collection[int]
) -> list[tuple[int, Contact]]:
    """Meetings that were recorded, unless the latest word is that none was held."""
    asked = among(R.lead, leads) & (R.model == model) & (R.question == "meeting")
    rows = connection.execute(select(R.lead, R.yes, R.at).where(asked).order_by(R.answer))
    latest = {lead: (yes, at) for lead, yes, at in rows}
    return [(lead, Contact(MEETING, at)) for lead, (yes, at) in latest.items() if yes]
