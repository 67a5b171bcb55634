"""Partitions: the results of a day in a folder of their own, there as a whole or not at all.

A partition is made under another name and renamed, and says of which job it is, so that a second
run finds what is done and goes on with what is not.
"""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

from tamis.errors import UsageError

DONE = "_tamis.json"
LOCK = "_tamis.lock"


class BusyError(UsageError):
    """Another run of the same job is at work."""


def partition(folder: Path, day: date) -> Path:
    """The folder of a day.

    >>> str(partition(Path("scores"), date(2026, 11, 22)))
    'scores/day=2026-11-22'
    """
    return folder / f"day={day}"


def done(path: Path) -> dict[str, object] | None:
    """What a partition says of the run that made it; None where there is none."""
    try:
        read = json.loads((path / DONE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return read if isinstance(read, dict) else None


@contextmanager
def whole_partition(path: Path) -> Iterator[Path]:
    """A new folder that takes the place of `path` when all went well, else vanishes."""
    made = path.with_name(f".{path.name}.{uuid4().hex}.part")
    old = path.with_name(f".{path.name}.{uuid4().hex}.old")
    made.mkdir(parents=True)
    try:
        yield made
        if path.exists():
            path.rename(old)
        made.rename(path)
    finally:
        shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for this run, and clear away what a run that was cut short left there.

    The hold ends with the process, however it ends. Raises: BusyError when another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another run of the job is at work in {folder}"
            raise BusyError(message) from error
        for left in (*folder.glob(".day=*.part"), *folder.glob(".day=*.old")):
            shutil.rmtree(left, ignore_errors=True)
        yield
