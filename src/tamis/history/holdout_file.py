"""The file of a holdout's assignments: lead_id, group, assigned; one row per lead."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import cast

from tamis.errors import SourceError
from tamis.files import whole_file
from tamis.history.holdout import Assigned, Group

COLUMNS = ("lead_id", "group", "assigned")
GROUPS = ("handoff", "holdout")


def read_assigned(path: Path) -> list[Assigned]:
    """The leads of a file, in its order. Raises: SourceError for what is no such file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            message = f"{path}: no column {', '.join(missing)}"
            raise SourceError(message, hint="give the file that --assign wrote")
        rows = [_assigned(path, place, row) for place, row in enumerate(reader, start=2)]
    if len({one.lead_id for one in rows}) < len(rows):
        message = f"{path}: a lead stands in it twice"
        raise SourceError(message)
    return rows


def _assigned(path: Path, line: int, row: dict[str, str]) -> Assigned:
    day = _day(row["assigned"])
    if not row["lead_id"] or row["group"] not in GROUPS or day is None:
        message = f"{path}:{line}: not a lead, a group (handoff or holdout) and a day"
        raise SourceError(message)
    return Assigned(row["lead_id"], cast(Group, row["group"]), day)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def write_assigned(path: Path, rows: Iterable[Assigned]) -> None:
    """Write assignments as CSV (lead_id, group, assigned), whole or not at all."""
    with whole_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((one.lead_id, one.group, one.day) for one in rows)
