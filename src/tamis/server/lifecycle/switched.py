"""Another version of a model is active: every lead gets a status, and is looked at anew."""

from __future__ import annotations

from sqlalchemy import Connection, case, exists, func, insert, literal, null, select, update

from tamis.server.lifecycle.origins import came_by_itself
from tamis.server.models.versions import Version
from tamis.server.store.keys import highest
from tamis.server.store.tables.lifecycle import status_history, statuses
from tamis.server.store.tables.scoring import scores

S, H = statuses.c, status_history.c
ROW = ("step", "model", "lead", "at", "after", "kind", "milestone", "passed", "cause", "reason")
STATUS = ("model", "lead", "status", "kind", "entry", "since", "cause", "firm", "look_at", "step")


def taken_over(connection: Connection, version: Version, at: int) -> None:
    """Have the leads of a version that became active come in, and looked at (`looking`) at once.

    Done by the database, in one statement each, as the switch itself: a million leads never stand
    in memory. Nothing for a model without a lifecycle: statuses stay as they were.
    """
    lifecycle = version.model.lifecycle
    if lifecycle is None:
        return
    first = lifecycle.first
    kind = literal(first.kinds[0]) if first.kinds else null()
    last = highest(connection, H.step)
    without = ~exists().where(S.model == version.name, S.lead == scores.c.lead)
    rows = select(
        last + func.row_number().over(order_by=scores.c.lead),
        *(literal(version.name), scores.c.lead, literal(at), literal(first.name), kind),
        *(literal(first.milestone) if first.milestone else null(), literal(value=False)),
        *(literal("system"), literal(""), literal(version.version_key)),
    ).where(scores.c.version_key == version.version_key, without)
    connection.execute(insert(status_history).from_select((*ROW, "version_key"), rows))
    new = select(
        *(H.model, H.lead, H.after, H.kind),
        case((came_by_itself(H.lead), "inbound"), else_="outbound"),
        *(H.at, H.cause, literal(value=False), literal(at), H.step),
    ).where(H.step > last)
    connection.execute(insert(statuses).from_select(STATUS, new))
    own = (S.model == version.name) & S.held_by.is_(None)
    connection.execute(update(statuses).where(own).values(look_at=at))
