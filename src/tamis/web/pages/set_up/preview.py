"""Rows of a file as people read them: values in their language, reasons in words."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tamis.language import day, number, translator
from tamis.server.ingest.uploads import trial
from tamis.web import times
from tamis.web.drawn import as_csv
from tamis.web.pages.set_up.wording import worded
from tamis.web.visit import Visit

DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
LONGEST = 80


@dataclass(frozen=True)
class Reject:
    """A row that cannot be taken: number, column of the file (empty: no single one), reason."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Row:
    """A row as it is read: a text for each name of ours, empty where there is nothing."""

    number: int
    cells: Sequence[str]
    reason: str = ""


def rows(visit: Visit, tried: trial.Trial, names: Sequence[str]) -> list[Row]:
    """The first rows of a trial."""
    return [
        Row(
            row.number,
            [_written(visit, row.cells.get(name)) for name in names],
            worded(row.reject.reason, visit.language) if row.reject else "",
        )
        for row in tried.first
    ]


def rejects(visit: Visit, tried: trial.Trial) -> list[Reject]:
    """The first rows of a trial that cannot be taken."""
    return [
        Reject(one.row, one.column, worded(one.reason, visit.language)) for one in tried.rejects
    ]


def as_file(visit: Visit, path: Path) -> bytes:
    """The list of rejects as a file for a spreadsheet, in the reader's language."""
    _ = translator(visit.language)
    with path.open(encoding="utf-8-sig", newline="") as file:
        kept = list(csv.reader(file))[1:]
    found = [[row, column, worded(reason, visit.language)] for row, column, reason in kept]
    return as_csv([_("Row"), _("Column"), _("Reason")], found, visit.language)


def _written(visit: Visit, value: Any) -> str:  # noqa: ANN401 (a value of JSON)
    """A value as the reader writes it."""
    _ = translator(visit.language)
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return number(value, visit.language, decimals=6)
    text = _dated(visit, str(value))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _dated(visit: Visit, text: str) -> str:
    """A day or an instant as the reader writes it; as it is what is none, or is out of reach."""
    try:
        if DAY.fullmatch(text):
            return day(date.fromisoformat(text), visit.language)
        if INSTANT.fullmatch(text):
            local = datetime.fromisoformat(text).astimezone(visit.now.tzinfo)
            return f"{day(local.date(), visit.language)} {times.hour(local, visit.language)}"
    except (ValueError, OverflowError):
        # A column of texts holds what looks like a day: 2026-99-99; the year 1 ends too early.
        return text
    return text
