"""Make `leads.csv`, `events.csv` and `outcomes.csv` from a log of loan applications.

    python prepare.py events-as-published.csv DIRECTORY [--align 2012-01-02]

A case is a lead, created at its first event; a completed activity is an event with a name in
words. With ``--align`` every case is moved by whole days to begin on that day, so that one as-of
day scores all cases at the same age: as of 2012-01-05 each is three days old. Ages and times of
day are unchanged.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

ACTIVITIES = {
    "1": "handle_lead",
    "2": "check_fraud",
    "3": "complete_application",
    "4": "chase_incomplete_file",
    "5": "call_about_offer",
    "6": "validate",
}
DAYS = 43

Log = dict[str, list[tuple[datetime, str]]]


def read(path: Path) -> Log:
    """The events of each case, in order of time."""
    log: Log = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            moment = datetime.fromisoformat(row["CompleteTimestamp"])
            log[row["CaseID"]].append((moment, ACTIVITIES[row["ActivityID"]]))
    return {case: sorted(events) for case, events in log.items()}


def aligned(log: Log, day: date) -> Log:
    """The same cases, each moved by whole days to begin on `day`."""
    return {case: _moved(events, day - events[0][0].date()) for case, events in log.items()}


def _moved(events: list[tuple[datetime, str]], by: timedelta) -> list[tuple[datetime, str]]:
    return [(moment + by, name) for moment, name in events]


def validated_after(events: list[tuple[datetime, str]]) -> int | None:
    """Whole days from the first event to the first validation; None when there is none."""
    days = [moment.date() for moment, name in events if name == "validate"]
    return (days[0] - events[0][0].date()).days if days else None


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    """Write a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def write_all(log: Log, began: dict[str, datetime], target: Path) -> None:
    """Write the three files; `began` holds each case's true first event."""
    target.mkdir(parents=True, exist_ok=True)
    cases = sorted(log, key=lambda case: (began[case], case))
    leads = [[case, str(log[case][0][0])] for case in cases]
    events = [[case, name, str(moment)] for case in cases for moment, name in log[case]]
    write(target / "leads.csv", ["lead_id", "created_at"], leads)
    write(target / "events.csv", ["lead_id", "event", "timestamp"], events)
    outcomes = [_outcome(case, began[case], validated_after(log[case])) for case in cases]
    write(target / "outcomes.csv", ["lead_id", "began", "validated_after", "converted"], outcomes)


def _outcome(case: str, began: datetime, days: int | None) -> list[str]:
    converted = days is not None and days <= DAYS
    return [case, str(began), "" if days is None else str(days), str(int(converted))]


def main() -> None:
    """Read the arguments, then the log, and write the three files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("log", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--align", type=date.fromisoformat, help="first day of every case")
    options = parser.parse_args()
    log = read(options.log)
    began = {case: events[0][0] for case, events in log.items()}
    write_all(aligned(log, options.align) if options.align else log, began, options.directory)


if __name__ == "__main__":
    main()
