"""Work given to a person: compare and set, with its promise, history and message."""

from __future__ import annotations

from sqlalchemy import Connection

from tamis.model.spec import Model
from tamis.server.clock import instant_of
from tamis.server.deadlines import making
from tamis.server.models.said import refused
from tamis.server.problems import conflict
from tamis.server.store.database import Database
from tamis.server.store.tables.work import handoffs, rotations
from tamis.server.work.handoffs import OPEN, Handoff, find, moved, note
from tamis.server.work.people import Person, open_work
from tamis.server.work.queues import Desk, Floor
from tamis.server.work.settling import meanwhile
from tamis.server.work.telling import NOBODY, Tell, told

H = handoffs.c


class Giver:
    """Gives work within one write transaction. `at` is now; `by` a login, null: the server."""

    def __init__(  # noqa: PLR0917 (a sentence: where, whose, when, by whom)
        self,
        connection: Connection,
        database: Database,
        floor: Floor,
        at: int,
        by: str | None = None,
        tell: Tell = NOBODY,
    ) -> None:
        self._connection, self._database, self._floor = connection, database, floor
        self._at, self._by, self._tell = at, by, tell

    def give(self, work: Handoff, to: Person, what: str = "assigned") -> Handoff | None:
        """Give open work that is as it was read; None: something happened to it meanwhile.

        The time to respond begins anew, in the hours of the person.
        """
        model = self._floor.models[work.model]
        promise = making.to_person(work.respond_within, model.service, to.hours(model), self._at)
        same = (H.state == work.state) & (H.round == work.round)
        changes = {"state": "assigned", "owner": to.login, "assigned_at": self._at}
        changes |= {"round": work.round + 1, "due_at": promise.due_at, "snoozed_until": None}
        given = moved(self._connection, work.handoff, same, changes)
        if given is None:
            return None
        step = note(self._connection, given, what, self._at, self._by)
        row = {"queue": work.queue, "login": to.login, "step": step}
        upsert = self._database.upsert(rotations, ("queue", "login"), ("step",))
        self._connection.execute(upsert, row)
        due = making.rows_of(promise, given.handoff, given.lead, given.round)
        making.write(self._connection, due)
        told(self._connection, self._tell, "handoff.assigned", given, self._at, cause="assigned")
        return given

    def give_to(self, handoff: int, login: str) -> Handoff:
        """Give open work to somebody who works on its queue, is there and has room.

        Who has it already keeps it, and nothing begins anew.

        Raises: Problem 400 for somebody who cannot get work of the queue; 404; 409 when the work
        is settled, or the person away or without room.
        """
        work = find(self._connection, handoff)
        if work.state not in OPEN:
            raise meanwhile(work, login)
        if work.owner == login:
            return work
        desk, person = self._taker(work, login)
        refuse_away(person, desk.model, self._at)
        refuse_full(self._connection, person, desk)
        given = self.give(work, person)
        if given is None:
            raise meanwhile(find(self._connection, handoff), login)
        return given

    def _taker(self, work: Handoff, login: str) -> tuple[Desk, Person]:
        desk = self._floor.desk(work.model, work.queue)
        if desk is None:
            detail = f"no active model has the queue `{work.queue}` now: nobody works on it"
            raise conflict(detail)
        person = self._floor.people.get(login)
        if login not in desk.queue.everyone or person is None or person.disabled:
            names = ", ".join(one for one in desk.queue.everyone if self._can(one)) or "nobody"
            raise refused("to", f"`{login}` gets no work of `{desk.name}`; there is {names}")
        return desk, person

    def _can(self, login: str) -> bool:
        person = self._floor.people.get(login)
        return person is not None and not person.disabled


def refuse_away(person: Person, model: Model, at: int) -> None:
    """Raises: Problem 409 for somebody who is absent today."""
    if person.is_away(model, instant_of(at)):
        detail = f"{person.login} is away today"
        raise conflict(detail)


def refuse_full(connection: Connection, person: Person, desk: Desk) -> None:
    """Raises: Problem 409 for somebody who has as much open work as the queue lets them."""
    has, limit = open_work(connection, [person.login])[person.login], desk.queue.limit
    if limit is not None and has >= limit:
        detail = f"{person.login} has {has} open hand-offs; `{desk.name}` allows {limit}"
        raise conflict(detail)


def refuse_taking(connection: Connection, floor: Floor, handoff: int, login: str) -> None:
    """What waits is taken only by somebody with room: asked before `settling.accept`.

    Raises: Problem 404; 409 when the person has as much open work as the queue lets them.
    """
    work = find(connection, handoff)
    desk, person = floor.desk(work.model, work.queue), floor.people.get(login)
    if work.state == "waiting" and desk is not None and person is not None:
        refuse_full(connection, person, desk)
