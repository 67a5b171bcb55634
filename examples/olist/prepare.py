"""Make `leads.csv` and `outcomes.csv` from the two published files of Olist's marketing funnel.

    python prepare.py olist_marketing_qualified_leads_dataset.csv \
        olist_closed_deals_dataset.csv DIRECTORY

A lead keeps what was known at its first contact. Of the deals only the day is used, and only for
the outcome: a deal within 90 days of the first contact. Two deals precede their contact; they
count as none.
"""

from __future__ import annotations

import csv
import sys
from datetime import date
from pathlib import Path

DAYS = 90


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lead(row: dict[str, str]) -> dict[str, str]:
    """One published row as a lead."""
    return {
        "lead_id": row["mql_id"],
        "created_at": row["first_contact_date"],
        "origin": row["origin"],
        "landing_page": row["landing_page_id"],
    }


def outcome(row: dict[str, str], won: dict[str, date]) -> dict[str, str]:
    """Whether a deal followed within 90 days of the first contact."""
    day = won.get(row["mql_id"])
    waited = (day - date.fromisoformat(row["first_contact_date"])).days if day else -1
    return {"lead_id": row["mql_id"], "converted": str(int(0 <= waited <= DAYS))}


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows of equal keys as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main(contacts: Path, deals: Path, target: Path) -> None:
    """Read both published files and write leads and outcomes in order of first contact."""
    won = {row["mql_id"]: date.fromisoformat(row["won_date"][:10]) for row in read(deals)}
    rows = sorted(read(contacts), key=lambda row: (row["first_contact_date"], row["mql_id"]))
    target.mkdir(parents=True, exist_ok=True)
    write(target / "leads.csv", [lead(row) for row in rows])
    write(target / "outcomes.csv", [outcome(row, won) for row in rows])


if __name__ == "__main__":
    main(*(Path(name) for name in sys.argv[1:4]))
