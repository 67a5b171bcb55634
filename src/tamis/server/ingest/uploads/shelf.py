"""The shelf: uploaded files in a private folder, each with a note of how far it has come.

A file goes when it is imported; what became of it is remembered for a day.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import msgspec

from tamis.files import whole_file
from tamis.model.spec import FieldType
from tamis.server.clock import Clock, micros
from tamis.server.problems import not_found
from tamis.server.server import Server
from tamis.sources.options import Dates

What = Literal["leads", "accounts", "events", "outcomes"]
State = Literal["matching", "importing", "stopped", "done"]
DAY = 86_400_000_000
"""Microseconds that a file, and what became of it, is kept."""
BLOCK = 1 << 20
UPLOAD = re.compile(r"[0-9a-f]{16}")
LONGEST_NAME = 100


class Column(msgspec.Struct, frozen=True):
    """A column of a file: its name there, its first different values, and what it seems to hold."""

    name: str
    values: tuple[str, ...]
    type: FieldType


class Upload(msgspec.Struct, kw_only=True):
    """A file that somebody brought, and what became of it.

    Attributes:
        upload: its number, 16 hexadecimal digits.
        name: what the person calls the file.
        size: bytes.
        who: the login of who brought it.
        at: when, in microseconds.
        what: what it is a table of.
        columns: its columns, in its order.
        matching: our name for each of its columns; empty: it is left out.
        dates: how its dates are written; None: found out.
        decimal: its decimal sign; None: found out.
        state: matching; importing, also when the server went down on the way; stopped, with
            `error`; done.
        counts: rows taken, repeated, quarantined by this import.
        leads: leads with new scores.
    """

    upload: str
    name: str
    size: int
    who: str
    at: int
    what: What = "leads"
    columns: list[Column] = []
    matching: dict[str, str] = {}
    dates: Dates | None = None
    decimal: Literal[".", ","] | None = None
    state: State = "matching"
    error: str = ""
    counts: dict[str, int] = {}
    leads: int = 0
    done_at: int | None = None

    @property
    def matched(self) -> Mapping[str, str]:
        """Our name of each column that is read."""
        return {their: ours for their, ours in self.matching.items() if ours}


@dataclass(frozen=True)
class Shelf:
    """The folder of uploads. Nobody but the server's own user can look into it."""

    folder: Path
    clock: Clock

    def keep(self, file: IO[bytes], name: str, what: What, who: str) -> Upload:
        """Put a file on the shelf; it is read from where it stands."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        upload, now = secrets.token_hex(8), micros(self.clock.now())
        found = Upload(upload=upload, name=_shown(name), size=0, who=who, at=now, what=what)
        # First of all, so that what a crash leaves behind is found and removed in its time.
        self.note(found)
        handle = os.open(self.table(upload), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as kept:
            while block := file.read(BLOCK):
                kept.write(block)
            found.size = kept.tell()
        self.note(found)
        return found

    def note(self, upload: Upload) -> None:
        """Write down how far an upload has come."""
        with whole_file(self._note(upload.upload)) as temporary:
            temporary.write_bytes(msgspec.json.encode(upload))
            temporary.chmod(0o600)

    def found(self, upload: str) -> Upload:
        """An upload by its number. Raises: Problem 404."""
        known = UPLOAD.fullmatch(upload) and self._note(upload).is_file()
        if not known:
            raise not_found("there is no such upload: files are kept for a day")
        return msgspec.json.decode(self._note(upload).read_bytes(), type=Upload)

    def all(self) -> list[Upload]:
        """Every upload, the latest first; what is older than a day is removed."""
        return sorted(self._fresh(), key=lambda one: -one.at)

    def remove(self, upload: str) -> None:
        """Take an upload away with all that is known of it."""
        for path in (self.table(upload), self.rejects(upload), self._note(upload)):
            path.unlink(missing_ok=True)

    def table(self, upload: str) -> Path:
        """Where the file itself lies."""
        return self.folder / f"{upload}.csv"

    def rejects(self, upload: str) -> Path:
        """Where the list of its rows lies that cannot be taken."""
        return self.folder / f"{upload}.rejects.csv"

    def _note(self, upload: str) -> Path:
        return self.folder / f"{upload}.json"

    def _fresh(self) -> Iterator[Upload]:
        oldest = micros(self.clock.now()) - DAY
        for path in self.folder.glob("*.json"):
            if not UPLOAD.fullmatch(path.stem):
                continue
            one = msgspec.json.decode(path.read_bytes(), type=Upload)
            if one.at >= oldest:
                yield one
            else:
                self.remove(one.upload)


def shelf_of(server: Server) -> Shelf:
    """The shelf of a server: beside a SQLite file, else where the server runs."""
    path = server.database.path
    folder = Path("tamis-uploads") if path is None else path.with_name(f"{path.name}.uploads")
    return Shelf(folder.absolute(), server.clock)


def _shown(name: str) -> str:
    """The name of a file without folders and signs that move a line; cut where it is too long."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(sign for sign in last if sign.isprintable())[:LONGEST_NAME] or "file"
