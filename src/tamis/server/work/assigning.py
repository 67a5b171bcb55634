"""Who gets what: waiting work goes to people who are at work and have room, the best leads first.

Nobody gets more than the limit of a queue lets them have; the rest waits in its order. What is
chosen is read first, without stopping writers, and chosen again in the transaction that gives it:
two servers give each hand-off once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from sqlalchemy import Connection, select

from tamis.server.clock import instant_of
from tamis.server.server import Server
from tamis.server.store.tables.work import rotations
from tamis.server.work import returning
from tamis.server.work.giving import Giver
from tamis.server.work.handoffs import ANYBODY, Handoff
from tamis.server.work.lines import Line, heads, lines
from tamis.server.work.people import Person, open_work
from tamis.server.work.queues import Desk, Floor, floor
from tamis.server.work.telling import Tell, tell_of

AT_ONCE: Final = 100
"""Hand-offs of one transaction: deliveries wait meanwhile."""
ENDLESS: Final = 10**6
"""The room of somebody whose queue has no limit."""
Given = tuple[Handoff, Person]


def assign(server: Server, tell: Tell | None = None) -> int:
    """Give waiting work to people, as far as they can take it now; gives how much was given.

    Called every second: after new work, what was settled and who came back are then seen too.
    """
    total = 0
    returning.give_back(server)
    while True:
        with server.database.read() as connection:
            if not _chosen(connection, server.micros):
                return total
        given = _give(server, tell)
        total += given
        if not given:
            return total


def _give(server: Server, tell: Tell | None) -> int:
    with server.database.write() as connection:
        at = server.micros
        known = floor(connection)
        tell = tell or tell_of(connection)
        giver = Giver(connection, server.database, known, at, tell=tell)
        chosen = Choice(connection, known, at).made()
        return sum(giver.give(work, person) is not None for work, person in chosen)


def _chosen(connection: Connection, at: int) -> Sequence[Given]:
    return Choice(connection, floor(connection), at).made()


class Choice:
    """Who is to get what at an instant, as the store is now."""

    def __init__(self, connection: Connection, known: Floor, at: int) -> None:
        self._connection, self._floor = connection, known
        self._now = instant_of(at)
        self._open = Counter(open_work(connection, known.people))
        self._waits = list(lines(connection)) if known.desks else []
        r = rotations.c
        rows = connection.execute(select(r.queue, r.login, r.step)).all() if self._waits else []
        self._last = {(row.queue, row.login): row.step for row in rows}
        self._at_work: dict[tuple[str, str], bool] = {}
        self._step = max(self._last.values(), default=0)

    def made(self) -> list[Given]:
        """Hand-offs and whom they go to, the best leads of all queues first; `AT_ONCE` at most."""
        given: list[Given] = []
        for line, work in self._heads():
            # So much is read of each line: what follows there may be better than the rest here.
            if len(given) == AT_ONCE:
                break
            person = self._next(line)
            if person is not None:
                given.append((work, person))
                self._took(line, person)
        return given

    def _heads(self) -> list[tuple[Line, Handoff]]:
        """The first of the work that may be given, in order."""
        found: list[tuple[Line, Handoff]] = []
        for line in self._waits:
            room = sum(self._room(line, person) for person in self._takers(line))
            if room:
                rows = heads(self._connection, line, min(room, AT_ONCE))
                found += [(line, work) for work in rows]
        return sorted(found, key=lambda one: (one[1].turn, one[1].handoff))

    def _takers(self, line: Line) -> Iterator[Person]:
        """Who may take work of a line now: they are at work, and have room."""
        desk = self._floor.desk(line.model, line.queue)
        if desk is None:
            return
        for person in self._able(desk, line):
            if self._is_at_work(desk, person) and self._room(line, person):
                yield person

    def _is_at_work(self, desk: Desk, person: Person) -> bool:
        key = (desk.model.name, person.login)
        if key not in self._at_work:
            self._at_work[key] = person.hours(desk.model).is_open(self._now)
        return self._at_work[key]

    def _able(self, desk: Desk, line: Line) -> Sequence[Person]:
        """The lead's owner, unless they are away or gone; else everybody of the place."""
        owner = self._floor.people.get(line.wanted) if line.wanted != ANYBODY else None
        if owner is None or owner.disabled or owner.login not in desk.queue.everyone:
            return self._floor.able(desk, line.place)
        is_away = owner.is_away(desk.model, self._now)
        return self._floor.able(desk, line.place) if is_away else [owner]

    def _room(self, line: Line, person: Person) -> int:
        desk = self._floor.desk(line.model, line.queue)
        limit = desk.queue.limit if desk is not None else 0
        return ENDLESS if limit is None else max(0, limit - self._open[person.login])

    def _next(self, line: Line) -> Person | None:
        """Who is next: in turn, or by capacity who has the least open work, then in turn."""
        takers = list(self._takers(line))
        desk = self._floor.desk(line.model, line.queue)
        if not takers or desk is None:
            return None
        if desk.queue.assign == "capacity":
            least = min(self._open[one.login] for one in takers)
            takers = [one for one in takers if self._open[one.login] == least]
        return min(takers, key=lambda one: self._last.get((line.queue, one.login), 0))

    def _took(self, line: Line, person: Person) -> None:
        self._open[person.login] += 1
        self._step += 1
        self._last[line.queue, person.login] = self._step
