"""A trial: the whole file read as the import would read it, and nothing stored."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from tamis.errors import UserError
from tamis.files import whole_file
from tamis.server.clock import written
from tamis.server.ingest.bulk.pace import Pace
from tamis.server.ingest.bulk.slices import Slice
from tamis.server.ingest.bulk.tables import Table
from tamis.server.ingest.message import AccountRow, LeadRow, OutcomeRow, Rejected
from tamis.server.ingest.uploads.looking import no_table

SHOWN_ROWS = 8
"""First rows shown as they are read."""
SHOWN_REJECTS = 50
"""Rejects shown on the page; the file has all of them."""
AT_ONCE = 20_000
MILLION = 1_000_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
COLUMN = re.compile(r"(?:(?:fields|properties|traits)\.(\S+) is |`([^`]+)` )")
"""Where a reason names what is wrong, by our name."""
Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Reject:
    """A row that cannot be taken: its number (1: the first below the names), column and reason.

    `column` is theirs; empty where no single one is wrong.
    """

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Row:
    """A row as it is read: values by our name; `reject` says why it cannot be taken."""

    number: int
    cells: Cells
    reject: Reject | None = None


@dataclass(frozen=True)
class Trial:
    """What an import would do: its first rows, and how many can and cannot be taken."""

    first: tuple[Row, ...]
    rows: int
    rejected: int
    rejects: tuple[Reject, ...]

    @property
    def good(self) -> int:
        """Rows that can be taken; those that are in already count once."""
        return self.rows - self.rejected


def tried(table: Table, matched: Mapping[str, str], rejects: Path) -> Trial:
    """Read a table whole; all rejects are written to `rejects`. Raises: Problem 400."""
    theirs = {ours: their for their, ours in matched.items()}
    first: list[Row] = []
    shown: list[Reject] = []
    rows = rejected = 0
    try:
        with whole_file(rejects) as temporary, _private(temporary) as file:
            writer = csv.writer(file)
            writer.writerow(["row", "column", "reason"])
            for some, numbers in _slices(table):
                found = [_reject(one, table.shown, theirs) for one in some.rejected]
                writer.writerows([_safe(str(v)) for v in vars(one).values()] for one in found)
                if len(first) < SHOWN_ROWS and len(numbers) == 1:
                    first.append(Row(numbers[0], _cells(some), found[0] if found else None))
                shown += found[: SHOWN_REJECTS - len(shown)]
                rows, rejected = rows + len(numbers), rejected + len(found)
    except UserError as error:
        raise no_table(error.message) from error
    return Trial(tuple(first), rows, rejected, tuple(shown))


def _slices(table: Table) -> Iterator[tuple[Slice, range]]:
    """The slices of a table with their rows: the first rows one by one, to be shown."""
    pace, before = Pace(1, AT_ONCE, fewest=1), 0
    for some, _ in table.slices(0, pace):
        yield some, range(before + 1, some.position + 1)
        before = some.position
        if before >= SHOWN_ROWS:
            pace.rows = AT_ONCE


def _private(path: Path) -> Any:  # noqa: ANN401 (an open file)
    path.touch(mode=0o600)
    # With its mark: spreadsheets then read it as UTF-8.
    return path.open("w", encoding="utf-8-sig", newline="")


def _reject(one: Rejected, shown: str, theirs: Mapping[str, str]) -> Reject:
    """A row put aside, with the place and the reason apart."""
    place, _, reason = one.reason.removeprefix(f"{shown}, row ").partition(": ")
    named = COLUMN.match(reason)
    ours = (named[1] or named[2]) if named else ""
    return Reject(int(place), theirs.get(ours, ""), reason)


def _cells(some: Slice) -> Cells:
    """The values of the one row of a slice."""
    for event in some.events:
        properties = msgspec.json.decode(event.properties)
        known = {"lead_id": event.user_id, "event": event.event, "timestamp": written(event.at)}
        known |= {"anonymous_id": event.anonymous_id, "event_id": event.message_id}
        return {**properties, **known, "bot": event.bot is not None}
    for item in some.items:
        if isinstance(item, LeadRow):
            known = {"lead_id": item.lead_id, "account_id": item.account_id, "owner": item.owner}
            return {**item.fields, **known, "valid_from": written(item.at)}
        if isinstance(item, AccountRow):
            return {**item.fields, "account_id": item.account_id}
        if isinstance(item, OutcomeRow):
            amount = None if item.amount is None else item.amount / MILLION
            known = {"lead_id": item.lead_id, "outcome": item.outcome}
            known |= {"timestamp": written(item.at), "outcome_id": item.outcome_id}
            return {**known, "amount": amount}
    return _put_aside(some.rejected)


def _put_aside(rejected: Sequence[Rejected]) -> Cells:
    """The values of a row that cannot be taken, as far as they could be read."""
    try:
        said = msgspec.json.decode(rejected[0].message)
    except (IndexError, msgspec.DecodeError):
        return {}
    inner = {**said.pop("fields", {}), **said.pop("properties", {})}
    renamed = {"userId": "lead_id", "anonymousId": "anonymous_id", "messageId": "event_id"}
    times = {"at": said.get("at"), "timestamp": said.get("timestamp") or said.get("at")}
    return {**inner, **{renamed.get(k, k): v for k, v in said.items()}, **times}


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
