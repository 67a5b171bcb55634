"""The quarantine: messages put aside with the reason, to be read, replayed or dropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, or_, select, update
from sqlalchemy import insert as inserting

from tamis.server import audit
from tamis.server.clock import micros, written
from tamis.server.ingest.message import Rejected
from tamis.server.problems import bad_request, conflict, not_found
from tamis.server.store.database import Database, slices
from tamis.server.store.keys import row_of
from tamis.server.store.tables.messages import quarantine

PAGE = 100
LONGEST_PAGE = 1_000
CLAIM = 60_000_000
"""Microseconds for which an entry is one person's to replay: far more than a delivery takes."""
STATES = ("waiting", "replayed", "dropped")


class Entry(msgspec.Struct):
    """A message put aside: when, what, why, with which key, and what became of it."""

    entry: int
    received_at: str
    kind: str
    code: str
    reason: str
    state: str
    message_id: str | None
    person: str | None
    key_id: str | None
    settled_at: str | None
    message: str
    """The message as it came; bytes that are no text stand as `\\xNN`."""


class Entries(msgspec.Struct):
    """A page of the quarantine; `next` is where the next one begins, null at the end."""

    entries: list[Entry]
    next: int | None


class Reason(msgspec.Struct):
    """How many entries wait for one reason, and when the latest of them came."""

    code: str
    number: int
    latest: str


class Settled(msgspec.Struct):
    """What became of an entry: replayed, dropped, or waiting still, and then why."""

    entry: int
    state: str
    code: str = ""
    reason: str = ""


def insert(connection: Connection, rejected: Sequence[tuple[Rejected, str | None]]) -> None:
    """Keep what was put aside, each with the id of the key it came with."""
    kept = [
        {
            "received_at": one.received_at,
            "message_id": one.message_id,
            "kind": one.kind,
            "message": one.message,
            "code": one.code,
            "reason": one.reason,
            "person": one.person,
            "key_id": key_id,
            "state": "waiting",
        }
        for one, key_id in rejected
    ]
    if kept:
        connection.execute(inserting(quarantine), kept)


def page(
    database: Database,
    state: str | None = "waiting",
    after: int = 0,
    limit: int = PAGE,
    code: str | None = None,
) -> Entries:
    """Entries in order of arrival, those after an entry. Raises: Problem."""
    if state is not None and state not in STATES:
        detail = f"`state` is `{state[:40]}`: there is {', '.join(STATES)}"
        raise bad_request(detail)
    limit = min(max(limit, 1), LONGEST_PAGE)
    asked = select(quarantine).where(quarantine.c.entry > after)
    if state is not None:
        asked = asked.where(quarantine.c.state == state)
    if code is not None:
        asked = asked.where(quarantine.c.code == code)
    with database.read() as connection:
        found = connection.execute(asked.order_by(quarantine.c.entry).limit(limit + 1)).all()
    entries = [_entry(row) for row in found[:limit]]
    return Entries(entries, entries[-1].entry if len(found) > limit else None)


def by_code(database: Database) -> list[Reason]:
    """The reasons of what waits, the most frequent first."""
    q = quarantine.c
    number, latest = func.count().label("number"), func.max(q.received_at).label("latest")
    chosen = select(q.code, number, latest).where(q.state == "waiting").group_by(q.code)
    with database.read() as connection:
        rows = connection.execute(chosen).all()
    found = [Reason(row.code, row.number, written(row.latest)) for row in rows]
    return sorted(found, key=lambda one: (-one.number, one.code))


def one(database: Database, entry: int) -> Entry:
    """An entry. Raises: Problem 404."""
    with database.read() as connection:
        return _entry(_row(connection, entry))


def _row(connection: Connection, entry: int) -> Row[Any]:
    found = row_of(connection, select(quarantine), quarantine.c.entry, entry)
    if found is None:
        what = f"there is no entry {entry} in quarantine"
        raise not_found(what)
    return found


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        entry=row.entry,
        received_at=written(row.received_at),
        kind=row.kind,
        code=row.code,
        reason=row.reason,
        state=row.state,
        message_id=row.message_id,
        person=row.person,
        key_id=row.key_id,
        settled_at=_settled_at(row),
        message=bytes(row.message).decode("utf-8", "backslashreplace"),
    )


def _settled_at(row: Row[Any]) -> str | None:
    # Of what waits, it says since when somebody replays it.
    if row.state == "waiting" or row.settled_at is None:
        return None
    return written(row.settled_at)


def drop(connection: Connection, entries: Iterable[int], at: datetime, who: str) -> list[Settled]:
    """Drop entries that wait: they are kept, and count for nothing. Raises: Problem."""
    found = claim(connection, entries, at)
    for row in found:
        settle(connection, row.entry, "dropped", at, who)
    return [Settled(row.entry, "dropped", row.code, row.reason) for row in found]


def claim(connection: Connection, entries: Iterable[int], at: datetime) -> list[Row[Any]]:
    """The rows of entries that wait, for one alone to settle: all of them, or none.

    An entry claimed waits still, and `settled_at` says since when it is claimed: if that one never
    comes back, it is anybody's again after `CLAIM`. Raises: Problem 404, 409.
    """
    found = [_waiting(connection, entry) for entry in dict.fromkeys(entries)]
    q, now = quarantine.c, micros(at)
    free = or_(q.settled_at.is_(None), ~q.settled_at.between(now - CLAIM, now + CLAIM))
    for row in found:
        here = (q.entry == row.entry) & (q.state == "waiting") & free
        if not connection.execute(update(quarantine).where(here).values(settled_at=now)).rowcount:
            detail = f"somebody else is replaying entry {row.entry}: look again in a minute"
            raise conflict(detail)
    return found


def release(connection: Connection, entries: Iterable[int], at: datetime) -> None:
    """Give back entries that were claimed at an instant and could not be settled."""
    q = quarantine.c
    mine = (q.state == "waiting") & (q.settled_at == micros(at))
    for some in slices(entries):
        here = update(quarantine).where(q.entry.in_(some), mine)
        connection.execute(here.values(settled_at=None))


def _waiting(connection: Connection, entry: int) -> Row[Any]:
    row = _row(connection, entry)
    if row.state != "waiting":
        detail = f"entry {entry} is {row.state} already"
        raise conflict(detail)
    return row


def settle(connection: Connection, entry: int, state: str, at: datetime, who: str) -> str:
    """Write that an entry waits no more, and who settled it; gives its state.

    That is another one where somebody else was quicker: what they wrote stays.
    """
    q = quarantine.c
    waits = (q.entry == entry) & (q.state == "waiting")
    changed = {"state": state, "settled_at": micros(at)}
    if not connection.execute(update(quarantine).where(waits).values(changed)).rowcount:
        return str(_row(connection, entry).state)
    audit.record(connection, at, who, f"quarantine.{state}", str(entry))
    return state


def tell(connection: Connection, entry: int, code: str, reason: str) -> None:
    """Write why an entry cannot be taken now, and that it is anybody's again.

    The reason may be another than when it came.
    """
    said = {"code": code, "reason": reason, "settled_at": None}
    waits = (quarantine.c.entry == entry) & (quarantine.c.state == "waiting")
    connection.execute(update(quarantine).where(waits).values(said))
