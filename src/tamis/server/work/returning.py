"""Work of people who were disabled goes back to its queue, unless they had accepted it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Select, select

from tamis.server.deadlines import making
from tamis.server.server import Server
from tamis.server.store.tables import access
from tamis.server.store.tables.work import handoffs
from tamis.server.work.handoffs import Handoff, handoff_of, moved, note
from tamis.server.work.people import team_hours
from tamis.server.work.queues import Floor, floor

H: Final = handoffs.c
AT_ONCE: Final = 100
"""Hand-offs of one look."""


def give_back(server: Server) -> int:
    """Let work wait again whose owner is disabled; gives how much."""
    with server.database.read() as connection:
        if connection.execute(_left().limit(1)).first() is None:
            return 0
    with server.database.write() as connection:
        known, at = floor(connection), server.micros
        rows = connection.execute(_left().limit(AT_ONCE)).all()
        return sum(_back(connection, known, handoff_of(row), at) for row in rows)


def _left() -> Select[Any]:
    gone = select(access.users.c.login).where(access.users.c.disabled)
    return select(handoffs).where(H.owner.in_(gone), H.state == "assigned").order_by(H.handoff)


def _back(connection: Connection, known: Floor, work: Handoff, at: int) -> bool:
    model = known.models.get(work.model)
    promise = making.NONE
    if model is not None:
        hours = team_hours(model)
        promise = making.to_queue(work.respond_within, model.service, hours, at)
    changes: dict[str, Any] = {
        "state": "waiting",
        "owner": None,
        "assigned_at": None,
        "snoozed_until": None,
    }
    changes |= {"round": work.round + 1, "due_at": promise.due_at}
    same = (H.state == work.state) & (H.round == work.round)
    waiting = moved(connection, work.handoff, same, changes)
    if waiting is None:
        return False
    note(connection, waiting, "returned", at, None, "disabled")
    due = making.rows_of(promise, waiting.handoff, waiting.lead, waiting.round)
    making.write(connection, due)
    return True
