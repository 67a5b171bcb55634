"""What a copy holds: a list of its files, by which a broken or unfinished one is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from tamis.files import whole_file
from tamis.model.spec import Model
from tamis.server.clock import instant_of

LIST: Final = "copy.json"
FORMAT: Final = 1
SIZE: Final = 65_536
"""Keys of the store in one part: what changed is written anew by the part."""
TABLES: Final = ("leads", "accounts", "events", "outcomes", "adjustments")
MATCHES: Final = "matches"


@dataclass(frozen=True)
class Part:
    """A Parquet file with the rows of a range of keys.

    `mark` tells what the store held of them when it was read; `file` is relative to the folder.
    """

    mark: str
    rows: int
    file: str
    size: int


@dataclass(frozen=True)
class Copy:
    """A copy of the facts in a folder, made for one model's fields.

    `shape` is a fingerprint of what shapes the files, `version` the key of the version whose events
    were counted. `made_at` is when the reading began, in
    microseconds, `took` how many seconds it lasted. `erased` tells the erasures of persons that it
    has seen. `tables` are parts by their number: their first key is that many sizes.
    """

    folder: Path
    shape: str
    version: int
    made_at: int
    took: float
    erased: str
    tables: Mapping[str, Mapping[int, Part]]

    @property
    def made(self) -> datetime:
        """When the reading began."""
        return instant_of(self.made_at).astimezone(UTC)

    @cached_property
    def mark(self) -> str:
        """What tells the rows of this copy from those of an earlier one: its files."""
        return hashlib.sha256(
            " ".join(sorted(part.file for part in self.parts())).encode()
        ).hexdigest()

    def paths(self, table: str) -> list[str]:
        """The files of a table, in the order of their keys; there is one at least."""
        return [str(self.folder / part.file) for _, part in sorted(self.tables[table].items())]

    def rows(self, table: str) -> int:
        """How many rows of a table there are."""
        return sum(part.rows for part in self.tables[table].values())

    @property
    def matches(self) -> Path:
        """The store of kept matches."""
        return self.folder / MATCHES

    def parts(self) -> Iterator[Part]:
        """Every part of every table."""
        return (part for parts in self.tables.values() for part in parts.values())

    def save(self) -> None:
        """Write the list, whole or not at all."""
        written: dict[str, object] = {
            "format": FORMAT,
            "shape": self.shape,
            "version": self.version,
            "made_at": self.made_at,
            "took": self.took,
            "erased": self.erased,
            "tables": {
                name: {str(number): asdict(part) for number, part in parts.items()}
                for name, parts in self.tables.items()
            },
        }
        written["check"] = _check(written)
        with whole_file(self.folder / LIST) as temporary:
            temporary.touch(mode=0o600)
            temporary.write_text(json.dumps(written), encoding="utf-8")


def read_copy(folder: Path) -> Copy | None:
    """The copy in a folder; None where there is none, or not all of it."""
    try:
        read = json.loads((folder / LIST).read_text(encoding="utf-8"))
        if read["format"] != FORMAT or read.pop("check") != _check(read):
            return None
        tables = {
            name: {int(number): Part(**part) for number, part in parts.items()}
            for name, parts in read["tables"].items()
        }
        found = Copy(
            folder,
            read["shape"],
            read["version"],
            read["made_at"],
            read["took"],
            read["erased"],
            tables,
        )
        whole = set(tables) == set(TABLES) and all(_there(folder, p) for p in found.parts())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return found if whole else None


def _there(folder: Path, part: Part) -> bool:
    return (folder / part.file).stat().st_size == part.size


def _check(written: Mapping[str, object]) -> str:
    """A fingerprint of a list, by which a damaged one is told."""
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()[:24]


def shape_of(model: Model, size: int, store: str) -> str:
    """A fingerprint of what shapes the files: the fields, by which cells are read, and the size.

    `store` tells one store from another that was put in its place.
    """
    fields = sorted((field.table, field.name, field.type) for field in model.fields)
    dimensions = sorted(dimension.name for dimension in model.dimensions)
    said = [FORMAT, size, store, model.name, model.timezone, fields, dimensions]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]


def folder_of(past: Path, model: str) -> Path:
    """The folder of a model's copy: names of models may hold what names of files may not."""
    return past / hashlib.sha256(model.encode()).hexdigest()[:16]
