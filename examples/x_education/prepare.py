"""Make `leads.csv` and `outcomes.csv` from the published file of X Education.

    python prepare.py leads-as-published.csv DIRECTORY

Keeps only what was known before sales spoke to the lead, under names that a model can use.
`Select` is what the form shows when nothing was chosen: it becomes an empty cell. The outcome
stands in a file of its own, so that no model can use it by mistake.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

COLUMNS = {
    "lead_id": "Lead Number",
    "origin": "Lead Origin",
    "source": "Lead Source",
    "do_not_email": "Do Not Email",
    "visits": "TotalVisits",
    "seconds_on_site": "Total Time Spent on Website",
    "pages_per_visit": "Page Views Per Visit",
    "specialization": "Specialization",
    "occupation": "What is your current occupation",
    "goal": "What matters most to you in choosing a course",
}
WORDS = {"Select": "", "Yes": "true", "No": "false"}


def lead(row: dict[str, str]) -> dict[str, str]:
    """One published row as a lead."""
    return {name: WORDS.get(row[column], row[column]) for name, column in COLUMNS.items()}


def outcome(row: dict[str, str]) -> dict[str, str]:
    """Whether the lead became a customer."""
    return {"lead_id": row["Lead Number"], "converted": row["Converted"]}


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows of equal keys as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(source: Path, target: Path) -> None:
    """Read the published file, in the order of the lead numbers, and write both files."""
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["Lead Number"]))
    target.mkdir(parents=True, exist_ok=True)
    write(target / "leads.csv", [lead(row) for row in rows])
    write(target / "outcomes.csv", [outcome(row) for row in rows])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
