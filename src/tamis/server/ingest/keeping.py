"""Keeping: rows of events, outcomes and times, in the transaction of the writer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, bindparam, case, insert, update

from tamis.server import engagement
from tamis.server.bots.detector import Detector, Stored
from tamis.server.ingest.message import Item, LeadRow, Message, OutcomeRow
from tamis.server.scoring.known import KnownLead
from tamis.server.scoring.work import NewEvent, Work
from tamis.server.store.database import Database, run_many
from tamis.server.store.keys import highest
from tamis.server.store.tables import messages, people

__all__ = ["OF", "WHY", "Stored", "store_events", "store_outcomes", "store_times"]

OF: BindParameter[int] = bindparam("of")
WHY: BindParameter[str] = bindparam("why")
ENCODER = msgspec.json.Encoder()
EVENTS = insert(messages.events)


def store_events(
    connection: Connection,
    items: Sequence[Item],
    leads: Sequence[int | None],
    work: Work,
    *,
    muted: Collection[int],
    detector: Detector,
) -> list[Stored]:
    """Store messages; what counts goes into `work`, what may prove a machine's is given back.

    Of leads that are muted no more is stored than that something came.
    """
    key = highest(connection, messages.events.c.event_key)
    rows: list[dict[str, Any]] = []
    stored: list[Stored] = []
    for item, lead in zip(items, leads, strict=True):
        if not isinstance(item, Message):
            continue
        key += 1
        row = _row(item, key, lead, is_muted=lead in muted)
        row["bot"] = detector.declared(item) if row["event"] else None
        rows.append(row)
        if row["event"] is None or row["bot"] is not None:
            continue
        agent = item.context.get("userAgent")
        agent = agent if isinstance(agent, str) else None
        stored.append(Stored(key, lead, item.anonymous_id, item.kind, row["event"], item.at, agent))
        if lead is not None:
            work.events.append(NewEvent(lead, row["event"], item.at, item.properties, key))
    run_many(connection, EVENTS, rows)
    return stored


def _row(item: Message, key: int, lead: int | None, *, is_muted: bool) -> dict[str, Any]:
    return {
        "event_key": key,
        "message_id": item.message_id,
        "lead": lead,
        "kind": item.kind,
        "event": None if is_muted else item.event,
        "at": item.at,
        "received_at": item.received_at,
        "user_id": item.user_id or item.email,
        "anonymous_id": item.anonymous_id,
        "properties": "{}" if is_muted else ENCODER.encode(item.properties).decode(),
        "context": "{}" if is_muted else ENCODER.encode(item.context).decode(),
    }


def store_outcomes(
    connection: Connection,
    database: Database,
    items: Sequence[Item],
    leads: Sequence[int | None],
) -> None:
    """Store what became of leads; the same id replaces what it said before."""
    rows = {
        item.outcome_id: {
            "outcome_id": item.outcome_id,
            "lead": lead,
            "outcome": item.outcome,
            "at": item.at,
            "amount": item.amount,
            "received_at": item.received_at,
        }
        for item, lead in zip(items, leads, strict=True)
        if isinstance(item, OutcomeRow)
    }
    if rows:
        changes = ("lead", "outcome", "at", "amount", "received_at")
        upsert = database.upsert(people.outcomes, ("outcome_id",), changes)
        connection.execute(upsert, list(rows.values()))
        told = zip(items, leads, strict=True)
        sold = {lead for one, lead in told if isinstance(one, OutcomeRow) and lead is not None}
        at = max(one.received_at for one in items if isinstance(one, OutcomeRow))
        engagement.closed(connection, sold, at)


LEADS = people.leads.c
FIRST: BindParameter[int] = bindparam("first")
LAST: BindParameter[int] = bindparam("last")
TIMES = (
    update(people.leads)
    .where(LEADS.lead == OF)
    .values(
        first_at=case((LEADS.first_at > FIRST, FIRST), else_=LEADS.first_at),
        last_at=case((LEADS.last_at < LAST, LAST), else_=LEADS.last_at),
    )
)


def store_times(
    connection: Connection,
    items: Sequence[Item],
    leads: Sequence[int | None],
    known: Mapping[int, KnownLead],
    work: Work,
) -> None:
    """Store the first and the latest time of each lead; an earlier first is a changed field."""
    spans: dict[int, tuple[int, int]] = {}
    for item, lead in zip(items, leads, strict=True):
        if lead is not None and isinstance(item, Message | LeadRow):
            first, last = spans.get(lead, (item.at, item.at))
            spans[lead] = min(first, item.at), max(last, item.at)
    if spans:
        work.fields |= {lead for lead, (first, _) in spans.items() if first < known[lead].first_at}
        rows = [{"of": lead, "first": first, "last": last} for lead, (first, last) in spans.items()]
        run_many(connection, TIMES, rows)
