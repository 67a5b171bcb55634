"""What is known on the day: the leads that count, with their account, and the events that count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.values import OracleError, Row, Value, day_of, instant, read

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Calendar:
    """The model's time zone and the as-of day."""

    zone: ZoneInfo
    as_of: date

    def age(self, moment: date | datetime) -> int:
        """Whole days from the moment's calendar day to the as-of day."""
        return (self.as_of - day_of(moment, self.zone)).days


@dataclass(frozen=True)
class Lead:
    """A lead on the day; `created` is its declared created_at, or null."""

    lead_id: str
    account_id: str | None
    fields: dict[str, Value]
    account: dict[str, Value]
    created: date | None


@dataclass(frozen=True)
class Event:
    """Something a lead did on a day."""

    lead_id: str
    name: str
    day: date
    fields: dict[str, Value]


@dataclass(frozen=True)
class Facts:
    """Leads by id in code point order, their events, and what was left out.

    `by_hand` is what people gave: points by lead and dimension.
    """

    leads: list[Lead]
    events: dict[str, list[Event]]
    unknown_leads: int
    unreadable: int
    by_hand: dict[tuple[str, str], Fraction] = field(default_factory=dict)


def gather(
    model: Row, leads: list[Row], accounts: list[Row], events: list[Row], calendar: Calendar
) -> Facts:
    """All facts of the day."""
    held = held_leads(model, leads, accounts, calendar)
    once = without_repeats([row for row in events if row.get("timestamp")], model, calendar)
    whole = [row for row in once if row.get("lead_id") is not None and row.get("event") is not None]
    counted = [row for row in whole if not row.get("bot") and calendar.age(row["timestamp"]) >= 0]
    in_table = {str(row["lead_id"]) for row in leads}
    known = [row for row in counted if str(row["lead_id"]) in in_table]
    timeless = sum(1 for row in events if not row.get("timestamp"))
    return Facts(
        leads=held,
        events=by_lead(known, held, model, calendar),
        unknown_leads=len(counted) - len(known),
        unreadable=timeless + len(once) - len(whole),
    )


def held_leads(model: Row, rows: list[Row], accounts: list[Row], calendar: Calendar) -> list[Lead]:
    """Each lead's row of the day, without the leads created later."""
    companies = accounts_by_id(accounts)
    leads = []
    for lead_id in sorted({required(row, "lead_id") for row in rows}):
        versions = [row for row in rows if str(row["lead_id"]) == lead_id]
        row = row_of_the_day(versions, calendar)
        if row is None:
            continue
        lead = lead_from(model, row, companies, calendar)
        if lead.created is None or lead.created <= calendar.as_of:
            leads.append(lead)
    return leads


def required(row: Row, column: str) -> str:
    """The id as text."""
    if row.get(column) is None:
        raise OracleError(f"a row without {column}")
    return str(row[column])


def row_of_the_day(versions: list[Row], calendar: Calendar) -> Row | None:
    """The latest row valid on the as-of day; no valid_from means since always."""

    def start(row: Row) -> datetime:
        since = row.get("valid_from")
        return datetime.min.replace(tzinfo=UTC) if since is None else instant(since, calendar.zone)

    if len({start(row) for row in versions}) < len(versions):
        raise OracleError(f"lead {versions[0]['lead_id']} has two rows of the same valid_from")
    valid = [row for row in versions if row.get("valid_from") is None or not later(row, calendar)]
    return max(valid, key=start, default=None)


def later(row: Row, calendar: Calendar) -> bool:
    """Whether the row holds only from a day after the as-of day."""
    return calendar.age(row["valid_from"]) < 0


def accounts_by_id(rows: list[Row]) -> dict[str, Row]:
    """Accounts by their id, which is unique."""
    companies: dict[str, Row] = {}
    for row in rows:
        account_id = required(row, "account_id")
        if account_id in companies:
            raise OracleError(f"account {account_id} stands twice")
        companies[account_id] = row
    return companies


def lead_from(model: Row, row: Row, companies: dict[str, Row], calendar: Calendar) -> Lead:
    """A lead with its fields and those of its account, all null without one."""
    account_id = row.get("account_id")
    company = companies.get(str(account_id), {}) if account_id is not None else {}
    fields = typed(row, declared(model, "lead"), calendar)
    created = fields.get("created_at")
    return Lead(
        lead_id=str(row["lead_id"]),
        account_id=None if account_id is None else str(account_id),
        fields=fields,
        account=typed(company, declared(model, "account"), calendar),
        created=day_of(created, calendar.zone) if isinstance(created, date) else None,
    )


def declared(model: Row, table: str) -> dict[str, str]:
    """The declared fields of a table with their types, in order."""
    fields: dict[str, str] = ((model.get("fields") or {}).get(table)) or {}
    return fields


def typed(row: Row, kinds: dict[str, str], calendar: Calendar) -> dict[str, Value]:
    """The declared fields of a row, by their types."""
    return {name: read(row.get(name), kind, calendar.zone) for name, kind in kinds.items()}


def without_repeats(rows: list[Row], model: Row, calendar: Calendar) -> list[Row]:
    """Rows where each event_id stands once a day: the first in the order of `precedence`."""
    kept: list[Row] = []
    seen: set[Key] = set()
    for row in sorted(rows, key=lambda row: precedence(row, model, calendar)):
        event_id = row.get("event_id")
        key = (str(event_id), day_of(row["timestamp"], calendar.zone))
        if event_id is not None and event_id != "" and key in seen:
            continue
        seen.add(key)
        kept.append(row)
    return kept


def precedence(row: Row, model: Row, calendar: Calendar) -> Key:
    """Earliest first; then by lead, name, the declared fields in order, bots last; nulls last."""
    fields = typed(row, declared(model, "event"), calendar)
    lead_id = row.get("lead_id")
    values = [None if lead_id is None else str(lead_id), row.get("event"), *fields.values()]
    return (
        instant(row["timestamp"], calendar.zone),
        *map(nulls_last, values),
        bool(row.get("bot")),
    )


def nulls_last(value: Value) -> Key:
    """A key that puts null after every value."""
    return (1,) if value is None else (0, value)


def by_lead(
    rows: Iterable[Row], leads: list[Lead], model: Row, calendar: Calendar
) -> dict[str, list[Event]]:
    """The events of each lead of the day."""
    events: dict[str, list[Event]] = {lead.lead_id: [] for lead in leads}
    for row in rows:
        lead_id = str(row["lead_id"])
        if lead_id in events:
            day = day_of(row["timestamp"], calendar.zone)
            fields = typed(row, declared(model, "event"), calendar)
            events[lead_id].append(Event(lead_id, str(row["event"]), day, fields))
    return events
