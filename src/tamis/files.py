"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def private_files() -> Iterator[None]:
    """Files made within are readable by their owner alone, folders too, whatever the umask.

    It holds for the whole process, so it is for commands and not for a server's threads.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` that becomes `path` when all went well, else vanishes.

    The name is nobody else's, so that of two runs that write one file the later one's stays, whole.
    It is a name alone: whoever writes makes the file, with the permissions that a new file has.
    """
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
