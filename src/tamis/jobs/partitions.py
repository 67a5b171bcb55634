"""Partitions: the results of a day in a folder of their own, there as a whole or not at all.

A partition is made under another name and renamed, and says of which job it is, so that a second
run finds what is done and goes on with what is not.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

from tamis.errors import UsageError
from tamis.history.hold import held

DONE = "_tamis.json"


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


def refuse_foreign(path: Path, files: Collection[str]) -> None:
    """Raises: UsageError when taking the place of `path` would remove other than some files."""
    if not path.exists():
        return
    if not path.is_dir():
        message = f"{path} is a file, and a folder is to go there: move it away"
        raise UsageError(message)
    foreign = next((one for one in sorted(path.iterdir()) if one.name not in {*files, DONE}), None)
    if foreign:
        message = f"{foreign} was not written by this job and would be lost: move it away"
        raise UsageError(message)


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
        _put_back(old, path)


def _put_back(old: Path, path: Path) -> None:
    """What a new partition was to replace is put back where none came, else it goes."""
    if old.exists() and not path.exists():
        old.rename(path)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for this run, and clear away what a run that was cut short left there.

    The hold ends with the process, however it ends. Raises: BusyError when another run holds it.
    """
    with held(folder):
        for left in folder.glob(".day=*.part"):
            shutil.rmtree(left, ignore_errors=True)
        for old in folder.glob(".day=*.old"):
            _put_back(old, folder / old.name.split(".")[1])
        yield
