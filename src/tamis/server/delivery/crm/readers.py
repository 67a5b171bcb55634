"""CRMs are read in the background: each after so many minutes, or when it says that it can be."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, Protocol, runtime_checkable

from tamis.server.delivery.crm.field_map import FieldMap
from tamis.server.delivery.crm.reading import Reading, Source
from tamis.server.operation import logs

if TYPE_CHECKING:
    from tamis.server.delivery.configuration import Targets
    from tamis.server.server import Server

LOG = logging.getLogger("tamis.server.delivery")
PAUSE: Final = 1.0
"""Seconds between looks at what is due."""
MINUTE: Final = 60 * 1_000_000


@runtime_checkable
class Readable(Protocol):
    """A target that is read: by its map, `every` so many minutes; 0: never."""

    map: FieldMap
    every: int

    def source(self) -> Source:
        """What it is read by."""


class Readers:
    """Reads what targets there are to read; `read_due` once, or a thread again and again."""

    def __init__(self, server: Server, targets: Targets, name: str) -> None:
        self._server, self._name = server, name
        self._readable = {
            one.name: one.target
            for one in targets
            if isinstance(one.target, Readable)
            and one.target.every
            and any(object_.read for object_ in one.target.map.objects.values())
        }
        self._due = dict.fromkeys(self._readable, 0)
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="tamis-readers", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether it works."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin, where there is something to read."""
        if self._readable:
            self._thread.start()

    def stop(self) -> None:
        """End after the page at hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def read_due(self) -> None:
        """Read each target whose time has come; one that fails leaves the others theirs."""
        for name, target in self._readable.items():
            now, due = self._server.micros, self._due[name]
            # A clock that was set back leaves nothing unread for longer than is said.
            if due - target.every * MINUTE <= now < due:
                continue
            wait = float(target.every * 60)
            try:
                wait = self._read(name, target) or wait
            except Exception as error:  # noqa: BLE001 (the next time tries again)
                self._server.metrics.background_failed("read")
                logs.background_failed(f"read {name}", error)
            self._due[name] = self._server.micros + int(wait * 1_000_000)

    def _read(self, name: str, target: Readable) -> float | None:
        reading = Reading(self._server, name, target.map, target.source(), self._name)
        done = reading.read(self._stopping.is_set)
        if done.wait is not None:
            fields = {"target": name, "reason": done.reason, "seconds": done.wait}
            LOG.warning("reading waits", extra={"fields": fields})
        return done.wait

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.read_due()
            self._stopping.wait(PAUSE)
