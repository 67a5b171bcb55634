"""A folder held by one run at a time: of two that write there one gives way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tamis.errors import UsageError

LOCK = "_tamis.lock"


class BusyError(UsageError):
    """Another run is at work in a folder."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder, made if it is not there; the hold ends with the process, however it ends.

    Windows has no such hold. Raises: BusyError when another run holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a") as file:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                message = f"another run is at work in {folder}"
                raise BusyError(message) from error
        yield
