"""Score changes as they happen: a stream of server-sent events, taken up where it broke off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from litestar.concurrency import sync_to_thread

from tamis.server.problems import bad_request
from tamis.server.read.answering import ENCODER
from tamis.server.read.answers import Change
from tamis.server.read.bell import Bell, Ear
from tamis.server.read.changes import Filter, after
from tamis.server.read.cursor import LARGEST
from tamis.server.scoring.entries import latest_entry
from tamis.server.store.database import Database

RETRY = 2000
"""Milliseconds after which a client comes back."""
HEARTBEAT = ":\n\n"


@dataclass
class Listener:
    """One stream: `last` is the entry that was sent last; None: from now on."""

    database: Database
    bell: Bell
    wanted: Filter
    last: int | None
    ear: Ear = field(init=False)

    def __post_init__(self) -> None:
        self.ear = self.bell.listen()

    async def events(self) -> AsyncIterator[str]:
        """The text of the stream, until the client leaves or the server stops."""
        loop = asyncio.get_running_loop()
        pace, began = self.bell.pace, loop.time()
        try:
            self.last = await sync_to_thread(self._start)
            yield f"retry: {RETRY}\nid: {self.last}\n\n"
            quiet_since = loop.time()
            while True:
                found, more = await sync_to_thread(self._look)
                for change in found:
                    yield event(change)
                if found:
                    quiet_since = loop.time()
                elif loop.time() - quiet_since >= pace.heartbeat:
                    yield HEARTBEAT
                    quiet_since = loop.time()
                if self.bell.closed or loop.time() - began >= pace.longest:
                    return
                if not more and await self.ear.heard(min(pace.poll, pace.heartbeat)):
                    await asyncio.sleep(pace.gather)
        finally:
            self.bell.leave(self.ear)

    def _start(self) -> int:
        """Where to begin: a client may know of more than a store that was put back."""
        with self.database.read() as connection:
            newest = latest_entry(connection)
        return newest if self.last is None else min(self.last, newest)

    def _look(self) -> tuple[list[Change], bool]:
        """The next changes of interest, and whether there are more."""
        assert self.last is not None
        size = self.bell.pace.page
        with self.database.read() as connection:
            found = after(connection, self.last, size)
            more = len(found) == size
            self.last = found[-1].entry if more else latest_entry(connection)
        return [change for change in found if self.wanted.lets_through(change)], more


def event(change: Change) -> str:
    """A change as an event of the stream; JSON has no line breaks."""
    return f"id: {change.entry}\nevent: score\ndata: {ENCODER.encode(change).decode()}\n\n"


def entry_of(text: str | None) -> int | None:
    """The entry that Last-Event-ID names; None for none. Raises: Problem 400."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 19 or int(text) > LARGEST:
        raise bad_request("`Last-Event-ID` is the `id` of an event of this stream")
    return int(text)
