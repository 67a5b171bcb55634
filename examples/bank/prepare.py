"""Make `calls.csv.gz` from the published file: a lead id and a date in front, nothing else changed.

    python prepare.py bank-additional-full.csv calls.csv.gz

The published file has neither. Its rows are in order of time, so the row's number is the id; it
names the month and not the year, so the year is counted from May 2008: a month that lies before
the one of the row above begins a new year. The day of the month is unknown and written as 01.
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from collections.abc import Iterator
from pathlib import Path

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FIRST_YEAR = 2008


def prepared(rows: Iterator[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Each call with `lead_id` and `called_in` (the first day of its month) in front."""
    year, month = FIRST_YEAR, 0
    for number, row in enumerate(rows, start=1):
        called = MONTHS.index(row["month"]) + 1
        year += called < month
        month = called
        yield {"lead_id": f"call-{number:05d}", "called_in": f"{year}-{month:02d}-01", **row}


def main(source: Path, target: Path) -> None:
    """Read the published file and write the prepared one, compressed, always the same bytes."""
    text = io.StringIO()
    with source.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter=";")
        columns = ["lead_id", "called_in", *(reader.fieldnames or [])]
        writer = csv.DictWriter(text, columns, delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(prepared(reader))
    target.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
