"""The outbox: what is to be told, written in the transaction in which it comes to be.

A row is claimed with a lease, sent outside of any transaction, and settled. Whoever dies in between
leaves a lease that runs out: the next one sends the row again, with the same idempotency key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from tamis.server.delivery.message import Message
from tamis.server.store.database import run_many
from tamis.server.store.tables.delivery import IS_WAITING, WAITING, outbox

SECOND: Final = 1_000_000
LONGEST_ATTEMPT: Final = 60.0
"""Seconds that one attempt may take."""
LEASE: Final = 3 * 60 * SECOND
"""How long a claimed row is its sender's: longer than any attempt, clocks apart included."""
LONGEST_PAUSE: Final = 24 * 3600 * SECOND
"""The longest that a row waits for its next attempt, whatever a target asks for."""
SKEW: Final = 3600 * SECOND
"""How far apart the clocks of servers that share a store are, at most."""
FEWEST_ATTEMPTS: Final = 8
"""Attempts before anything is given up: a server that was off for long gives nothing up for it."""
GIVE_UP: Final = timedelta(days=3)
EMPTY = "{}"


@dataclass(frozen=True)
class Settled:
    """What an attempt came to: sent, dead, or waiting for another one from `next_at` on."""

    entry: int
    state: str
    at: int
    error: str = ""
    next_at: int = 0


@dataclass(frozen=True)
class Claimed:
    """A message that is its sender's for as long as a lease; `since` when it began to wait."""

    message: Message
    since: int


def key_of(target: str, kind: str, cause: str) -> str:
    """The idempotency key: the same for the same cause, and of no other.

    >>> key_of("crm", "status.changed", "17") == key_of("crm", "status.changed", "17")
    True
    >>> key_of("crm", "status.changed", "17") == key_of("crm", "status.changed1", "7")
    False
    """
    whole = msgspec.json.encode([target, kind, cause])
    return f"msg_{blake2b(whole, digest_size=16).hexdigest()}"


def put(  # noqa: PLR0917 (a sentence: to whom, what, of whom, which words, why)
    connection: Connection,
    target: str,
    kind: str,
    lead: int | None,
    payload: Mapping[str, Any],
    cause: str,
    *,
    at: int,
    line: str | None = None,
) -> bool:
    """Put a message into the outbox, in the caller's transaction; gives whether it is new.

    A message of the same target, kind and cause is put once, ever. `cause` names what happened, as
    the number of a history's row does, and may stay in the store: it holds nothing of a person.
    Messages of a lead are sent in the order in which they were put; those of no lead in that of
    their `line`, or any without one. `at` is now, in microseconds.
    """
    o = outbox.c
    row = {
        "target": target,
        "kind": kind,
        "lead": lead,
        "line": line,
        "payload": msgspec.json.encode(payload).decode(),
        "idempotency_key": key_of(target, kind, cause),
        "made_at": at,
        "since": at,
        # Behind what waits for its next attempt: so it is not looked at in vain until then.
        "next_at": select(func.coalesce(func.max(o.next_at), at))
        .where(_after(target, lead, line), o.next_at > at)
        .scalar_subquery(),
    }
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    unique = ["idempotency_key"]
    statement = insert(outbox).values(row).on_conflict_do_nothing(index_elements=unique)
    # The number of rows is not told of an INSERT that gives a key out.
    return connection.execute(statement.returning(outbox.c.entry)).first() is not None


class OfLead(NamedTuple):
    """What is told of a lead; `cause` names what happened, as for `put`."""

    lead: int
    payload: Mapping[str, Any]
    cause: str


def put_many(
    connection: Connection, target: str, kind: str, told: Iterable[OfLead], at: int
) -> None:
    """Put messages of many leads into the outbox in their order, as `put` does: one statement."""
    rows = [
        {
            "target": target,
            "kind": kind,
            "lead": one.lead,
            "payload": msgspec.json.encode(one.payload).decode(),
            "idempotency_key": key_of(target, kind, one.cause),
            "made_at": at,
            "since": at,
            "now": at,
            "of_target": target,
            "of_lead": one.lead,
        }
        for one in told
    ]
    run_many(connection, _many(connection.dialect.name), rows)


