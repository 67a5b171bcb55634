"""Keys of programs: `tk_<id>_<secret>`, shown once, kept as a hash."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, insert, select, update

from tamis.server import audit
from tamis.server.clock import Clock, micros
from tamis.server.problems import Problem, bad_request, not_found
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import SCOPES
from tamis.server.security.tokens import fits, hashed, new_token
from tamis.server.store.database import Database
from tamis.server.store.tables import access

PREFIX = "tk_"
REMEMBERED_FOR = 5_000_000
"""Microseconds that a key is taken as it was looked up: how long a revoked one may still work."""
REMEMBERED = 1_000
"""Keys remembered at once."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class Key:
    """A key without its secret; instants are microseconds."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    made_at: int
    made_by: str | None
    last_used: int | None
    revoked_at: int | None


@dataclass(frozen=True)
class _Known:
    key_hash: str
    caller: Caller


def add_key(
    connection: Connection, clock: Clock, name: str, scopes: Collection[str], who: str
) -> tuple[Key, str]:
    """Make a key; the text that is it is returned here and never again.

    Raises:
        Problem: 400 for a scope that there is not, or no name.
    """
    _refuse_wrong(name, scopes)
    key_id, secret, now = secrets.token_hex(6), new_token(), clock.now()
    row = {
        "key_id": key_id,
        "key_hash": hashed(secret),
        "name": name,
        "scopes": " ".join(sorted(set(scopes))),
        "made_at": micros(now),
        "made_by": who,
    }
    connection.execute(insert(access.keys).values(row))
    details = {"name": name, "scopes": sorted(set(scopes))}
    audit.record(connection, now, who, "key.add", f"key:{key_id}", details)
    return key_of(connection, key_id), f"{PREFIX}{key_id}_{secret}"


def _refuse_wrong(name: str, scopes: Collection[str]) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        detail = f"a key has a name of 1 to {LONGEST_NAME} characters"
        raise bad_request(detail, [{"field": "name", "message": detail}])
    wrong = sorted(set(scopes) - set(SCOPES))
    if wrong or not scopes:
        found = f"there is no scope `{wrong[0]}`" if wrong else "a key has a scope"
        detail = f"{found}: it is one or more of {', '.join(SCOPES)}"
        raise bad_request(detail, [{"field": "scopes", "message": detail}])


def key_of(connection: Connection, key_id: str) -> Key:
    """A key by its id. Raises: Problem 404."""
    found = [key for key in all_keys(connection) if key.key_id == key_id]
    if not found:
        detail = f"there is no key `{key_id}`"
        raise not_found(detail)
    return found[0]


def all_keys(connection: Connection) -> list[Key]:
    """Every key, in the order in which they were made; revoked ones too."""
    table = access.keys
    query = select(table).order_by(table.c.made_at, table.c.key_id)
    return [
        Key(
            row.key_id,
            row.name,
            tuple(row.scopes.split()),
            row.made_at,
            row.made_by,
            row.last_used,
            row.revoked_at,
        )
        for row in connection.execute(query)
    ]


def revoke_key(connection: Connection, clock: Clock, key_id: str, who: str) -> Key:
    """End a key; a second time changes nothing. Raises: Problem 404."""
    key, now = key_of(connection, key_id), clock.now()
    if key.revoked_at is not None:
        return key
    table = access.keys
    connection.execute(update(table).where(table.c.key_id == key_id).values(revoked_at=micros(now)))
    audit.record(connection, now, who, "key.revoke", f"key:{key_id}", {"name": key.name})
    return key_of(connection, key_id)


class KeyRing:
    """The keys in use, remembered for some seconds: thousands of requests read the store once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._known: OrderedDict[str, tuple[_Known | None, int]] = OrderedDict()
        self._lock = threading.Lock()

    def remembers(self, written: str) -> bool:
        """Whether `caller` answers without the store."""
        return self._remembered(_parts(written)[0]) is not None

    def caller(self, written: str) -> Caller | None:
        """Who shows this key; None: it is none, was revoked, or its secret is wrong."""
        key_id, secret = _parts(written)
        found = self._remembered(key_id)
        known = found[0] if found else self._look_up(key_id)
        return known.caller if known and fits(secret, known.key_hash) else None

    def _remembered(self, key_id: str) -> tuple[_Known | None, int] | None:
        found, now = self._known.get(key_id), micros(self._clock.now())
        # Below 0 the clock was set back: what is remembered may be of any age.
        return found if found and 0 <= now - found[1] < REMEMBERED_FOR else None

    def forget(self, key_id: str) -> None:
        """Ask the store about a key next time: it was revoked."""
        with self._lock:
            self._known.pop(key_id, None)

    def __len__(self) -> int:
        return len(self._known)

    def _look_up(self, key_id: str) -> _Known | None:
        table, now = access.keys, micros(self._clock.now())
        query = select(table.c.key_hash, table.c.scopes).where(
            table.c.key_id == key_id, table.c.revoked_at.is_(None)
        )
        with self._database.read() as connection:
            # PostgreSQL knows no text with a NUL.
            row = connection.execute(query).one_or_none() if key_id.isalnum() else None
        known = _Known(row.key_hash, _caller(key_id, row.scopes)) if row else None
        with self._lock:
            self._known[key_id] = (known, now)
            self._known.move_to_end(key_id)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return known


def _parts(written: str) -> tuple[str, str]:
    key_id, _, secret = written.removeprefix(PREFIX).partition("_")
    return key_id, secret


def _caller(key_id: str, scopes: str) -> Caller:
    allowed = (SCOPES.get(scope, frozenset()) for scope in scopes.split())
    return Caller(f"key:{key_id}", frozenset(chain.from_iterable(allowed)))


def unknown_key() -> Problem:
    """The answer to a key that opens nothing."""
    detail = "the key is not known, or was revoked"
    challenge = {"WWW-Authenticate": 'Basic realm="tamis"'}
    return Problem(401, "not-logged-in", "Not logged in", detail, headers=challenge)
