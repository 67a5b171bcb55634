"""Everything that the store holds of one person, as one JSON document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, Table, select

from tamis.server import audit
from tamis.server.clock import day_of, written
from tamis.server.privacy import person, quarantined
from tamis.server.privacy.person import Person
from tamis.server.server import Server
from tamis.server.store.database import slices
from tamis.server.store.tables import METADATA, messages, models, people, scoring

INSTANTS: Final = frozenset(
    {
        *("at", "received_at", "first_at", "last_at", "made_at", "withdrawn_at", "settled_at"),
        *("since", "look_at", "answered_at", "assigned_at", "due_at", "fired_at", "snoozed_until"),
        *("next_at", "leased_until"),
    }
)
DAYS: Final = frozenset({"day", "as_of", "next_change", "first_day", "last_day"})
JSON: Final = frozenset(
    {"fields", "properties", "context", "dimensions", "grades", "messages", "parts", "payload"}
)
JSON_OF: Final = frozenset(
    {("lead_values", "value"), ("score_history", "before"), ("score_history", "after")}
)
"""Columns that are JSON in one table alone: an identity's `value` and a status are text."""
HUNDREDTHS: Final = frozenset({"score", "known", "score_before", "score_after"})
HUNDREDTHS_OF: Final = frozenset(
    {("learned_disagreements", "rules"), ("learned_disagreements", "learned")}
)
SCALES: Final[Mapping[tuple[str, str], int]] = {
    ("outcomes", "amount"): 6,
    ("adjustments", "points"): 3,
}
INSIDE: Final = frozenset(
    {"lead", "version_key", "turn", "changed", "lead_id", "steps", "step", "answer", "deadline"}
)
"""Keys that mean something only within the store; the person's id stands at the top."""
INSIDE_OF: Final = frozenset(
    {("handoffs", "cause"), ("play_firings", "cause"), ("status_history", "entry")}
)
"""Keys of score_history; elsewhere these names are of texts. A hand-off's own number is shown."""
LEFT_OUT: Final = frozenset({"leads", "events", "facts", "dirty"})
"""Tables shown otherwise; `facts` repeats fields and events in the way of a model."""
Document = dict[str, Any]


def export(server: Server, named: str, who: str) -> Document:
    """The document of the person whom an id or an e-mail names. Raises: Problem 404.

    Instants are ISO 8601 in UTC, days as 2026-11-21, amounts and points decimal numbers in text.
    """
    with server.database.read() as connection:
        whom = person.found(connection, named)
        found = _document(connection, whom)
    with server.database.write() as connection:
        subject = "a visitor" if whom.lead is None else str(whom.lead)
        audit.record(connection, server.clock.now(), who, "person.export", subject)
    return {"exported_at": written(server.micros), **found}


def _document(connection: Connection, whom: Person) -> Document:
    document: Document = {"person": whom.lead_id, "lead": None}
    if whom.lead is not None:
        document["lead"] = _rows(connection, people.leads, whom.lead)[0]
        document["account"] = _account(connection, document["lead"]["account_id"])
    events = select(messages.events).where(whom.events).order_by(messages.events.c.at)
    document["events"] = _told(messages.events, connection.execute(events).mappings().all())
    document["quarantine"] = _put_aside(connection, whom)
    if whom.lead is not None:
        for table in METADATA.sorted_tables:
            if "lead" in table.c and table.name not in LEFT_OUT:
                document[table.name] = _rows(connection, table, whom.lead)
    return document


def _rows(connection: Connection, table: Table, lead: int) -> list[Document]:
    chosen = select(table).where(table.c.lead == lead).order_by(*table.primary_key)
    # A version's key and a counter's say nothing outside: their names do.
    if "version_key" in table.c:
        versions = models.versions.c
        chosen = chosen.add_columns(versions.number.label("version"))
        if "model" not in table.c:
            chosen = chosen.add_columns(versions.model)
        chosen = chosen.outerjoin(models.versions, versions.version_key == table.c.version_key)
    if "counter" in table.c:
        counters = scoring.counters
        chosen = chosen.add_columns(counters.c.name.label("rule"))
        chosen = chosen.outerjoin(counters, counters.c.counter == table.c.counter)
    return _told(table, connection.execute(chosen).mappings().all())


def _told(table: Table, rows: Sequence[RowMapping]) -> list[Document]:
    keys = {column.name for column in table.primary_key if column.name in KEYS} | INSIDE
    keys |= {name for of, name in INSIDE_OF if of == table.name}
    keys -= {"lead_id"} if table is people.leads else set()
    return [
        {name: _plain(table.name, name, value) for name, value in row.items() if name not in keys}
        for row in rows
    ]


KEYS: Final = frozenset(
    {"event_key", "outcome_key", "adjustment", "entry", "counter", "disagreement"}
)


def _plain(table: str, name: str, value: Any) -> object:  # noqa: ANN401 (of any column)
    if value is None:
        return None
    if name in INSTANTS:
        return written(value)
    if name in DAYS:
        return day_of(value).isoformat()
    if name in JSON or (table, name) in JSON_OF:
        return msgspec.json.decode(value)
    hundredths = name in HUNDREDTHS or (table, name) in HUNDREDTHS_OF
    places = SCALES.get((table, name), 2 if hundredths else None)
    if places is not None:
        return str(Decimal(value).scaleb(-places))
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else value


def _account(connection: Connection, account_id: str | None) -> Document | None:
    """Their company as it is known, which is no data of the person's alone."""
    if account_id is None:
        return None
    c = people.accounts.c
    fields = connection.scalar(select(c.fields).where(c.account_id == account_id))
    return {"account_id": account_id, "fields": msgspec.json.decode(fields or "{}")}


def _put_aside(connection: Connection, whom: Person) -> list[Document]:
    entries, _ = quarantined.naming(connection, whom.values)
    found: list[Document] = []
    for some in slices(entries):
        chosen = select(messages.quarantine).where(messages.quarantine.c.entry.in_(some))
        found += _told(messages.quarantine, connection.execute(chosen).mappings().all())
    return found
