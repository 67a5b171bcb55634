"""Work that tests give to people of the demonstration, beside the server that runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from tamis.server.clock import SystemClock, micros
from tamis.server.read.answering import json_of
from tamis.server.store.database import Database
from tamis.server.store.tables import people, scoring
from tamis.server.store.tables.lifecycle import statuses
from tamis.server.store.tables.work import OPEN, handoffs
from tamis.server.work.handoffs import Handoff, find, note

H, L, S, T = handoffs.c, people.leads.c, scoring.scores.c, statuses.c

LATEST, OURS = 10**6, 10**12
"""A day after all others; hand-offs that tests made have an instant where others have a cause."""


@dataclass(frozen=True)
class Given:
    """A hand-off that a test made, and whose lead it is."""

    store: Path
    handoff: int
    lead_id: str
    name: str

    @property
    def now(self) -> Handoff:
        """The hand-off as the store has it."""
        database = Database(str(self.store))
        try:
            with database.read() as connection:
                return find(connection, self.handoff)
        finally:
            database.close()

    @property
    def fields(self) -> dict[str, Any]:
        """What is known of the lead."""
        database = Database(str(self.store))
        try:
            with database.read() as connection:
                query = select(L.fields).where(L.lead_id == self.lead_id)
                found: dict[str, Any] = json_of(connection.execute(query).scalar_one())
                return found
        finally:
            database.close()


def hand_over(
    store: Path,
    owner: str | None,
    *,
    due: timedelta = timedelta(hours=1),
    queue: str = "sales",
    state: str = "assigned",
    standing: tuple[str, ...] = ("prospect", "lead", "mql"),
) -> Given:
    """Give a lead at one of some statuses to somebody (None: it waits), due in some time."""
    database, at = Database(str(store)), micros(SystemClock().now())
    try:
        with database.write() as connection:
            # Each lead once: the server looks again at one that was answered a moment ago.
            taken = select(H.lead).where(OPEN | (H.cause > OURS))
            known = L.fields.like('%"first_name"%') & L.fields.like('%"last_name"%')
            row = connection.execute(
                select(L.lead, L.lead_id, L.fields, S.score, S.cell, S.changed, S.version_key)
                .join(scoring.scores, S.lead == L.lead)
                .join(statuses, (T.lead == L.lead) & T.status.in_(standing))
                .where(L.lead.not_in(taken), known, S.score.is_not(None), ~S.excluded)
                # Whose verdict stays as it is for longest: what the server does to its own work
                # when a play holds no more, it would do to this.
                .order_by(func.coalesce(S.next_change, LATEST).desc(), S.score.desc())
                .limit(1)
            ).one()
            values = {
                "model": "b2b", "lead": row.lead, "play": "call_hot", "queue": queue,
                "cause": at, "state": state, "owner": owner, "turn": 1, "made_at": at,
                "assigned_at": at if owner else None, "round": 1 if owner else 0,
                "respond_within": "4h", "due_at": at + due // timedelta(microseconds=1),
                "answered_at": at if state == "accepted" else None,
                "score": row.score, "cell": row.cell, "version_key": row.version_key,
            }  # fmt: skip
            made = connection.execute(insert(handoffs).values(values).returning(H.handoff))
            handoff = int(made.scalar_one())
            note(connection, find(connection, handoff), state, at, None)
    finally:
        database.close()
    fields = json_of(row.fields)
    name = f"{fields['first_name']} {fields['last_name']}"
    return Given(store, handoff, row.lead_id, name)
