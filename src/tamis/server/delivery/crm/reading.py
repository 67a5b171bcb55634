"""Reading a CRM into the store: what changed since, page by page, from where the last page ended.

A page's rows are in, durable and scored, before the place behind it is written down. Whoever dies
in between reads that page again: its rows say the same again, since the same instant, so nothing
is lost and nothing doubled. Records appear in a CRM a little after the time that they bear, so a
reading begins some time before where the last one ended, and passes over what it has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec
from sqlalchemy import Connection

from tamis.server.delivery import states
from tamis.server.delivery.crm.faults import LaterError
from tamis.server.delivery.crm.field_map import FieldMap, ObjectMap
from tamis.server.delivery.crm.records import Record, links_of, row_of
from tamis.server.ingest.message import Delivery
from tamis.server.store.database import slices

if TYPE_CHECKING:
    from tamis.server.server import Server

LATE: Final = 120_000_000
"""Microseconds after which a record that changed is found by its time, at the latest."""
AGAIN: Final = 30.0
"""Seconds after which a CRM is asked again that did not say when."""
ROWS: Final = 500
"""Rows of one transaction: others write in between."""
LEASE: Final = 300_000_000
"""Microseconds that a server reads alone, from page to page."""
READER: Final = "read-by"
Place = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """Some records in the order of change; `place` is where the next page begins, None: no more."""

    records: Sequence[Record]
    place: Place | None


class Source(Protocol):
    """A CRM that can be read."""

    def start(self, at: int) -> Place:
        """The place before everything that changed at an instant or later."""

    def page(self, object_: ObjectMap, place: Place) -> Page:
        """The records from a place on. Raises: LaterError, RefusedError."""


@dataclass
class Read:
    """What a reading came to: rows taken and put aside; `wait` until it can go on, in seconds."""

    taken: int = 0
    quarantined: int = 0
    wait: float | None = None
    reason: str = ""


@dataclass
class _State:
    """How far an object was read: `last` is the latest change seen, `seen` what may come again."""

    place: Place
    last: int = 0
    seen: dict[str, int] = field(default_factory=dict)


class Reading:
    """Reads what a map names into the store; `reader` tells servers apart that share one."""

    def __init__(
        self, server: Server, target: str, map_: FieldMap, source: Source, reader: str = ""
    ) -> None:
        self._server, self._target, self._map = server, target, map_
        self._source, self._reader = source, reader

    def read(self, is_over: Callable[[], bool] = lambda: False) -> Read:
        """Read what changed: up to now, to where the CRM says to wait, or until it is over.

        Raises: RefusedError, when it will not be read so; StoreError.
        """
        done = Read()
        if not self._is_mine():
            return done
        try:
            for object_ in self._map.objects.values():
                if object_.read:
                    self._object(object_, done, is_over)
        except LaterError as later:
            done.wait, done.reason = later.seconds or AGAIN, str(later)
        self._let_go()
        return done

    def _object(self, object_: ObjectMap, done: Read, is_over: Callable[[], bool]) -> None:
        state = self._state(object_)
        place: Place | None = state.place
        while place is not None and not is_over():
            page = self._source.page(object_, place)
            self._take(object_, state, page.records, done)
            place = page.place
            state.place = self._start_again(state) if place is None else place
            self._write_down(object_, state)

    def _take(
        self, object_: ObjectMap, state: _State, records: Sequence[Record], done: Read
    ) -> None:
        new = [one for one in records if state.seen.get(one.id) != one.at]
        for some in slices(new, ROWS):
            now = self._server.micros
            rows = [row_of(self._map, object_, one, now) for one in some]
            (receipt,) = self._server.intake.write([Delivery(rows)])
            done.taken += receipt.taken
            done.quarantined += receipt.quarantined
            self._link(object_, some, {one.place for one in receipt.refused}, now)
        state.seen |= {one.id: one.at for one in new}
        state.last = max([state.last, *(one.at for one in records)])
        late = self._server.micros - LATE
        state.seen = {id_: at for id_, at in state.seen.items() if at >= min(late, state.last)}

    def _link(
        self, object_: ObjectMap, some: Sequence[Record], refused: set[int], now: int
    ) -> None:
        """Say which leads the records are, of those whose rows are in."""
        links = [
            link
            for place, one in enumerate(some)
            if place not in refused
            for link in links_of(object_, one, now)
        ]
        if links:
            self._server.intake.write([Delivery(links)])

    def _start_again(self, state: _State) -> Place:
        """Where the next reading begins: behind what was seen, but before what may come late."""
        if not state.last:
            return state.place
        return self._source.start(min(state.last, self._server.micros - LATE))

    # ---------------------------------------------------------------- what is written down

    def _state(self, object_: ObjectMap) -> _State:
        with self._server.database.read() as connection:
            written = states.get(connection, self._target, _name(object_))
        if written is None:
            return _State(self._source.start(0))
        return msgspec.json.decode(written, type=_State)

    def _write_down(self, object_: ObjectMap, state: _State) -> None:
        with self._server.database.write() as connection:
            written = msgspec.json.encode(state).decode()
            states.put(connection, self._target, _name(object_), written)
            self._hold(connection, self._server.micros + LEASE)

    def _is_mine(self) -> bool:
        """Whether no other server reads: it holds what it reads from page to page."""
        now = self._server.micros
        with self._server.database.write() as connection:
            until, _, who = (states.get(connection, self._target, READER) or "0 ").partition(" ")
            if now < int(until) <= now + LEASE and who != self._reader:
                return False
            self._hold(connection, now + LEASE)
        return True

    def _let_go(self) -> None:
        with self._server.database.write() as connection:
            self._hold(connection, 0)

    def _hold(self, connection: Connection, until: int) -> None:
        states.put(connection, self._target, READER, f"{until} {self._reader}")


def _name(object_: ObjectMap) -> str:
    return f"read {object_.name}"
