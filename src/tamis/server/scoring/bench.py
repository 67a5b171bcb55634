"""The bench: a seat for each live version, with its statements ready for the day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from threading import RLock
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from tamis.engines.duckdb.session import DuckDB
from tamis.model.spec import Field
from tamis.server import clock
from tamis.server.adjustments.points import points_of
from tamis.server.models.versions import Version
from tamis.server.scoring.judge import Counting, Judge, Part, Verdict, counters_named
from tamis.server.scoring.known import KnownLead, known_accounts
from tamis.server.scoring.typed import Cell, UnreadableError, cell, cells, value_in
from tamis.server.store.tables import scoring

if TYPE_CHECKING:
    from tamis.server.scoring.work import NewEvent

YEARS = 2 * 366
"""Days that a judge is made for beyond the oldest match that it met."""
Match = tuple[int, int, int, Any]
"""Counter, day, n, amount."""


class Bench:
    """Seats by version, remade when the day turns; `lock` is held by whoever asks them."""

    def __init__(self, memory: str, *, writes: bool = False) -> None:
        self._memory, self._writes = memory, writes
        self._seats: dict[int, Seat] = {}
        self.lock = RLock()
        self.made = 0
        """How many seats were ever made."""

    def seat(self, connection: Connection, version: Version, day: date) -> Seat:
        """The seat of a version as of a day."""
        seat = self._seats.get(version.version_key)
        if seat is None:
            counters = counters_of(connection, version, make=self._writes)
            seat = Seat(version, self._memory, counters)
            self._seats[version.version_key] = seat
            self.made += 1
        seat.version = version
        seat.turn_to(day)
        return seat

    def keep_only(self, versions: Iterable[int]) -> None:
        """Free the seats of versions that are live no more."""
        for key in set(self._seats) - set(versions):
            self._seats.pop(key).close()

    def close(self) -> None:
        """Free the engine."""
        self.keep_only(())


class Seat:
    """One version: counts its events and judges its leads, as of a day.

    `counters` are the store's numbers of what it counts, by fingerprint. `day` is the day's number.
    """

    def __init__(self, version: Version, memory: str, counters: Mapping[str, int]) -> None:
        self.version = version
        self.counters = counters
        self.zone = ZoneInfo(version.model.timezone)
        self._memory = memory
        self._session = DuckDB(memory=memory, threads=1)
        self._counting = Counting(self._session, version.model)
        self._places = {counter: place for place, counter in enumerate(counters.values())}
        self._event_fields = version.model.fields_of("event")
        self._lead_fields = version.model.fields_of("lead")
        self._account_fields = version.model.fields_of("account")
        self._date = date.min
        self._judges: dict[bool, Judge] = {}
        self._first_day = 0
        self.day = 0
        exclude = version.model.exclude
        self.asks_day = exclude is not None and "days_since" in exclude.text.lower()

    def turn_to(self, day: date) -> None:
        """Judge as of another day from now on."""
        if day != self._date:
            self._date, self.day = day, clock.day_number(day)
            self._first_day = min(self._first_day or self.day - YEARS, self.day - YEARS)
            self._remake()

    def prepare(self) -> None:
        """Read the statements of the day."""
        self._judge(adjusted=False).prepare()

    def _remake(self) -> None:
        for judge in self._judges.values():
            judge.close()
        self._judges.clear()

    def _judge(self, *, adjusted: bool) -> Judge:
        if adjusted not in self._judges:
            self._judges[adjusted] = Judge(
                DuckDB(memory=self._memory, threads=1),
                self.version.model,
                self._date,
                tuple(self.counters),
                self._first_day,
                adjusted=adjusted,
            )
        return self._judges[adjusted]

    def matches(
        self, wanted: Mapping[str, int], events: Sequence[NewEvent]
    ) -> list[tuple[int, int, int, int, int | None]]:
        """What some counters count of events: lead, counter, day, n, amount."""
        marks = tuple(wanted)
        rows = [row for row in map(self._event, events) if row is not None] if marks else []
        return [
            (found.lead, wanted[marks[found.counter]], found.day, found.n, found.amount)
            for found in self._counting.matches(marks, rows)
        ]

    def _event(self, event: NewEvent) -> list[Cell] | None:
        fields = cells(event.properties, self._event_fields, self.zone)
        if fields is None:
            # As everywhere: an event with a cell that cannot be read counts for nothing.
            return None
        instant = clock.instant_of(event.at)
        local = instant.astimezone(self.zone) if self._counting.is_local else instant
        return [event.lead, event.event, local.replace(tzinfo=None), *fields]

    def facts(self, connection: Connection, leads: Iterable[KnownLead]) -> Mapping[int, str]:
        """The facts of leads, as JSON by lead."""
        known = list(leads)
        wanted = {lead.account_id for lead in known if lead.account_id is not None}
        accounts = known_accounts(connection, wanted)
        account_rows: list[list[Cell]] = [
            [account, *self._cells(values, self._account_fields)]
            for account, values in accounts.items()
        ]
        lead_rows: list[list[Cell]] = [
            [one.lead, one.account_id, *self._cells(one.values, self._lead_fields)] for one in known
        ]
        return self._judge(adjusted=False).facts(lead_rows, account_rows)

    def _cells(self, values: Mapping[str, object], fields: Sequence[Field]) -> list[Cell]:
        """The declared fields; what cannot be read is not known, and is told when it comes in."""
        found: list[Cell] = []
        for field in fields:
            try:
                found.append(cell(value_in(values, field.name), field.type, self.zone))
            except UnreadableError:
                found.append(None)
        return found

    def verdicts(
        self,
        connection: Connection,
        facts: Mapping[int, str],
        kept: Mapping[int, Sequence[Match]],
    ) -> list[Verdict]:
        """The verdicts on leads."""
        if not facts:
            return []
        given = points_of(connection, facts, self.version.name)
        rows = self._match_rows(kept)
        judge = self._judge(adjusted=bool(given))
        return judge.verdicts(list(facts.values()), rows, given)

    def parts(
        self,
        connection: Connection,
        lead: int,
        facts: str,
        kept: Sequence[Match],
        *,
        caps: bool = False,
    ) -> list[Part]:
        """One lead's score taken apart; with `caps`, what the rules' own caps took is told too."""
        given = points_of(connection, [lead], self.version.name)
        rows = self._match_rows({lead: kept})
        judge = self._judge(adjusted=bool(given))
        found = judge.parts(facts, rows, given)
        return judge.before_caps(found) if caps else found

    def _match_rows(self, kept: Mapping[int, Sequence[Match]]) -> list[tuple[Any, ...]]:
        rows = [
            (lead, self._places[counter], day, n, amount)
            for lead, found in kept.items()
            for counter, day, n, amount in found
            if counter in self._places
        ]
        oldest = min((row[2] for row in rows), default=self._first_day)
        if oldest < self._first_day:
            self._first_day = oldest - YEARS
            self._remake()
        return rows

    def close(self) -> None:
        """Free the engine."""
        self._remake()
        self._session.close()


def counters_of(connection: Connection, version: Version, *, make: bool) -> dict[str, int]:
    """The store's numbers of a version's counters by fingerprint.

    New ones are written down with `make`; else they have numbers that no match has.
    """
    c = scoring.counters.c
    wanted = counters_named(version.model)
    chosen = select(c.mark, c.counter).where(c.mark.in_(list(wanted)))
    known = {row.mark: row.counter for row in connection.execute(chosen)}
    for place, (mark, name) in enumerate(wanted.items(), start=1):
        if mark not in known and not make:
            known[mark] = -place
        if mark not in known:
            made = connection.execute(
                scoring.counters.insert().values(mark=mark, name=name).returning(c.counter)
            )
            known[mark] = made.scalar_one()
    return {mark: known[mark] for mark in wanted}
