"""The published sets that are events: counts, first times and recency as of a day."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.predict.tables import DAY, Rows, days, examples, number, read, text
from tamis.predict.examples import Column, Examples

AS_OF = timedelta(days=3)
HORIZON = timedelta(days=43)
ACTIVITIES = {
    "1": "handle_lead",
    "2": "check_fraud",
    "3": "complete_application",
    "4": "chase_incomplete_file",
    "5": "call_about_offer",
}
VALIDATE = "6"
Timed = list[tuple[datetime, str]]
"""Events of one case: when and what, oldest first."""


def bpi2012(folder: Path) -> Examples:
    """Loan applications as of day 3 after their first event: validated within 43 days of it.

    Only events up to the end of day 3 (72 hours) are known. Left out: applications validated by
    then (there is nothing to predict any more), and those whose 43 days are not over when the
    events end. Refusals are not in the file: an application that rests may have been decided.
    """
    (rows,) = read(folder, "events.csv")
    events = _timed(rows, "CaseID", "CompleteTimestamp", "ActivityID")
    end = max(case[-1][0] for case in events.values())
    cases = {
        key: case
        for key, case in events.items()
        if case[0][0] + HORIZON <= end and VALIDATE not in {what for _, what in _known(case)}
    }
    known = [_known(case) for case in cases.values()]
    starts = [case[0][0] for case in cases.values()]
    return examples(
        _columns(known),
        [_validated(case) for case in cases.values()],
        [days(start) for start in starts],
        list(cases),
    )


def _timed(rows: Rows, key: str, time: str, what: str) -> dict[str, Timed]:
    found: defaultdict[str, Timed] = defaultdict(list)
    for row in rows:
        moment = datetime.fromisoformat(row[time].removesuffix("Z"))
        found[row[key]].append((moment, row[what]))
    return {name: sorted(events) for name, events in found.items()}


def _known(case: Timed) -> Timed:
    return [event for event in case if event[0] <= case[0][0] + AS_OF]


def _validated(case: Timed) -> bool:
    return any(what == VALIDATE and when <= case[0][0] + HORIZON for when, what in case)


def _columns(known: list[Timed]) -> list[Column]:
    counts = [Counter(what for _, what in case) for case in known]
    made = [
        number("events", map(len, known)),
        number("days_active", (len({when.date() for when, _ in case}) for case in known)),
        number("hours_since_last", (72 - _hours(case, case[-1][0]) for case in known)),
        text("first_activity", (ACTIVITIES[case[0][1]] for case in known)),
        text("last_activity", (ACTIVITIES[case[-1][1]] for case in known)),
        text("weekday", (f"{case[0][0]:%A}".lower() for case in known)),
        number("hour", (case[0][0].hour for case in known)),
    ]
    for activity, name in ACTIVITIES.items():
        made.append(number(f"{name}_events", (count[activity] for count in counts)))
        first = (next((when for when, what in case if what == activity), None) for case in known)
        made.append(
            number(f"{name}_first_hours", map(_hours_or_none, known, first)),
        )
        last = (max((when for when, what in c if what == activity), default=None) for c in known)
        made.append(number(f"{name}_last_hours", map(_hours_or_none, known, last)))
    return made


def _hours(case: Timed, when: datetime) -> float:
    return (when - case[0][0]).total_seconds() / 3600


def _hours_or_none(case: Timed, when: datetime | None) -> float | None:
    return None if when is None else _hours(case, when)


def attribution(folder: Path) -> Examples:
    """Customers by their first impression: converted.

    Known are the impressions: number, by channel, first and last channel, days between them. The
    row of a conversion is the outcome itself and no touch; customers without any impression are
    left out. Impressions after a conversion count: without them, a converted customer's would be
    cut short, and their number would give the outcome away.
    """
    (rows,) = read(folder, "events.csv")
    converted = {row["customer_id"] for row in rows if row["conversion"] == "1"}
    touches = _timed(
        [row for row in rows if row["interaction"] == "impression"],
        *("customer_id", "time", "channel"),
    )
    counts = [Counter(channel for _, channel in case) for case in touches.values()]
    cases = list(touches.values())
    columns = [
        number("touches", map(len, cases)),
        number("channels", map(len, counts)),
        text("first_channel", (case[0][1] for case in cases)),
        text("last_channel", (case[-1][1] for case in cases)),
        number("days", ((c[-1][0] - c[0][0]).total_seconds() / DAY for c in cases)),
    ]
    for channel in sorted({row["channel"] for row in rows}):
        name = channel.lower().replace(" ", "_")
        columns.append(number(f"{name}_touches", (count[channel] for count in counts)))
    return examples(
        columns,
        [customer in converted for customer in touches],
        [days(case[0][0]) for case in cases],
        list(touches),
    )
