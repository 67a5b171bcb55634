"""What rules had given a lead when it was handed over: kept at once, for it cannot be had later.

Fields change, events come late, versions end: parts made anew for a day long past would not be
those that made the hand-off. So they are kept within seconds, with the day that they are of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

import msgspec
from sqlalchemy import Connection, select

from tamis.server.clock import day_in, day_number, instant_of
from tamis.server.models.versions import live_versions
from tamis.server.store.among import among
from tamis.server.store.database import Database
from tamis.server.store.tables.feedback import handoff_parts
from tamis.server.store.tables.work import OPEN, handoffs

BATCH = 200
"""Hand-offs whose parts are kept in one transaction."""
MILLI = 1000
H, K = handoffs.c, handoff_parts.c


class Explains(Protocol):
    """What takes scores apart: `LiveScores`."""

    def explain(self, connection: Connection, version: int, lead: int) -> list[dict[str, Any]]:
        """The contributions of a lead's score today."""


class Given(NamedTuple):
    """What a rule gave in a dimension, in points."""

    dimension: str
    rule: str
    points: Decimal


def keep_new(
    connection: Connection, database: Database, scores: Explains, at: int, limit: int = BATCH
) -> int:
    """Keep the parts of open hand-offs that have none yet, the newest first; gives how many."""
    return keep(connection, database, scores, lacking(connection, limit), at)


def lacking(connection: Connection, limit: int) -> Sequence[int]:
    """Open hand-offs whose parts are not kept yet, the newest first."""
    chosen = (
        select(H.handoff)
        .outerjoin(handoff_parts, K.handoff == H.handoff)
        .where(OPEN, K.handoff.is_(None))
        .order_by(H.handoff.desc())
        .limit(limit)
    )
    return connection.scalars(chosen).all()


def keep(
    connection: Connection, database: Database, scores: Explains, some: Iterable[int], at: int
) -> int:
    """Keep the parts of hand-offs that have none; those of a version that ended are empty."""
    live = {version.version_key: version for version in live_versions(connection)}
    chosen = select(H.handoff, H.lead, H.version_key).where(among(H.handoff, some))
    rows = []
    for one in connection.execute(chosen):
        version = live.get(one.version_key)
        found = scores.explain(connection, one.version_key, one.lead) if version else []
        zone = version.model.timezone if version else "UTC"
        rows.append(
            {
                "handoff": one.handoff,
                "lead": one.lead,
                "day": day_number(day_in(zone, instant_of(at))),
                "parts": _in_json(found),
            }
        )
    if rows:
        connection.execute(database.upsert(handoff_parts, ("handoff",)), rows)
    return len(rows)


def _in_json(found: Iterable[Mapping[str, Any]]) -> str:
    parts = [[one["dimension"], one["rule"], int(one["points"] * MILLI)] for one in found]
    return msgspec.json.encode([part for part in parts if part[2]]).decode()


def kept(connection: Connection, some: Iterable[int]) -> Mapping[int, tuple[int, list[Given]]]:
    """The day and the parts of hand-offs that have some."""
    chosen = select(K.handoff, K.day, K.parts).where(among(K.handoff, some))
    return {
        handoff: (day, [Given(d, r, Decimal(n) / MILLI) for d, r, n in msgspec.json.decode(parts)])
        for handoff, day, parts in connection.execute(chosen)
    }
