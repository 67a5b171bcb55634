"""JSON files that end too early: the engine takes a list cut behind an element for a whole one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from tamis.errors import Place, SourceError
from tamis.sources.packed import BLOCK, opened, readable

WHITE = b" \t\r\n"
MARK = b"\xef\xbb\xbf"


def check(path: str) -> None:
    """Nothing when the file is no list or a whole one. Raises: SourceError for a list that is cut.

    A file packed with zstd is not looked at.
    """
    file = Path(path)
    if file.suffix.lower() == ".zst":
        return
    with readable(path), opened(file) as stream:
        if _is_list(stream) and _last(stream, packed=file.suffix.lower() == ".gz") != b"]":
            message = "the list does not end with `]`: the file is cut"
            raise SourceError(message, Place(path), "copy or export it again")


def _is_list(stream: IO[bytes]) -> bool:
    start = stream.read(len(MARK)).removeprefix(MARK).lstrip(WHITE)
    while not start and (block := stream.read(BLOCK)):
        start = block.lstrip(WHITE)
    return start.startswith(b"[")


def _last(stream: IO[bytes], *, packed: bool) -> bytes:
    """The last character that is not white; of a packed file only by reading all of it."""
    if not packed:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - BLOCK))
    last = b"["
    while block := stream.read(BLOCK):
        last = block.rstrip(WHITE)[-1:] or last
    return last
