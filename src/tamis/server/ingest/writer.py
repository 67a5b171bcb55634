"""The writer: deliveries into the store and into scores, in one transaction.

Everything a request brought is durable and scored when it is answered. A message counts once, ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, update

from tamis.server.bots.detector import Detector
from tamis.server.clock import Clock
from tamis.server.identity.links import names_in
from tamis.server.identity.people import People
from tamis.server.ingest import keeping, quarantine
from tamis.server.ingest.declared import Declared
from tamis.server.ingest.message import Delivery, Item, LeadRow, Message, Receipt, Rejected
from tamis.server.models.versions import Version
from tamis.server.privacy import consent, erased
from tamis.server.scoring.known import known_leads
from tamis.server.scoring.live import LiveScores
from tamis.server.scoring.work import Work
from tamis.server.store.among import among, among_given
from tamis.server.store.database import Database
from tamis.server.store.tables import messages

MESSAGE_ID = messages.events.c.message_id
KNOWN = select(MESSAGE_ID).where(among_given(MESSAGE_ID))


@dataclass
class _Sorted:
    """What some deliveries brought, by what is done with it; receipts count it for each."""

    receipts: list[_Counts]
    items: list[Item] = field(default_factory=list)
    rejected: list[tuple[Rejected, str | None]] = field(default_factory=list)


@dataclass
class _Counts:
    taken: int = 0
    repeated: int = 0
    quarantined: int = 0
    refused: list[Rejected] = field(default_factory=list)

    @property
    def receipt(self) -> Receipt:
        return Receipt(self.taken, self.repeated, self.quarantined, tuple(self.refused))


class Writer:
    """Writes deliveries. One call is one transaction: all of them are in, or none."""

    def __init__(
        self, database: Database, clock: Clock, scores: LiveScores, detector: Detector
    ) -> None:
        self.database, self.clock = database, clock
        self.scores, self.detector = scores, detector

    def write(self, deliveries: Sequence[Delivery]) -> list[Receipt]:
        """Store and score deliveries; gives a receipt for each. Raises: StoreError."""
        with self.database.write() as connection:
            versions = self.scores.versions(connection)
            came = self._sorted(connection, deliveries, versions)
            if came.rejected:
                quarantine.insert(connection, came.rejected)
            if came.items:
                self._take(connection, came.items, versions)
            return [one.receipt for one in came.receipts]

    def _sorted(
        self,
        connection: Connection,
        deliveries: Sequence[Delivery],
        versions: Sequence[Version],
    ) -> _Sorted:
        """Tell what is new and good from what was known, was erased, or cannot be taken."""
        items = [item for delivery in deliveries for item in delivery.items]
        is_asked = erased.is_asked(connection)
        known = self._known(connection, items, is_asked=is_asked)
        gone = _erased(connection, items) if is_asked else set()
        declared = Declared.of(versions)
        came = _Sorted([_Counts() for _ in deliveries])
        for delivery, count in zip(deliveries, came.receipts, strict=True):
            for place, item in enumerate(delivery.items):
                message_id = item.message_id if isinstance(item, Message) else None
                if message_id in known or (
                    gone and any((*n, _at(item)) in gone for n in names_in(item))
                ):
                    count.repeated += 1
                elif bad := item if isinstance(item, Rejected) else declared.refused(item, place):
                    count.quarantined += 1
                    count.refused += [bad] if bad is not item else []
                    came.rejected.append((bad, delivery.key_id))
                else:
                    known |= {message_id} if message_id else set()
                    count.taken += 1
                    came.items.append(item)
        return came

    def _known(
        self, connection: Connection, items: Sequence[Item], *, is_asked: bool
    ) -> set[str | None]:
        """The message ids that were acknowledged before, or erased."""
        ids = {item.message_id for item in items if isinstance(item, Message)}
        if not ids:
            return set()
        known: set[str | None] = set(connection.execute(KNOWN, {"given": list(ids)}).scalars())
        if is_asked:
            known |= erased.is_erased(connection, [one for one in ids if one not in known])
        return known

    def _take(
        self, connection: Connection, items: Sequence[Item], versions: Sequence[Version]
    ) -> None:
        people = People(connection, self.database, items)
        people.settle()
        leads = people.leads()
        work = Work(
            fields=people.touched,
            recount=people.recount,
            messages=_behind(items, leads),
            joined=people.joined,
        )
        work.fields |= consent.keep(connection, self.database, _consents(items, leads))
        known = known_leads(connection, {lead for lead in leads if lead is not None})
        muted = {lead for lead, one in known.items() if one.opted_out}
        stored = keeping.store_events(
            connection, items, leads, work, muted=muted, detector=self.detector
        )
        keeping.store_outcomes(connection, self.database, items, leads)
        keeping.store_times(connection, items, leads, known, work)
        self._mark(connection, stored, work)
        work.cause = "events" if work.events else "merge" if work.recount else "fields"
        self.scores.absorb(connection, work, versions)

    def _mark(self, connection: Connection, stored: Sequence[keeping.Stored], work: Work) -> None:
        """Mark events that prove to be a machine's; those that were counted are counted anew."""
        marks: dict[int, str | None] = dict(self.detector.marks(connection, stored))
        if work.recount:
            marks |= self.detector.again(connection, work.recount)
        if not marks:
            return
        e = messages.events
        rows = [{"of": key, "why": why} for key, why in marks.items()]
        connection.execute(
            update(e).where(e.c.event_key == keeping.OF).values(bot=keeping.WHY), rows
        )
        new = {one.event_key for one in stored}
        older = select(e.c.lead).where(
            among(e.c.event_key, [key for key in marks if key not in new])
        )
        holders = connection.execute(older.distinct()).scalars()
        work.recount |= {lead for lead in holders if lead is not None}
        work.events = [event for event in work.events if event.event_key not in marks]


def _at(item: Item) -> int:
    return item.received_at if isinstance(item, Rejected) else item.at


def _erased(connection: Connection, items: Sequence[Item]) -> set[erased.Said]:
    """What is said of persons who were erased since."""
    return erased.said_before(
        connection, {(*name, _at(item)) for item in items for name in names_in(item)}
    )


def _consents(items: Sequence[Item], leads: Sequence[int | None]) -> list[consent.Said]:
    """What leads say of being profiled."""
    said = []
    for item, lead in zip(items, leads, strict=True):
        if lead is None or not isinstance(item, Message | LeadRow):
            continue
        given = consent.told(item.traits if isinstance(item, Message) else item.fields)
        if given is not None:
            said.append(consent.Said(lead, item.at, given, item.source))
    return said


def _behind(items: Sequence[Item], leads: Sequence[int | None]) -> Mapping[int, list[str]]:
    """The ids of the messages behind what changes of each lead."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for item, lead in zip(items, leads, strict=True):
        if lead is not None and isinstance(item, Message):
            found[lead].append(item.message_id)
    return found
