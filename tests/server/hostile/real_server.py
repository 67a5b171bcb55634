"""`tamis serve` in a process of its own, with whatever options and surroundings."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tamis.server.clock import SystemClock
from tamis.server.security.keys import add_key
from tamis.server.store.database import Database

TAMIS = (sys.executable, "-m", "tamis")
NO_MORE: Mapping[str, str] = {}


@dataclass
class RealServer:
    """A server that runs: where it listens, where it logs, and its store."""

    address: str
    log: Path
    store: str
    process: subprocess.Popen[str]

    def link(self) -> str:
        """The link of the first administrator, printed on a store where there is nobody yet."""
        assert self.process.stdout
        self.process.stdout.readline()
        return self.process.stdout.readline().strip()

    @property
    def port(self) -> int:
        """The port it listens at."""
        return httpx.URL(self.address).port or 80

    @property
    def host(self) -> str:
        """The address it listens at, without brackets."""
        return httpx.URL(self.address).host.strip("[]")

    def key(self, *scopes: str) -> str:
        """A new key with scopes."""
        database = Database(self.store)
        try:
            with database.write() as connection:
                return add_key(connection, SystemClock(), "a test", scopes, "system")[1]
        finally:
            database.close()

    def client(self, *scopes: str) -> httpx.Client:
        """A program with a new key; without scopes: nobody."""
        headers = {"Authorization": f"Bearer {self.key(*scopes)}"} if scopes else {}
        return httpx.Client(base_url=self.address, headers=headers, timeout=45)

    @property
    def megabytes(self) -> float:
        """Memory that the process holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024

    def failures(self) -> list[str]:
        """Lines of the log that tell of an error, and those that are no JSON."""
        return [line for line in self.log.read_text().splitlines() if _is_failure(line)]

    def stopped(self) -> int:
        """End it by a signal, as systemd does; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=90)


def _is_failure(line: str) -> bool:
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        return True
    return told["level"] in ("error", "critical")


@contextmanager
def real_server(
    store: str, folder: Path, *options: str, environment: Mapping[str, str] = NO_MORE
) -> Iterator[RealServer]:
    """`tamis serve` on a store at a free port, its log in a folder."""
    command = [*TAMIS, "serve", "--store", store, "--port", "0", "--language", "en", *options]
    surroundings = {**os.environ, "PYTHONUNBUFFERED": "1", **environment}
    log = folder / "server.log"
    with log.open("w") as written:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=written, text=True, env=surroundings
        )
    try:
        yield RealServer(_address(process, log), log, store, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=45)


def _address(process: subprocess.Popen[str], log: Path) -> str:
    assert process.stdout
    first = process.stdout.readline().strip()
    assert "listens at" in first, f"the server did not start: {first}{log.read_text()}"
    return first.rpartition(" ")[2]
