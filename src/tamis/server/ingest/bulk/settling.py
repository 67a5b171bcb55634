"""Settling: what an import left undone of leads. Times, marks of machines, scores; in slices.

A command that imports does it at its end; a running server does it for one that died.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select, update

from tamis.server.bots import marking
from tamis.server.bots.detector import Detector
from tamis.server.server import Server
from tamis.server.store.among import among
from tamis.server.store.tables import messages, models, people

LEADS = 500
"""Leads settled in one transaction, unless told otherwise."""
DETECTOR = Detector()


def settle(server: Server, limit: int = LEADS) -> int:
    """Bring some dirty leads up to date in one transaction; gives how many, 0 when none is left."""
    dirty = models.dirty
    with server.database.write() as connection:
        chosen = select(dirty.c.lead).order_by(dirty.c.lead).limit(limit)
        leads = list(connection.execute(chosen).scalars())
        if not leads:
            return 0
        _set_times(connection, leads)
        marking.put(connection, DETECTOR.again(connection, leads))
        server.scores.recount(connection, leads, "events")
        connection.execute(delete(dirty).where(among(dirty.c.lead, leads)))
    server.bell.ring()
    return len(leads)


def unsettled(server: Server) -> int:
    """How many leads wait to be brought up to date."""
    with server.database.read() as connection:
        count = select(func.count()).select_from(models.dirty)
        return connection.execute(count).scalar_one()


def _set_times(connection: Connection, leads: list[int]) -> None:
    """A lead's first and latest time take in those of all its messages."""
    e, leads_ = messages.events.c, people.leads
    of = leads_.c
    first = select(func.min(e.at)).where(e.lead == of.lead, e.at < of.first_at)
    last = select(func.max(e.at)).where(e.lead == of.lead, e.at > of.last_at)
    connection.execute(
        update(leads_)
        .where(among(of.lead, leads))
        .values(
            first_at=func.coalesce(first.correlate(leads_).scalar_subquery(), of.first_at),
            last_at=func.coalesce(last.correlate(leads_).scalar_subquery(), of.last_at),
        )
    )
