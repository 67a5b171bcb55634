"""What was erased must not come back: fingerprints by which a message sent again is known.

A client that got no answer sends its messages again, and a file may be imported anew. So for a
while the store keeps fingerprints, made with a key of its own, of the erased message ids and of
the erased ids and addresses. They say nothing of a person to whoever does not have the id already.
Someone who was erased and comes back is new: only what happened before the erasure stays out.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from tamis.server.bots.seen import SECOND
from tamis.server.store.database import Database, slices
from tamis.server.store.tables import access, people

DAYS: Final = 90
"""Days for which fingerprints are kept."""
KEPT: Final = DAYS * 86_400 * SECOND
KEY: Final = "erased-key"
"""The setting that holds the key; there is none until somebody is erased."""
MESSAGE: Final = "message"
KEPT_KEY = select(access.settings.c.value).where(access.settings.c.name == KEY)
erased = people.erased
Said = tuple[str, str, int]
"""A kind of identity, its value, and when it was said."""


def is_erased(connection: Connection, message_ids: Collection[str]) -> set[str]:
    """Those message ids that were erased: what comes with them is not stored again."""
    key = _key(connection)
    if key is None:
        return set()
    marks = {_mark(key, MESSAGE, message_id): message_id for message_id in message_ids}
    return {marks[mark] for mark in _kept(connection, marks)}


def is_asked(connection: Connection) -> bool:
    """Whether anybody was ever erased: else there is nothing to look for."""
    return _key(connection) is not None


def said_before(connection: Connection, said: Iterable[Said]) -> set[Said]:
    """Those of (kind, value, at) whose person was erased later than `at`.

    What is said so, of a person who was erased since, is not stored: it was erased with the rest.
    """
    key = _key(connection)
    if key is None:
        return set()
    marks = {one: _mark(key, one[0], one[1]) for one in said}
    kept = _kept(connection, set(marks.values()))
    return {one for one, mark in marks.items() if one[2] <= kept.get(mark, one[2] - 1)}


def remember(
    connection: Connection, database: Database, at: int, what: Iterable[tuple[str, str]]
) -> None:
    """Keep fingerprints of (kind, value), erased at this instant; kind `message` for messages."""
    key = _key(connection)
    if key is None:
        key = secrets.token_hex(32)
        connection.execute(insert(access.settings).values(name=KEY, value=key))
    rows = [{"mark": mark, "at": at} for mark in {_mark(key, *one) for one in what}]
    if rows:
        connection.execute(database.upsert(erased, ("mark",), ("at",)), rows)


def forget_old(connection: Connection, now: int) -> int:
    """Drop fingerprints that are older than `DAYS`; gives how many."""
    return connection.execute(delete(erased).where(erased.c.at < now - KEPT)).rowcount


def _key(connection: Connection) -> str | None:
    return connection.scalar(KEPT_KEY)


def _kept(connection: Connection, marks: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in slices(marks):
        rows = connection.execute(select(erased.c.mark, erased.c.at).where(erased.c.mark.in_(some)))
        found.update((row.mark, row.at) for row in rows)
    return found


def _mark(key: str, kind: str, value: str) -> str:
    return hmac.digest(key.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hex()
