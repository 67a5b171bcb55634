"""Erasure of one person: every row that is theirs or names them, in one transaction.

The audit keeps that somebody was erased, by whom and when, and not who.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table, delete, or_, select, update

from tamis.server import audit
from tamis.server.privacy import erased, person, quarantined
from tamis.server.privacy.person import Person
from tamis.server.scoring.entries import latest_entry
from tamis.server.server import Server
from tamis.server.store.database import slices
from tamis.server.store.tables import METADATA, access, messages, scoring

OF_PERSONS: Final = ("person.%", "lead.%", "identity.%", "bots.%")
"""Actions of the audit whose subject may be a person."""
NOBODY: Final = 0
"""A lead's key that no lead has."""


@dataclass(frozen=True)
class Erased:
    """How much went: events, messages of the quarantine, and rows in all."""

    events: int
    quarantined: int
    rows: int


def erase(server: Server, named: str, who: str) -> Erased:
    """Erase the person whom an id or an e-mail names, for good. Raises: Problem 404."""
    with server.database.read() as connection:
        # The long search goes first, while others write; what came since is looked at below.
        whom = person.found(connection, named)
        entries, last = quarantined.naming(connection, whom.values)
    with server.database.write() as connection, _overwritten(connection):
        whom = person.found(connection, named)
        entries += quarantined.naming(connection, whom.values, after=last)[0]
        gone = _erased(server, connection, whom, entries, who)
    server.database.forget()
    return gone


def _erased(
    server: Server, connection: Connection, whom: Person, entries: list[int], who: str
) -> Erased:
    event = messages.events.c
    sent = [*connection.scalars(select(event.message_id).where(whom.events))]
    sent += quarantined.message_ids(connection, entries)
    gone = {(erased.MESSAGE, message_id) for message_id in sent} | whom.names
    erased.remember(connection, server.database, server.micros, gone)
    events = connection.execute(delete(messages.events).where(whom.events)).rowcount
    put_aside = quarantined.drop(connection, entries)
    rows = events + put_aside + _forget_lead(connection, whom)
    _forget_in_audit(connection, whom)
    audit.record(connection, server.clock.now(), who, "person.erase", "a person")
    return Erased(events, put_aside, rows)


def _forget_lead(connection: Connection, whom: Person) -> int:
    """Rows of every table that has leads, whichever tables there come to be."""
    if whom.lead is None:
        return 0
    _keep_place(connection, whom.lead)
    tables = [table for table in METADATA.sorted_tables if "lead" in table.c]
    return sum(_deleted(connection, table, whom.lead) for table in reversed(tables))


def _deleted(connection: Connection, table: Table, lead: int) -> int:
    return connection.execute(delete(table).where(table.c.lead == lead)).rowcount


def _keep_place(connection: Connection, lead: int) -> None:
    """The latest entry of the history stays, empty: readers go on from its number."""
    history = scoring.score_history
    connection.execute(
        update(history)
        .where(history.c.entry == latest_entry(connection), history.c.lead == lead)
        .values(
            lead=NOBODY, messages="[]", before="{}", after="{}", score_before=None, score_after=None
        )
    )


def _forget_in_audit(connection: Connection, whom: Person) -> None:
    """Entries that name the person keep what was done, when, and by whom."""
    c = access.audit.c
    about = or_(*(c.action.like(action) for action in OF_PERSONS))
    # The key inside is given anew one day.
    subjects = sorted(whom.values | {str(whom.lead)})
    for some in slices(subjects, 50):
        told = (c.details.contains(f'"{value}"', autoescape=True) for value in some)
        named = or_(c.subject.in_(some), *told)
        connection.execute(
            update(access.audit).where(about, named).values(subject="a person", details="{}")
        )


@contextmanager
def _overwritten(connection: Connection) -> Iterator[None]:
    """SQLite leaves what is deleted in its file until the place is used: not so here."""
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA secure_delete=OFF")
