"""Storing: a slice in one transaction, by the rules of the writer; its leads are left dirty.

Nothing is scored here. Whoever is touched goes into the table `dirty`; `settling` sees to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, literal, select

from tamis.server.identity.links import names_in
from tamis.server.ingest import keeping, quarantine
from tamis.server.ingest.bulk.slices import EMPTY, Event, Good, Slice, event_of
from tamis.server.ingest.bulk.who import Who
from tamis.server.ingest.message import LeadRow, Message
from tamis.server.privacy import consent, erased
from tamis.server.scoring.known import known_leads
from tamis.server.scoring.work import Work
from tamis.server.store.among import among
from tamis.server.store.database import Database
from tamis.server.store.keys import highest
from tamis.server.store.tables import messages, models, people

COLUMNS = ("event_key", "lead", *Event._fields)
Stored = tuple[object, ...]


@dataclass
class Counts:
    """What became of rows: `taken` were new, `repeated` known by their id, or erased."""

    taken: int = 0
    repeated: int = 0
    quarantined: int = 0

    @property
    def rows(self) -> int:
        """All of them."""
        return self.taken + self.repeated + self.quarantined

    def add(self, other: Counts) -> None:
        """Count others in."""
        self.taken += other.taken
        self.repeated += other.repeated
        self.quarantined += other.quarantined


def store(connection: Connection, database: Database, some: Slice) -> Counts:
    """Store a slice in the caller's transaction; gives what became of its rows."""
    known = _known(connection, some)
    gone = _erased(connection, some)
    rejected = [one for one in some.rejected if one.message_id not in known]
    events = _new_events(some.events, known, gone)
    items = _new_items(some.items, known, gone)
    if rejected:
        quarantine.insert(connection, [(one, None) for one in rejected])
    _take(connection, database, events, items)
    taken = len(events) + len(items)
    all_ = len(some.events) + len(some.items) + len(some.rejected)
    return Counts(taken, all_ - taken - len(rejected), len(rejected))


def _known(connection: Connection, some: Slice) -> set[str | None]:
    """The message ids of a slice that were acknowledged before, put aside before, or erased."""
    ids = {event.message_id for event in some.events}
    ids |= {item.message_id for item in some.items if isinstance(item, Message)}
    known: set[str | None] = set()
    if ids:
        column = messages.events.c.message_id
        known |= set(connection.execute(select(column).where(among(column, ids))).scalars())
        known |= erased.is_erased(connection, [one for one in ids if one not in known])
    return known | _put_aside(connection, [one.message_id for one in some.rejected])


def _put_aside(connection: Connection, ids: Iterable[str | None]) -> set[str | None]:
    """The message ids that stand in quarantine: a file read again puts nothing aside twice."""
    wanted = [one for one in ids if one]
    if not wanted:
        return set()
    column = messages.quarantine.c.message_id
    return set(connection.execute(select(column).where(among(column, wanted))).scalars())


def _erased(connection: Connection, some: Slice) -> set[erased.Said]:
    """What is said of persons who were erased since; nothing is looked at where nobody was."""
    said = ((*name, at) for names, at in _named(some) for name in names)
    return erased.said_before(connection, said)


def _named(some: Slice) -> Iterable[tuple[list[tuple[str, str]], int]]:
    for event in some.events:
        yield _names(event), event.at
    for item in some.items:
        yield list(names_in(item)), item.at


def _names(event: Event) -> list[tuple[str, str]]:
    said = Message("", "track", None, 0, 0, user_id=event.user_id, anonymous_id=event.anonymous_id)
    return list(names_in(said))


def _new_events(
    events: Sequence[Event], known: set[str | None], gone: set[erased.Said]
) -> list[Event]:
    new: dict[str, Event] = {}
    for event in events:
        if event.message_id not in known:
            new.setdefault(event.message_id, event)
    if not gone:
        return list(new.values())
    return [one for one in new.values() if not any((*n, one.at) in gone for n in _names(one))]


def _new_items(items: Sequence[Good], known: set[str | None], gone: set[erased.Said]) -> list[Good]:
    new: list[Good] = []
    met = set(known)
    for item in items:
        if isinstance(item, Message):
            if item.message_id in met:
                continue
            met.add(item.message_id)
        if not (gone and any((*n, item.at) in gone for n in names_in(item))):
            new.append(item)
    return new


def _take(
    connection: Connection, database: Database, events: Sequence[Event], items: Sequence[Good]
) -> None:
    who = Who(connection, database, events, items)
    of_items = who.people.leads()[: len(items)]
    dirty = who.people.touched | who.people.recount
    dirty |= consent.keep(connection, database, _consents(items, of_items))
    found = [(who.lead(event), event) for event in events]
    found += [
        (lead, event_of(item))
        for item, lead in zip(items, of_items, strict=True)
        if isinstance(item, Message)
    ]
    touched = {lead for lead, _ in found if lead is not None}
    _store_events(connection, database, found, _muted(connection, touched))
    keeping.store_outcomes(connection, database, items, of_items)
    rows = [(i, lead) for i, lead in zip(items, of_items, strict=True) if isinstance(i, LeadRow)]
    if rows:
        said, leads = zip(*rows, strict=True)
        known = known_leads(connection, {lead for lead in leads if lead is not None})
        keeping.store_times(connection, said, leads, known, Work())
    _soil(connection, database, dirty | touched)


def _muted(connection: Connection, leads: set[int]) -> set[int]:
    """Those leads that opted out of being profiled."""
    c = people.leads.c
    chosen = select(c.lead).where(among(c.lead, leads), c.opted_out)
    return set(connection.execute(chosen).scalars())


def _store_events(
    connection: Connection,
    database: Database,
    found: Sequence[tuple[int | None, Event]],
    muted: set[int],
) -> None:
    first = highest(connection, messages.events.c.event_key) + 1
    rows: list[Stored] = [
        (key, lead, *(_muffled(event) if lead in muted else event))
        for key, (lead, event) in enumerate(found, first)
    ]
    insert_many(connection, database, rows)


def _muffled(event: Event) -> Event:
    """Of leads that are muted no more is stored than that something came."""
    return event._replace(event=None, properties=EMPTY, context=EMPTY)


def insert_many(connection: Connection, database: Database, rows: Sequence[Stored]) -> None:
    """Insert rows of `COLUMNS` as the driver does it fastest."""
    if not rows:
        return
    if database.is_sqlite:
        marks = ", ".join("?" * len(COLUMNS))
        connection.exec_driver_sql(
            f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({marks})",  # noqa: S608 (constants)
            list(rows),
        )
        return
    named = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    connection.execute(insert(messages.events), named)


def _consents(items: Sequence[Good], leads: Sequence[int | None]) -> list[consent.Said]:
    """What leads say of being profiled."""
    said = []
    for item, lead in zip(items, leads, strict=True):
        if lead is None or not isinstance(item, Message | LeadRow):
            continue
        given = consent.told(item.traits if isinstance(item, Message) else item.fields)
        if given is not None:
            said.append(consent.Said(lead, item.at, given, item.source))
    return said


def _soil(connection: Connection, database: Database, leads: set[int]) -> None:
    """Leads whose scores are to be made anew, times and marks of machines before."""
    if leads:
        c = people.leads.c
        rows = select(c.lead, literal("events")).where(among(c.lead, sorted(leads)))
        upsert = database.upsert(models.dirty, ("lead",))
        connection.execute(upsert.from_select(["lead", "cause"], rows))
