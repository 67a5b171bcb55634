"""The bytes of a file, unpacked; what is wrong with a damaged one is told."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tamis.errors import Place, SourceError

BLOCK = 1 << 20


def opened(file: Path) -> IO[bytes]:
    """The bytes of a file, unpacked if it is packed with gzip."""
    return gzip.open(file, "rb") if file.suffix.lower() == ".gz" else file.open("rb")  # type: ignore[return-value]


@contextmanager
def readable(shown: str) -> Iterator[None]:
    """Raises: SourceError for what goes wrong while a file, `shown` to the user, is read."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        message = f"the file cannot be read: {error}"
        hint = "copy or export it again" if isinstance(error, EOFError | zlib.error) else ""
        raise SourceError(message, Place(shown), hint) from error


def blocks(file: Path, shown: str) -> Iterator[bytes]:
    """A file in pieces, none of which ends between the two signs of a line end.

    Raises: SourceError when it cannot be read.
    """
    with readable(shown), opened(file) as stream:
        while block := stream.read(BLOCK):
            while block.endswith(b"\r") and (more := stream.read(1)):
                block += more
            yield block
