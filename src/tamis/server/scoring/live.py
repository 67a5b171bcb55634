"""Live scores: made inside the transaction that changed what they are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from threading import RLock
from typing import Any

from sqlalchemy import Connection, event, update

from tamis.server import clock
from tamis.server.clock import Clock
from tamis.server.models.versions import Version, live_versions
from tamis.server.scoring.bench import Bench, Seat
from tamis.server.scoring.judged import Follow, Judged, nothing
from tamis.server.scoring.known import KnownLead, known_leads
from tamis.server.scoring.ledger import Ledger
from tamis.server.scoring.rows import scored_row
from tamis.server.scoring.stored import (
    MatchesOfLeads,
    matches_by_lead,
    stored_facts,
    stored_matches,
)
from tamis.server.scoring.tally import Tally
from tamis.server.scoring.work import Cause, Work
from tamis.server.store.database import Database
from tamis.server.store.tables import models

__all__ = ["Cause", "LiveScores"]


class LiveScores:
    """Makes and keeps the scores of every live version. One thread writes at a time.

    Seats hold the engine's statements for each version and day: one for writing, one for reading,
    so that a question never waits for a batch.
    """

    def __init__(
        self,
        database: Database,
        clock_: Clock,
        memory: str = "512MB",
        follow: Follow = nothing,
    ) -> None:
        self.database, self.clock, self._follow = database, clock_, follow
        self._writing, self._reading = Bench(memory, writes=True), Bench(memory)
        self._tally = Tally(database)
        self._lock = RLock()
        self._unsure: Connection | None = None
        event.listen(database.engine, "rollback", self._undone)

    # ---------------------------------------------------------------- for those who write

    def prepare(self, connection: Connection) -> None:
        """Read the statements of live versions now, so that the first delivery need not wait."""
        with self._lock:
            for seat in self.seats(connection):
                seat.prepare()

    def rescore(self, connection: Connection, leads: Collection[int], cause: Cause) -> None:
        """Make scores anew after fields, consents or manual points of leads changed."""
        self.absorb(connection, Work(cause, fields=set(leads)))

    def recount(self, connection: Connection, leads: Collection[int], cause: Cause) -> None:
        """Count the events of leads anew and rescore them: events went, came or were marked."""
        self.absorb(connection, Work(cause, recount=set(leads)))

    def absorb(
        self, connection: Connection, work: Work, versions: Sequence[Version] | None = None
    ) -> int:
        """Take over what a transaction changed; gives the number of scores that changed.

        `versions` are the live ones, where the caller has asked for them.
        """
        if not work.touched:
            return 0
        with self._lock:
            seats = self.seats(connection, versions)
            known = known_leads(connection, work.touched)
            kept = self._tally.counted(connection, seats, work, known)
            return sum(self._ledger(connection, s).score(known, kept, work) for s in seats)

    def turn(self, connection: Connection, version: int, leads: Collection[int]) -> bool:
        """Bring the scores of leads to today, for one version; gives whether it is live still."""
        with self._lock:
            seats = self._seats_of(connection, version)
            for seat in seats:
                known, kept = _known_with_matches(connection, seat, leads)
                self._ledger(connection, seat).score(known, kept, Work("time"))
            return bool(seats)

    def judged(self, connection: Connection, version: int, leads: Collection[int]) -> list[Judged]:
        """What a version says of leads that have a score, for who follows; nothing is written."""
        found: list[Judged] = []
        with self._lock:
            for seat in self._seats_of(connection, version):
                known, kept = _known_with_matches(connection, seat, leads)
                found += self._ledger(connection, seat).judged(known, kept)
        return found

    def build(self, connection: Connection, version: int, leads: Collection[int]) -> None:
        """Score leads for one version from all that is stored of them."""
        with self._lock:
            for seat in self._seats_of(connection, version):
                known = known_leads(connection, leads)
                kept = self._tally.of_all_time(connection, seat, known)
                self._ledger(connection, seat).score(known, kept, Work("model", fields=set(known)))

    def built(self, connection: Connection, version: int) -> None:
        """Every lead has its score by a version: it needs no more than to keep up from here on."""
        with self._lock:
            for seat in self._seats_of(connection, version):
                self._tally.finished(connection, seat)
            # The first leads may be of yesterday by now: the turn looks at once what is due.
            own = models.versions.c.version_key == version
            connection.execute(update(models.versions).where(own).values(day=None))

    def versions(self, connection: Connection) -> list[Version]:
        """The versions for which scores are kept."""
        return live_versions(connection)

    def seats(
        self, connection: Connection, versions: Sequence[Version] | None = None
    ) -> list[Seat]:
        """A seat for each live version, as of today in its own time zone."""
        versions = self.versions(connection) if versions is None else versions
        made = self._writing.made
        seats = list(self._at(connection, self._writing, versions))
        self._tally.keep_up(connection, seats)
        self._writing.keep_only(version.version_key for version in versions)
        if self._writing.made != made:
            self._unsure = connection
        return seats

    def _undone(self, connection: Connection) -> None:
        """Forget what was written down in a transaction that is undone: numbers of counters."""
        with self._lock:
            if connection is self._unsure:
                self._writing.keep_only(())
                self._unsure = None

    def _seats_of(self, connection: Connection, version: int) -> list[Seat]:
        return [s for s in self.seats(connection) if s.version.version_key == version]

    def _at(
        self, connection: Connection, bench: Bench, versions: Sequence[Version]
    ) -> Iterator[Seat]:
        now = self.clock.now()
        for version in versions:
            yield bench.seat(connection, version, clock.day_in(version.model.timezone, now))

    def _ledger(self, connection: Connection, seat: Seat) -> Ledger:
        at = clock.micros(self.clock.now())
        return Ledger(connection, self.database, seat, at, self._follow)

    # ---------------------------------------------------------------- for those who read

    def current(
        self, connection: Connection, version: int, leads: Sequence[int]
    ) -> list[dict[str, Any]]:
        """The scores of leads as of today, made now and not stored."""
        with self._reading.lock:
            seat = self._read_seat(connection, version)
            known, kept = _known_with_matches(connection, seat, leads)
            facts = seat.facts(connection, known.values())
            verdicts = seat.verdicts(connection, facts, kept)
            return [scored_row(seat, known[verdict.lead], verdict) for verdict in verdicts]

    def explain(
        self, connection: Connection, version: int, lead: int, *, caps: bool = False
    ) -> list[dict[str, Any]]:
        """The contributions of a lead's score today: points are a Decimal, days are numbers.

        With `caps`, `uncapped` is what a rule gave before its own cap; null: that took nothing.
        """
        with self._reading.lock:
            seat = self._read_seat(connection, version)
            known, kept = _known_with_matches(connection, seat, [lead])
            # As in the ledger: what is stored holds, unless who is left out depends on the day.
            stored = {} if seat.asks_day else stored_facts(connection, version, known)
            facts = stored or seat.facts(connection, known.values())
            if lead not in facts or known[lead].opted_out:
                return []
            return [
                {
                    "dimension": part.dimension,
                    "group": part.group,
                    "rule": part.rule,
                    "count": part.count,
                    "points": Decimal(part.points),
                    "last_day": part.last_day and clock.day_number(part.last_day),
                    "uncapped": None if part.uncapped is None else Decimal(part.uncapped),
                }
                for part in seat.parts(connection, lead, facts[lead], kept[lead], caps=caps)
            ]

    def _read_seat(self, connection: Connection, version: int) -> Seat:
        versions = live_versions(connection)
        self._reading.keep_only(one.version_key for one in versions)
        asked = [one for one in versions if one.version_key == version]
        return next(self._at(connection, self._reading, asked))

    def close(self) -> None:
        """Free the engine."""
        self._writing.close()
        self._reading.close()


def _known_with_matches(
    connection: Connection, seat: Seat, leads: Collection[int]
) -> tuple[dict[int, KnownLead], MatchesOfLeads]:
    """Leads by their key, and the matches that a version counts of each."""
    known = known_leads(connection, leads)
    return known, matches_by_lead(stored_matches(connection, [seat], known))
