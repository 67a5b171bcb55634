"""When keys, people and sessions were last seen: noted in memory, written once a minute."""

from __future__ import annotations

import asyncio
import logging
import threading

from sqlalchemy import Table, bindparam, update

from tamis.server.clock import Clock, micros
from tamis.server.store.database import Database, StoreError
from tamis.server.store.tables import access

EVERY = 60_000_000
"""Microseconds from one writing to the next."""
LOG = logging.getLogger(__name__)
COLUMNS = {
    "key": (access.keys, "key_id", "last_used"),
    "session": (access.sessions, "token_hash", "seen_at"),
    "user": (access.users, "login", "last_seen"),
}


class Seen:
    """Who was seen when; never in a request's way, so a crash forgets the last minute."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._noted: dict[tuple[str, str], int] = {}
        self._written_at = micros(clock.now())
        self._lock, self._at_work = threading.Lock(), threading.Lock()
        self.writing: asyncio.Future[None] | None = None
        """The last writing in another thread."""

    def note(self, kind: str, name: str) -> None:
        """Note that one was seen now."""
        with self._lock:
            self._noted[kind, name] = micros(self._clock.now())

    def write_when_due(self) -> None:
        """Write in another thread what was noted, once a minute; from the event loop."""
        now = micros(self._clock.now())
        if self._noted and not 0 <= now - self._written_at < EVERY:
            self._written_at = now
            self.writing = asyncio.get_running_loop().run_in_executor(None, self.write)

    def write(self) -> None:
        """Write what was noted; while the store is away it is noted for the next time."""
        with self._at_work:
            with self._lock:
                noted, self._noted = self._noted, {}
            try:
                self._write(noted)
            except StoreError as error:
                LOG.warning("when keys and people were last seen is not written yet: %s", error)
                with self._lock:
                    self._noted = {**noted, **self._noted}

    def _write(self, noted: dict[tuple[str, str], int]) -> None:
        if not noted:
            return
        with self._database.write() as connection:
            for kind, (table, key, column) in COLUMNS.items():
                rows = [{"k": n, "at": at} for (one, n), at in noted.items() if one == kind]
                if rows:
                    connection.execute(_statement(table, key, column), rows)


def _statement(table: Table, key: str, column: str):  # type: ignore[no-untyped-def] # noqa: ANN202
    return update(table).where(table.c[key] == bindparam("k")).values({column: bindparam("at")})
