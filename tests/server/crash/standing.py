"""A real server that can be killed and started again, and clients that go on sending."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import insert
from tests.server.crash import client
from tests.server.crash.facts import MODEL, zone_at_noon

from tamis.server.clock import SystemClock, micros
from tamis.server.security.keys import add_key
from tamis.server.store.database import Database
from tamis.server.store.tables import models

TAMIS = (sys.executable, "-m", "tamis")
LONG = 60.0
"""Seconds within which anything happens; what does not is a failure."""


def until(happened: Callable[[], object], what: str, seconds: float = LONG) -> None:
    """Wait until something is so. Raises: AssertionError when it takes too long."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.005)


@dataclass
class Standing:
    """`tamis serve` on a store: always at the port of its first start."""

    store: str
    folder: Path
    port: int = 0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What it said, in all its lives."""
        return (self.folder / f"{id(self)}.log").read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and wait until it can be reached."""
        self.begin()
        self.wait()

    def wait(self) -> None:
        """Wait until it can be reached."""
        until(lambda: self.is_reached or not self.is_running, "the server listens")
        assert self.is_running, self.log[-3000:]

    def begin(self) -> None:
        """Start it, without waiting."""
        said = self.folder / f"{id(self)}.out"
        command = [*TAMIS, "serve", "--store", self.store, "--port", str(self.port)]
        with said.open("wb") as out, (self.folder / f"{id(self)}.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=out, stderr=log)

    @property
    def is_reached(self) -> bool:
        """Whether it has said where it listens, in this life."""
        found = re.search(rb"http://\S+?:(\d+)\s", (self.folder / f"{id(self)}.out").read_bytes())
        self.port = int(found[1]) if found else self.port
        return found is not None

    def kill(self) -> None:
        """End it as a failure of power does: nothing of it runs any more."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self, seconds: float = LONG) -> int:
        """Ask it to end; gives what it ended with."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(timeout=seconds)

    def get(self, path: str) -> httpx.Response:
        """What it answers to somebody."""
        return httpx.get(self.address + path, timeout=30)


@contextmanager
def standing(store: str, folder: Path) -> Iterator[Standing]:
    """A server that runs, ended whatever happens."""
    server = Standing(store, folder)
    try:
        server.start()
        yield server
    finally:
        if server.is_running:
            server.kill()


def furnish(store: str, *scopes: str) -> str:
    """Put an active model into an empty store; gives a key that may send."""
    clock, database = SystemClock(), Database(store)
    row = {"model": "small", "number": 1, "state": "active", "scored": True, "owner": "ann"}
    row |= {"yaml": MODEL.format(zone=zone_at_noon(clock.now())), "measures": "[]"}
    row |= {"relies_on": "[]", "made_at": micros(clock.now()), "made_by": "ann"}
    with database.write() as connection:
        connection.execute(insert(models.versions).values(**row))
        _, key = add_key(connection, clock, "test", ("ingest", *scopes), "test")
    database.close()
    return key


@dataclass
class Senders:
    """Clients at work, each in a process of its own: kinds by name, `count` messages each."""

    folder: Path
    kinds: Sequence[str]
    count: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, key: str, *addresses: str) -> None:
        """Begin to send."""
        now = SystemClock().now().isoformat()
        for name, kind in zip("abcdefgh", self.kinds, strict=False):
            path = self._acknowledged(name)
            path.touch()
            words = [kind, name, str(self.count), now, key, str(path), *addresses]
            with (self.folder / f"{name}.log").open("wb") as log:
                command = [sys.executable, client.__file__, *words]
                self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log)

    def _acknowledged(self, name: str) -> Path:
        return self.folder / f"{name}.acknowledged"

    @property
    def total(self) -> int:
        """Messages of all clients."""
        return self.count * len(self.processes)

    @property
    def sent(self) -> set[str]:
        """The ids of all that clients send."""
        return {id_ for name in self.processes for id_ in client.message_ids(name, self.count)}

    @property
    def number(self) -> int:
        """How many messages are acknowledged by now."""
        sizes = [self._acknowledged(name).stat().st_size for name in self.processes]
        return sum(sizes) // client.WIDTH

    @property
    def acknowledged(self) -> list[str]:
        """The ids of the messages that are acknowledged by now."""
        texts = [self._acknowledged(name).read_text() for name in self.processes]
        return [id_ for text in texts for id_ in text.split("\n")[:-1]]

    def reach(self, number: float) -> None:
        """Wait until so many are acknowledged."""
        until(lambda: self.number >= number or not self._all_well(), f"{number} are acknowledged")
        assert self._all_well(), self.told

    def finish(self, seconds: float = LONG) -> None:
        """Wait until each client has sent everything."""
        ended = self.processes.values()
        until(
            lambda: all(one.poll() is not None for one in ended), "clients have sent all", seconds
        )
        assert self._all_well(), self.told

    def _all_well(self) -> bool:
        return all(one.poll() in (None, 0) for one in self.processes.values())

    @property
    def told(self) -> str:
        """What clients said."""
        return "\n".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("?.log")))

    def end(self) -> None:
        """End those that still run."""
        for process in self.processes.values():
            process.kill()
            process.wait()


@contextmanager
def senders(folder: Path, kinds: Sequence[str], count: int) -> Iterator[Senders]:
    """Clients, none of which stays."""
    made = Senders(folder, kinds, count)
    try:
        yield made
    finally:
        made.end()
