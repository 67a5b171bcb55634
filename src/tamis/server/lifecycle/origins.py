"""Where leads came from: of their own accord or from a list, and whether somebody called them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, exists, not_, or_, select

from tamis.server.lifecycle.machine import Entry
from tamis.server.store.among import among_given
from tamis.server.store.tables import messages, people

E, L = messages.events.c, people.leads.c


class Origin(NamedTuple):
    """`entry` is inbound once the lead did something itself; `called`: somebody called it."""

    entry: Entry
    called: bool


def _is_call() -> ColumnElement[bool]:
    return or_(E.event == "call", E.event.startswith("call_", autoescape=True))


def came_by_itself(lead: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a lead sent anything: an event or a form, no call and nothing of a machine."""
    own = or_(E.event.is_(None), not_(_is_call()))
    return exists().where(E.lead == lead, E.bot.is_(None), own)


def was_called(lead: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether an event of it is a call: `call`, or `call_` and more."""
    return exists().where(E.lead == lead, E.bot.is_(None), _is_call())


ORIGINS = select(
    L.lead, came_by_itself(L.lead).label("inbound"), was_called(L.lead).label("called")
).where(among_given(L.lead))


def origins(connection: Connection, leads: Collection[int]) -> dict[int, Origin]:
    """The origins of leads as they are known now; those that are gone are left out."""
    if not leads:
        return {}
    rows = connection.execute(ORIGINS, {"given": list(leads)}).all()
    return {
        lead: Origin("inbound" if inbound else "outbound", bool(called))
        for lead, inbound, called in rows
    }
