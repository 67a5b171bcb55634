"""Retention: what is older than so many days goes, and what was counted of it with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, select

from tamis.server import audit, clock
from tamis.server.privacy import erased
from tamis.server.scoring.entries import entry_before, latest_entry
from tamis.server.server import Server
from tamis.server.store.database import slices
from tamis.server.store.tables import messages, scoring

LEADS: Final = 200
"""Leads of one transaction, whose scores are made anew."""
ROWS: Final = 5_000
"""Rows without a lead of one transaction."""
DAY: Final = 86_400_000_000
events, history, quarantine = messages.events, scoring.score_history, messages.quarantine


@dataclass(frozen=True)
class Swept:
    """How much went, and of how many leads the scores were made anew."""

    events: int = 0
    leads: int = 0
    score_history: int = 0
    quarantine: int = 0


def sweep(server: Server, before: datetime, who: str = "system") -> Swept:
    """Delete what is older, in slices: others write in between; a sweep cut short goes on later.

    Age is by when an event happened, when a score changed, when a message put aside was settled
    or, waiting still, came in.
    """
    limit = clock.micros(before)
    swept = _leads_events(server, limit)
    visitors = _all(server, _visitors, limit)
    swept = replace(
        swept,
        events=swept.events + visitors,
        score_history=_all(server, _history, limit),
        quarantine=_all(server, _quarantine, limit),
    )
    with server.database.write() as connection:
        erased.forget_old(connection, server.micros)
        if swept != Swept():
            details = {"before": clock.written(limit), **vars(swept)}
            now = server.clock.now()
            audit.record(connection, now, who, "retention.sweep", "old data", details)
    return swept


def _leads_events(server: Server, limit: int) -> Swept:
    """Events of leads, a few leads at a time: each is counted anew once."""
    gone = touched = 0
    last = 0
    while True:
        with server.database.read() as connection:
            leads = _leads_after(connection, last, limit)
        if not leads:
            return Swept(events=gone, leads=touched)
        with server.database.write() as connection:
            gone += _forget(connection, leads, limit)
            server.scores.recount(connection, leads, "time")
        server.bell.ring()
        touched, last = touched + len(leads), leads[-1]


def _leads_after(connection: Connection, last: int, limit: int) -> list[int]:
    e = events.c
    old = select(e.lead).where(e.lead > last, e.at < limit).distinct()
    return [lead for lead in connection.scalars(old.order_by(e.lead).limit(LEADS)) if lead]


def _forget(connection: Connection, leads: list[int], limit: int) -> int:
    """Old events and matches of leads; the matches of the day of the limit are counted anew."""
    e, m = events.c, scoring.matches.c
    gone = 0
    for some in slices(leads):
        gone += connection.execute(delete(events).where(e.lead.in_(some), e.at < limit)).rowcount
        old = delete(scoring.matches).where(m.lead.in_(some), m.day < limit // DAY)
        connection.execute(old)
    return gone


def _all(server: Server, part: Callable[[Connection, int], int], limit: int) -> int:
    """Slice after slice until nothing is left."""
    gone = 0
    while True:
        with server.database.write() as connection:
            now = part(connection, limit)
        gone += now
        if now < ROWS:
            return gone


def _visitors(connection: Connection, limit: int) -> int:
    e = events.c
    old = select(e.event_key).where(e.lead.is_(None), e.at < limit).limit(ROWS)
    return connection.execute(delete(events).where(e.event_key.in_(old))).rowcount


def _history(connection: Connection, limit: int) -> int:
    """The latest entry stays: readers go on from its number."""
    h = history.c
    latest, last = latest_entry(connection), entry_before(connection, limit)
    # By number, for no index has the times: what is younger is not read.
    old = select(h.entry).where(h.entry <= last, h.entry < latest, h.at < limit).limit(ROWS)
    return connection.execute(delete(history).where(h.entry.in_(old))).rowcount


def _quarantine(connection: Connection, limit: int) -> int:
    q = quarantine.c
    age = func.coalesce(q.settled_at, q.received_at)
    old = select(q.entry).where(age < limit).limit(ROWS)
    return connection.execute(delete(quarantine).where(q.entry.in_(old))).rowcount
