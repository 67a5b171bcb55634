"""Calls: files of JSON lines with one call of the tracking API each, as exports write them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from tamis.server.bots.detector import Detector
from tamis.server.ingest import limits, segment
from tamis.server.ingest.bodies import Unreadable
from tamis.server.ingest.bulk.pace import Pace
from tamis.server.ingest.bulk.slices import Slice
from tamis.server.ingest.declared import Declared
from tamis.server.ingest.message import Item, Message, Rejected
from tamis.sources.packed import readable

LONGEST = 1 << 20
"""Bytes of a line that are looked at: a call has 32 KB at most."""
WHITE = b" \t\r\n"
MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Calls:
    """A file of calls, packed with gzip or not; `mark` is its fingerprint.

    `received_at` is when the import began. Positions are lines.
    """

    path: Path
    mark: str
    received_at: int
    declared: Declared
    what: str = "calls"
    detector: Detector = field(default_factory=Detector)

    def slices(self, position: int, pace: Pace) -> Iterator[tuple[Slice, float]]:
        """The slices from a line on, each with the share of the file that is read by then.

        Raises: SourceError for a file that cannot be read.
        """
        size = self.path.stat().st_size or 1
        with readable(str(self.path)), self.path.open("rb") as file:
            packed = self.path.suffix.lower() == ".gz"
            lines = _lines(gzip.GzipFile(fileobj=file) if packed else file)
            for _ in islice(lines, position):
                pass
            while some := list(islice(lines, pace.rows)):
                found = self._slice(some, position)
                position = found.position
                yield found, min(file.tell() / size, 1.0)

    def _slice(self, lines: Sequence[bytes], before: int) -> Slice:
        found = Slice(before + len(lines))
        numbered = [(n, line.strip(WHITE)) for n, line in enumerate(lines, before + 1)]
        kept = [(n, line.removeprefix(MARK)) for n, line in numbered if line]
        for start in range(0, len(kept), limits.MESSAGES):
            some = kept[start : start + limits.MESSAGES]
            items = self._items([line for _, line in some])
            for (number, line), item in zip(some, items, strict=True):
                self._name(item, number, line)
                found.add(item, f"{self.path}:{number}", self.declared, self.detector)
        return found

    def _name(self, item: Item, number: int, line: bytes) -> None:
        """Give a call without an id the same one whenever the file is read."""
        assert isinstance(item, Message | Rejected)
        if item.message_id is None or b'"messageId"' not in line:
            item.message_id = f"import-{self.mark}-{number}"

    def _items(self, lines: Sequence[bytes]) -> list[Item]:
        """The call of each line, or why it cannot be taken: read together, or else one by one."""
        items = self._together(lines)
        return items if len(items) == len(lines) else [self._alone(line) for line in lines]

    def _alone(self, line: bytes) -> Item:
        items = self._together([line])
        return items[0] if len(items) == 1 else segment.call_of(None, line, self.received_at)

    def _together(self, lines: Sequence[bytes]) -> list[Item]:
        body = b'{"batch":[' + b",".join(lines) + b"]}"
        try:
            return segment.batch_of(body, self.received_at, past=True)
        except Unreadable:
            return []


def _lines(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """The lines; of one that is too long to be a call, the beginning."""
    while line := stream.readline(LONGEST):
        if len(line) == LONGEST:
            rest = line
            while rest and not rest.endswith(b"\n"):
                rest = stream.readline(LONGEST)
        yield line
