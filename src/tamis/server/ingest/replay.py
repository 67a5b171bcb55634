"""Replay: messages out of quarantine are read again, and taken like new ones.

A message may be taken now because a model has changed, or because somebody corrected it. Its
message id counts once all the same, and without a time of its own it happened when it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from tamis.server.ingest import quarantine, rows, segment
from tamis.server.ingest.bodies import Unreadable
from tamis.server.ingest.message import Delivery, Item, Receipt, Rejected
from tamis.server.ingest.quarantine import Settled
from tamis.server.store.database import Database

Write = Callable[[list[Delivery]], list[Receipt]]


@dataclass(frozen=True)
class Reread:
    """An entry read again: what it holds, and the key that it came with."""

    entry: int
    items: list[Item]
    key_id: str | None

    @property
    def fault(self) -> Rejected | None:
        """What is wrong with it still; None when it can be delivered."""
        found = (item for item in self.items if isinstance(item, Rejected))
        return next(found, None)

    @property
    def delivery(self) -> Delivery:
        """What the intake takes."""
        return Delivery(list(self.items), self.key_id)


def reread(
    connection: Connection, entries: Iterable[int], at: datetime, corrected: bytes | None = None
) -> list[Reread]:
    """Entries that wait, read again, and claimed: nobody else replays them meanwhile.

    `corrected` stands for the message. Raises: Problem.
    """
    found = quarantine.claim(connection, entries, at)
    return [Reread(row.entry, _items(row, corrected), row.key_id) for row in found]


def _items(row: Row[Any], corrected: bytes | None) -> list[Item]:
    message = bytes(row.message) if corrected is None else corrected
    try:
        if row.kind in rows.KINDS:
            return rows.rows_of(row.kind, message, row.received_at)
        if row.kind == "batch":
            return segment.batch_of(message, row.received_at)
    except Unreadable as error:
        return [error.rejected]
    kind = row.kind if row.kind in segment.KINDS else None
    return [segment.call_of(kind, message, row.received_at)]


def settle(
    connection: Connection,
    read: Sequence[Reread],
    receipts: Sequence[Receipt],
    at: datetime,
    who: str,
) -> list[Settled]:
    """Write what became of each: those with a fault wait on; `receipts` are of the others."""
    left = iter(receipts)
    return [
        _waits_on(connection, one.entry, one.fault)
        if one.fault
        else _settled(connection, one.entry, next(left), at, who)
        for one in read
    ]


def _waits_on(connection: Connection, entry: int, fault: Rejected) -> Settled:
    quarantine.tell(connection, entry, fault.code, fault.reason)
    return Settled(entry, "waiting", fault.code, fault.reason)


def _settled(
    connection: Connection, entry: int, receipt: Receipt, at: datetime, who: str
) -> Settled:
    """An entry after its delivery; put aside again, it has a new entry, and this one is done."""
    wanted = "dropped" if receipt.quarantined else "replayed"
    state = quarantine.settle(connection, entry, wanted, at, who)
    if state != wanted:
        return Settled(entry, state, "settled-meanwhile", "somebody else settled it meanwhile")
    if receipt.quarantined:
        return Settled(entry, state, "put-aside-again", "put aside again, under a new entry")
    return Settled(entry, state)


def give_back(database: Database, read: Iterable[Reread], at: datetime) -> None:
    """Let others replay at once what was claimed at an instant and could not be delivered."""
    with database.write() as connection:
        quarantine.release(connection, [one.entry for one in read], at)


def replay(
    database: Database,
    entries: Iterable[int],
    at: datetime,
    who: str,
    write: Write,
    *,
    corrected: bytes | None = None,
) -> list[Settled]:
    """Replay entries; `write` delivers and answers when all is durable. Raises: Problem."""
    with database.write() as connection:
        read = reread(connection, entries, at, corrected)
    try:
        receipts = write([one.delivery for one in read if not one.fault])
    except BaseException:
        give_back(database, read, at)
        raise
    with database.write() as connection:
        return settle(connection, read, receipts, at, who)
