"""What became of messages, and the dead letters: shown, replayed, dropped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, or_, select, update

from tamis.server import audit
from tamis.server.clock import micros, written
from tamis.server.delivery.outbox import EMPTY
from tamis.server.problems import bad_request, conflict, not_found
from tamis.server.store.keys import LARGEST, row_of
from tamis.server.store.tables.delivery import DEAD, WAITING, outbox

STATES: Final = {
    "waiting": WAITING,
    "sent": outbox.c.state == "sent",
    "dead": DEAD,
    "dropped": outbox.c.state == "dropped",
}
PAGE: Final = 100
LONGEST_PAGE: Final = 1_000


class Letter(msgspec.Struct):
    """A message of the outbox and what became of it; `payload` is empty once sent or dropped."""

    entry: int
    target: str
    kind: str
    state: str
    lead: int | None
    idempotency_key: str
    made_at: str
    next_at: str
    attempts: int
    error: str
    settled_at: str | None
    payload: dict[str, Any]


class Letters(msgspec.Struct):
    """A page of messages; `next` is where the next one begins, null at the end."""

    deliveries: list[Letter]
    next: int | None


class Count(msgspec.Struct):
    """How many messages of a target wait and are dead; since when the eldest waits, and why."""

    waiting: int = 0
    dead: int = 0
    waits_since: str | None = None
    error: str = ""


def page(
    connection: Connection,
    state: str = "dead",
    target: str | None = None,
    after: int = 0,
    limit: int = PAGE,
) -> Letters:
    """Messages in the order in which they were put, those after an entry. Raises: Problem."""
    o = outbox.c
    chosen = select(outbox).where(_in_state(state), o.entry > after)
    if target is not None:
        chosen = chosen.where(o.target == target)
    limit = min(max(limit, 1), LONGEST_PAGE)
    rows = connection.execute(chosen.order_by(o.entry).limit(limit + 1)).all()
    letters = [_letter(row) for row in rows[:limit]]
    return Letters(letters, letters[-1].entry if len(rows) > limit else None)


def _in_state(state: str) -> ColumnElement[bool]:
    if state not in STATES:
        detail = f"`state` is `{state[:40]}`: there is {', '.join(STATES)}"
        raise bad_request(detail)
    return STATES[state]


def latest(
    connection: Connection,
    state: str,
    target: str | None = None,
    before: int = LARGEST,
    limit: int = PAGE,
) -> Letters:
    """Messages, the latest first, those before an entry. Raises: Problem."""
    o = outbox.c
    chosen = select(outbox).where(_in_state(state), o.entry < before)
    if target is not None:
        chosen = chosen.where(o.target == target)
    rows = connection.execute(chosen.order_by(o.entry.desc()).limit(limit + 1)).all()
    letters = [_letter(row) for row in rows[:limit]]
    return Letters(letters, letters[-1].entry if len(rows) > limit else None)


def one(connection: Connection, entry: int) -> Letter:
    """A message. Raises: Problem 404."""
    return _letter(_row(connection, entry))


def counts(connection: Connection) -> Mapping[str, Count]:
    """What waits and what is dead, by target."""
    o = outbox.c
    number, since = func.count().label("number"), func.min(o.since).label("since")
    found: dict[str, Count] = {}
    # One after the other: each has an index of its own, and both together have none.
    rows = [
        row
        for which in (WAITING, DEAD)
        for row in connection.execute(
            select(o.target, o.state, number, since).where(which).group_by(o.target, o.state)
        )
    ]
    for row in rows:
        count = found.setdefault(row.target, Count())
        setattr(count, row.state, row.number)
        if row.state == "waiting":
            count.waits_since = written(row.since)
            count.error = _latest_error(connection, row.target)
    return found


def _latest_error(connection: Connection, target: str) -> str:
    o = outbox.c
    chosen = select(o.error).where(o.target == target, WAITING, o.error != "")
    return connection.execute(chosen.order_by(o.entry).limit(1)).scalar() or ""


def all_dead(connection: Connection, target: str | None) -> list[int]:
    """The numbers of all dead letters, or of a target's, in their order."""
    o = outbox.c
    chosen = select(o.entry).where(DEAD).order_by(o.entry)
    if target is not None:
        chosen = chosen.where(o.target == target)
    return list(connection.execute(chosen).scalars())


def replay(connection: Connection, entries: Iterable[int], at: datetime, who: str) -> list[int]:
    """Let dead messages wait again, with their keys, in their old order. Raises: Problem."""
    now = micros(at)
    changed = {"state": "waiting", "settled_at": None, "since": now, "next_at": now}
    changed |= {"attempts": 0, "leased_by": None, "leased_until": None}
    return _settle(connection, entries, ("dead",), changed, at, who, "replay")


def drop(connection: Connection, entries: Iterable[int], at: datetime, who: str) -> list[int]:
    """Give messages up that are dead, or that wait and nobody holds. Raises: Problem.

    Their keys stay, so that nobody puts them again; what was in them does not.
    """
    changed = {"state": "dropped", "settled_at": micros(at), "payload": EMPTY}
    return _settle(connection, entries, ("dead", "waiting"), changed, at, who, "drop")


def _settle(  # noqa: PLR0917 (a sentence: which, from what to what, when, who, how)
    connection: Connection,
    entries: Iterable[int],
    states: tuple[str, ...],
    changed: Mapping[str, Any],
    at: datetime,
    who: str,
    action: str,
) -> list[int]:
    o, done = outbox.c, []
    for entry in dict.fromkeys(entries):
        row = _row(connection, entry)
        free = or_(o.leased_until.is_(None), o.leased_until <= micros(at))
        mine = (o.entry == entry) & o.state.in_(states) & free
        if connection.execute(update(outbox).where(mine).values(changed)).rowcount != 1:
            held = row.state in states
            detail = f"delivery {entry} is {'being sent' if held else row.state}"
            raise conflict(detail)
        audit.record(connection, at, who, f"delivery.{action}", str(entry), {"target": row.target})
        done.append(entry)
    return done


def _row(connection: Connection, entry: int) -> Row[Any]:
    found = row_of(connection, select(outbox), outbox.c.entry, entry)
    if found is None:
        what = f"there is no delivery {entry}"
        raise not_found(what)
    return found


def _letter(row: Row[Any]) -> Letter:
    return Letter(
        entry=row.entry,
        target=row.target,
        kind=row.kind,
        state=row.state,
        lead=row.lead,
        idempotency_key=row.idempotency_key,
        made_at=written(row.made_at),
        next_at=written(row.next_at),
        attempts=row.attempts,
        error=row.error,
        settled_at=None if row.settled_at is None else written(row.settled_at),
        payload=msgspec.json.decode(row.payload),
    )
