"""Learning in a process of its own: what it takes of processor and memory is not the server's.

A fit holds Python's lock for seconds: in a thread, deliveries and pages would wait for it. So each
piece of work is a new process of lowest priority, which gets one line and says lines; it ends when
the server does, whatever becomes of the server. A new interpreter, not a fork: the server has
threads and connections, which a fork would copy in the middle of their work.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from queue import Empty, Queue
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Final

import msgspec

from tamis.errors import UserError
from tamis.server.learning.jobs import Failed, Job, Result, Said, Stage
from tamis.server.problems import Problem

NEEDED: Final = ("numpy", "sklearn", "interpret")
"""Packages that learn: the extra `learn`."""
BEAT: Final = 5.0
"""Seconds after which whoever waits is asked whether to go on."""
MODULE: Final = "tamis.server.learning.learn"


class StoppedError(Exception):
    """It was let go before it was done."""


def missing() -> str:
    """Why nothing can be learned here; empty: it can."""
    lacking = [name for name in NEEDED if find_spec(name) is None]
    return "install tamis[learn]: without it this server cannot learn" if lacking else ""


def refuse_missing() -> None:
    """Raises: Problem 503 where nothing can be learned."""
    if why := missing():
        raise Problem(503, "cannot-learn", "This server cannot learn", why)


def run(job: Job, goes_on: Callable[[Stage | None], bool]) -> Result:
    """Do a job in a process of its own, and wait for it.

    `goes_on` is called with each stage, and with nothing every few seconds; false lets it go.

    Raises:
        StoppedError: when it was let go.
        UserError: when it cannot be done, with why.
    """
    with _process(job) as lines:
        while True:
            try:
                said = lines.get(timeout=BEAT)
            except Empty:
                said = None
            if isinstance(said, str):
                raise UserError(said)
            if isinstance(said, Failed):
                raise UserError(said.error)
            if said is None or isinstance(said, Stage):
                if not goes_on(said):
                    raise StoppedError
                continue
            return said


@contextmanager
def _process(job: Job) -> Iterator[Queue[Said | str]]:
    """A process at a job, and what it says; a text: it ended without a word, for this reason."""
    # It reads no configuration, and no secret of the server's is its business.
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "PYTHONPATH")
    environment = {name: value for name in kept if (value := os.environ.get(name)) is not None}
    # What it puts aside is of people, and goes with it, also when it is killed.
    with TemporaryDirectory(prefix="tamis-learning-") as folder:
        yield from _talk({**environment, "TMPDIR": folder}, job)


def _talk(environment: dict[str, str], job: Job) -> Iterator[Queue[Said | str]]:
    process = subprocess.Popen(  # noqa: S603 (our own module)
        [sys.executable, "-m", MODULE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
    assert process.stdin
    assert process.stdout
    assert process.stderr
    lines: Queue[Said | str] = Queue()
    errors: list[bytes] = []
    readers = [
        Thread(target=_read, args=(process.stdout, process, errors, lines), daemon=True),
        Thread(target=errors.extend, args=(process.stderr,), daemon=True),
    ]
    try:
        for reader in reversed(readers):
            reader.start()
        # It stays open: at its end the process knows that nobody waits any more.
        process.stdin.write(msgspec.json.encode(job) + b"\n")
        process.stdin.flush()
        yield lines
    finally:
        process.kill()
        process.wait()
        for reader in readers:
            reader.join()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()


def _read(
    stream: IO[bytes],
    process: subprocess.Popen[bytes],
    errors: list[bytes],
    lines: Queue[Said | str],
) -> None:
    decoder = msgspec.json.Decoder(Said)
    for line in stream:
        lines.put(decoder.decode(line))
    code = process.wait()
    last = errors[-1].decode(errors="replace").strip() if errors else ""
    lines.put(f"the process that learns ended ({code}): {last or 'out of memory?'}")
