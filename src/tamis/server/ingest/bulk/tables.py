"""Tables: rows of leads, accounts, events and outcomes as what the store takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tamis.server.bots.detector import Detector
from tamis.server.clock import written
from tamis.server.ingest import rows, segment
from tamis.server.ingest.bulk.pace import Pace
from tamis.server.ingest.bulk.reading import FIRST, How, InOrder, Written
from tamis.server.ingest.bulk.slices import EMPTY, Event, Slice
from tamis.server.ingest.declared import Declared
from tamis.server.ingest.faults import Fault, rejected
from tamis.server.ingest.message import AccountRow, LeadRow, Rejected
from tamis.sources.options import TableName
from tamis.sources.outcomes import WORDS

ENCODE = msgspec.json.Encoder().encode
DECODE = msgspec.json.Decoder().decode
BOT = "said by the file"
"""Why an event is a machine's whose file says so; no detector takes the mark away."""
BY = "import"
Row = tuple[Any, ...]
_EVENT = tuple.__new__
Cells = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """A file that holds a table; `mark` is its fingerprint. Positions are rows.

    `received_at` is when the import began. `shown` is what people call the file; empty: its path.
    """

    path: Path
    what: TableName
    mark: str
    received_at: int
    declared: Declared
    how: How
    detector: Detector = field(default_factory=Detector)
    shown: str = ""

    def slices(self, position: int, pace: Pace) -> Iterator[tuple[Slice, float]]:
        """The slices from a row on, each with the share of the file that is read by then.

        Raises: SourceError for a file that cannot be read as this table.
        """
        with InOrder() as session:
            table = Written(session, self.what, str(self.path), self.how)
            fill = self._events if self.what == "events" else self._others
            for some in table.slices(position, pace):
                found = Slice(position + len(some))
                fill(table, some, found)
                position = found.position
                yield found, position / table.rows

    def _events(self, table: Written, some: Sequence[Row], found: Slice) -> None:
        lead, name, at, visitor, id_, bot = table.places
        made, received_at, append = f"import-{self.mark}-", self.received_at, found.events.append
        for row in some:
            if row[FIRST - 1]:
                self._whole(table, row, found)
                continue
            why, who = (BOT, BY) if row[bot] else (None, None)
            # A plain tuple is what an Event is, made in half the time.
            append(
                _EVENT(
                    Event,
                    (
                        row[id_] or f"{made}{row[0]}",
                        "track",
                        row[name],
                        row[at],
                        received_at,
                        row[lead],
                        row[visitor] or None,
                        row[3],
                        EMPTY,
                        why,
                        who,
                    ),
                )
            )

    def _whole(self, table: Written, row: Row, found: Slice) -> None:
        """An event by way of the call that a client would make of it."""
        cells = self._cells(table, row)
        call: Cells = {
            "type": "track",
            "messageId": cells.get("event_id") or f"import-{self.mark}-{row[0]}",
            "userId": cells.get("lead_id"),
            "anonymousId": cells.get("anonymous_id"),
            "event": cells.get("event"),
            "timestamp": cells.get("timestamp"),
        }
        call = {name: value for name, value in call.items() if value is not None}
        fault = self._fault(table, row)
        properties, wrong = _merged(cells.get("properties"), cells["fields"])
        call["properties"] = properties
        raw = ENCODE(call)
        fault = fault or wrong
        if fault is None and "timestamp" not in call:
            fault = Fault("no-time", "`timestamp` is missing")
        if fault is not None:
            self._reject(raw, fault, "track", row, found)
            return
        (item,) = segment.batch_of(b'{"batch":[' + raw + b"]}", self.received_at, past=True)
        before = len(found.events)
        found.add(item, self._at(row), self.declared, self.detector)
        if cells.get("bot") and len(found.events) > before:
            found.events[-1] = found.events[-1]._replace(bot=BOT, bot_by=BY)

    # ---------------------------------------------------------------- leads, accounts, outcomes

    def _others(self, table: Written, some: Sequence[Row], found: Slice) -> None:
        for row in some:
            cells = self._cells(table, row)
            body = self._body(cells, row)
            raw = ENCODE({name: value for name, value in body.items() if value is not None})
            fault = self._fault(table, row)
            if fault is not None:
                self._reject(raw, fault, self.what, row, found)
                continue
            item = rows.row_of(self.what, raw, self.received_at)
            if isinstance(item, LeadRow | AccountRow):
                item.source = "import"
            if isinstance(item, Rejected):
                item.message_id = f"import-{self.mark}-{row[0]}"
            found.add(item, self._at(row), self.declared, self.detector)

    def _body(self, cells: Cells, row: Row) -> Cells:
        if self.what == "leads":
            names = ("lead_id", "account_id", "owner", "fields")
            return {**{name: cells.get(name) for name in names}, "at": cells.get("valid_from")}
        if self.what == "accounts":
            return {name: cells.get(name) for name in ("account_id", "fields")}
        said = str(cells.get("outcome") or "").strip().lower()
        return {
            "lead_id": cells.get("lead_id"),
            "outcome": WORDS.get(said, cells.get("outcome")),
            "outcome_id": cells.get("outcome_id") or f"import-{self.mark}-{row[0]}",
            "amount": cells.get("amount"),
            "at": cells.get("timestamp"),
        }

    # ---------------------------------------------------------------- rows

    def _cells(self, table: Written, row: Row) -> Cells:
        """The fixed cells of a row by name, and its `fields`; times as text."""
        cells = dict(zip(table.fixed, row[FIRST:], strict=False))
        for name in ("timestamp", "valid_from"):
            if cells.get(name) is not None:
                cells[name] = written(cells[name])
        fields = DECODE(row[3])
        if row[1]:
            name, _ = table.reason(row[1])
            (cells if name in table.fixed else fields)[name] = row[2]
        return {**cells, "fields": fields}

    def _fault(self, table: Written, row: Row) -> Fault | None:
        if not row[1]:
            return None
        _, why = table.reason(row[1])
        return Fault("wrong-type", f"{why}: `{str(row[2])[:60]}`")

    def _reject(self, raw: bytes, fault: Fault, kind: str, row: Row, found: Slice) -> None:
        bad = rejected(raw, fault, self.received_at, kind)
        bad.message_id = bad.message_id or f"import-{self.mark}-{row[0]}"
        found.add(bad, self._at(row), self.declared, self.detector)

    def _at(self, row: Row) -> str:
        return f"{self.shown or self.path}, row {row[0]}"


def _merged(properties: str | None, fields: Cells) -> tuple[Cells, Fault | None]:
    """What the column `properties` says, and the other columns."""
    if not properties:
        return fields, None
    wrong = Fault("not-json", "`properties` is no JSON object")
    try:
        said = DECODE(properties)
    except (ValueError, RecursionError):
        return {**fields, "properties": properties}, wrong
    if not isinstance(said, dict):
        return {**fields, "properties": properties}, wrong
    return {**said, **fields}, None