@cache
def _many(dialect: str) -> Insert:
    o = outbox.c
    now = bindparam("now", type_=o.next_at.type)
    theirs = (o.target == bindparam("of_target")) & (o.lead == bindparam("of_lead"))
    behind = select(func.coalesce(func.max(o.next_at), now)).where(WAITING, theirs, o.next_at > now)
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    made = insert(outbox).values(next_at=behind.scalar_subquery())
    return made.on_conflict_do_nothing(index_elements=["idempotency_key"])


def due(now: int) -> ColumnElement[bool]:
    """Rows that may be sent now: nobody holds them, and no earlier one of their lead waits."""
    o, before = outbox.c, outbox.alias("before")
    earlier = (
        (before.c.state == IS_WAITING) & (before.c.target == o.target) & (before.c.entry < o.entry)
    )
    return (
        WAITING
        & (o.next_at <= now)
        & _free(now)
        & ~exists().where(earlier, before.c.lead == o.lead)
        & ~exists().where(earlier, before.c.line == o.line)
    )


def _free(now: int) -> ColumnElement[bool]:
    until = outbox.c.leased_until
    return or_(until.is_(None), until <= now)


def _after(target: str, lead: int | None, line: str | None) -> ColumnElement[bool]:
    """The rows of one lead, or of one line, that wait."""
    o = outbox.c
    if lead is None and line is None:
        return false()
    theirs = o.line == line if lead is None else o.lead == lead
    return WAITING & (o.target == target) & theirs


def mend(connection: Connection, now: int) -> None:
    """Let go of instants further ahead than can be: a clock was set back, and nothing waits for it.

    Clocks of servers that share a store may be a little apart.
    """
    o = outbox.c
    for column, furthest, changed in (
        (o.next_at, LONGEST_PAUSE, {"next_at": now}),
        (o.leased_until, LEASE, {"leased_by": None, "leased_until": None}),
    ):
        ahead = WAITING & (column > now + furthest + SKEW)
        if connection.execute(select(o.entry).where(ahead).limit(1)).first() is not None:
            connection.execute(update(outbox).where(ahead).values(changed))


def due_targets(connection: Connection, now: int, names: Iterable[str]) -> list[str]:
    """Those of some targets for which there is something to send now."""
    found = []
    for name in names:
        chosen = select(outbox.c.entry).where(outbox.c.target == name, due(now)).limit(1)
        if connection.execute(chosen).first() is not None:
            found.append(name)
    return found


def claim(connection: Connection, target: str, sender: str, now: int) -> Claimed | None:
    """Take the next message for a target, for as long as a lease; None: there is none now."""
    o = outbox.c
    chosen = (
        select(outbox).where(o.target == target, due(now)).order_by(o.next_at, o.entry).limit(1)
    )
    row = connection.execute(chosen).first()
    if row is None:
        return None
    # Compare and set: who reads the same row at the same time gets nothing.
    took = connection.execute(
        update(outbox)
        .where(o.entry == row.entry, WAITING, _free(now))
        .values(leased_by=sender, leased_until=now + LEASE, attempts=o.attempts + 1)
    )
    if took.rowcount != 1:
        return None
    message = Message(
        entry=row.entry,
        target=row.target,
        kind=row.kind,
        lead=row.lead,
        payload=msgspec.json.decode(row.payload),
        key=row.idempotency_key,
        at=row.made_at,
        attempt=row.attempts + 1,
    )
    return Claimed(message, row.since)


def settle(connection: Connection, sender: str, what: Settled) -> bool:
    """Write what an attempt came to; gives whether the row was still its sender's.

    A target that has it has it, whoever holds the row by now; of a failure the holder alone tells.
    """
    o = outbox.c
    mine = (o.entry == what.entry) & WAITING
    changed: dict[str, Any] = {"leased_by": None, "leased_until": None, "error": what.error}
    if what.state == "sent":
        changed |= {"state": "sent", "settled_at": what.at, "payload": EMPTY}
    else:
        mine &= o.leased_by == sender
        dead = what.state == "dead"
        changed |= {"state": "dead", "settled_at": what.at} if dead else {"next_at": what.next_at}
    own = select(o.target, o.lead, o.line).where(o.entry == what.entry)
    row = connection.execute(own).first()
    settled = connection.execute(update(outbox).where(mine).values(changed)).rowcount == 1
    if settled and what.state == "waiting" and row is not None:
        # Those behind it need not be looked at before it.
        behind = _after(row.target, row.lead, row.line) & (o.next_at < what.next_at)
        connection.execute(update(outbox).where(behind).values(next_at=what.next_at))
    return settled
