"""The tally: matches in the store, brought up to date by what a transaction changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from tamis.server.scoring.bench import Seat
from tamis.server.scoring.known import KnownLead
from tamis.server.scoring.stored import (
    Kept,
    MatchesOfLeads,
    MatchKey,
    counted_events,
    matches_by_lead,
    stored_matches,
)
from tamis.server.scoring.work import NewEvent, Work
from tamis.server.store.among import among, among_given
from tamis.server.store.database import Database, run_many
from tamis.server.store.tables import scoring

COUNTERS = scoring.counters
STALE = (
    update(COUNTERS)
    .where(~among_given(COUNTERS.c.counter), COUNTERS.c.counted)
    .values(counted=False)
)


class Tally:
    """Counts events for seats; each counter is asked once, whichever versions share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counted(
        self,
        connection: Connection,
        seats: Sequence[Seat],
        work: Work,
        known: Mapping[int, KnownLead],
    ) -> MatchesOfLeads:
        """Matches of the touched leads, by lead: brought up to date in the store."""
        again = work.recount & set(known)
        events = [event for event in work.events if event.lead in known and event.lead not in again]
        counters = _of(seats)
        if again:
            events += counted_events(connection, again)
            self._forget(connection, counters, again)
        kept = stored_matches(connection, seats, known)
        self._add(connection, self._new(seats, events, counters), kept)
        return matches_by_lead(kept)

    def of_all_time(
        self, connection: Connection, seat: Seat, known: Mapping[int, KnownLead]
    ) -> MatchesOfLeads:
        """Matches of leads by a seat alone; what it is the first to count is counted anew."""
        new = self._uncounted(connection, seat)
        if new:
            self._forget(connection, new, known)
            events = counted_events(connection, known)
            self._add(connection, self._new([seat], events, new), {})
        return matches_by_lead(stored_matches(connection, [seat], known))

    def finished(self, connection: Connection, seat: Seat) -> None:
        """What a seat counts is now counted of all events."""
        c = scoring.counters
        mine = c.c.counter.in_(list(_of([seat])))
        connection.execute(update(c).where(mine).values(counted=True))

    def keep_up(self, connection: Connection, seats: Sequence[Seat]) -> None:
        """Write down which counters are brought up to date no more: nobody needs them now."""
        connection.execute(STALE, {"given": sorted(_of(seats))})

    def _uncounted(self, connection: Connection, seat: Seat) -> set[int]:
        """The counters of a seat that do not have all stored events yet."""
        c = scoring.counters.c
        chosen = select(c.counter).where(c.counter.in_(list(_of([seat]))), c.counted.is_(False))
        return set(connection.execute(chosen).scalars())

    def _add(
        self,
        connection: Connection,
        found: Mapping[MatchKey, tuple[int, int | None]],
        kept: Kept,
    ) -> None:
        """Add matches to those of the store; `kept` holds what is there, and what it becomes."""
        changed: list[dict[str, Any]] = []
        for (lead, counter, day), (n, amount) in found.items():
            of_lead = kept.setdefault(lead, {})
            before, amount_before = of_lead.get((counter, day), (0, None))
            total, sum_ = before + n, _sum(amount_before, amount)
            of_lead[counter, day] = total, sum_
            written = None if sum_ is None else str(sum_)
            changed.append(
                {"lead": lead, "counter": counter, "day": day, "n": total, "amount": written}
            )
        if changed:
            keys = ("lead", "counter", "day")
            upsert = self._database.upsert(scoring.matches, keys, ("n", "amount"))
            run_many(connection, upsert, changed)

    def _new(
        self, seats: Sequence[Seat], events: Sequence[NewEvent], counters: Collection[int]
    ) -> Mapping[MatchKey, tuple[int, int | None]]:
        """What the events add: n and amount by lead, counter and day."""
        found: dict[MatchKey, tuple[int, int | None]] = {}
        left = set(counters)
        for seat in seats:
            wanted = {mark: counter for mark, counter in seat.counters.items() if counter in left}
            left -= set(wanted.values())
            for lead, counter, day, n, amount in seat.matches(wanted, events):
                n_before, before = found.get((lead, counter, day), (0, None))
                found[lead, counter, day] = n_before + n, _sum(before, amount)
        return found

    def _forget(
        self, connection: Connection, counters: Collection[int], leads: Iterable[int]
    ) -> None:
        table = scoring.matches
        connection.execute(
            delete(table).where(among(table.c.lead, leads), table.c.counter.in_(counters))
        )


def _of(seats: Iterable[Seat]) -> set[int]:
    """The counters of some seats."""
    return {counter for seat in seats for counter in seat.counters.values()}


def _sum(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else a + b
