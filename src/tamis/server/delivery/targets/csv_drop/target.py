"""A folder that gets a file for each message: whole or not at all, one name for one key."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from tamis.files import whole_file
from tamis.server.clock import instant_of, written
from tamis.server.delivery.message import (
    KINDS,
    TEST,
    Message,
    Refused,
    Result,
    Retry,
    Sent,
    Target,
)
from tamis.server.delivery.registry import TargetType, Told
from tamis.server.read.export_files import FORMULA

KEYS: Final = ("folder", "readable_by")
READERS: Final = ("owner", "group")
COLUMNS: Final = (
    *("key", "at", "kind", "lead_id", "name", "company", "email"),
    *("model", "score", "cell", "stage", "status", "play", "queue", "owner", "due_at"),
    *("reasons", "note", "audience"),
)
"""Columns of every file, in this order; a cell is empty where a message says nothing of it."""
NUMBERS: Final = int | float


@dataclass(frozen=True)
class CsvDrop:
    """Writes into one folder, which is there already: a disk that is not mounted is no folder."""

    folder: Path
    readable_by: str = "owner"
    kinds: frozenset[str] = frozenset(KINDS)

    def send(self, message: Message) -> Result:
        """Write it. A second time it is the same file."""
        if message.kind == TEST:
            return self._tried()
        try:
            with whole_file(self.folder / name_of(message)) as path:
                self._write(path, text_of(message))
        except OSError as error:
            return Retry(f"the folder cannot be written to: {error.strerror}")
        except UnicodeEncodeError:
            return Refused("it holds what is no text")
        return Sent()

    def _write(self, path: Path, text: str) -> None:
        mode = 0o640 if self.readable_by == "group" else 0o600
        with path.open("x", encoding="utf-8", newline="") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            # It is told to be sent: it must be there after a failure of power, too.
            os.fsync(file.fileno())

    def _tried(self) -> Result:
        if os.access(self.folder / ".", os.W_OK | os.X_OK):
            return Sent()
        return Retry("the folder is not there, or cannot be written to")


def name_of(message: Message) -> str:
    """The name of a message's file: in the order of names, messages are in their own order."""
    at = instant_of(message.at).strftime("%Y%m%dT%H%M%SZ")
    return f"{at}-{message.entry:012}-{message.kind}-{message.key}.csv"


def text_of(message: Message) -> str:
    """The file's text: a line of names, a line of values, harmless to a spreadsheet."""
    told = {**message.payload, "key": message.key, "kind": message.kind}
    told["at"] = written(message.at)
    held = StringIO()
    lines = (COLUMNS, [_cell(told, name) for name in COLUMNS])
    csv.writer(held, lineterminator="\r\n").writerows(lines)
    return held.getvalue()


def _cell(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if isinstance(value, NUMBERS):
        return str(value)
    text = "; ".join(str(one) for one in value) if isinstance(value, list) else str(value)
    # An apostrophe before what a spreadsheet would run.
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


def _read(told: Told) -> Target | None:
    folder = told.path("folder")
    # `Path.is_dir` raises for one that may not be looked at.
    if not os.path.isdir(folder):  # noqa: PTH112
        told.values["folder"].wrong("no-folder", f"there is no folder `{folder}`", "make it first")
        return None
    return CsvDrop(folder, told.word("readable_by", READERS))


TYPE = TargetType(keys=KEYS, needed=("folder",), read=_read)
