"""Deadlines that are due: each fires once, whatever restarts, clocks and other servers do."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Row, select, tuple_, update
from sqlalchemy.exc import OperationalError

from tamis.server.clock import instant_of
from tamis.server.operation import logs
from tamis.server.server import Server
from tamis.server.store.tables import access
from tamis.server.store.tables.work import deadlines, handoff_history, handoffs
from tamis.server.work.giving import Giver
from tamis.server.work.handoffs import UNANSWERED, Handoff, handoff_of, note
from tamis.server.work.people import Person, open_work
from tamis.server.work.queues import Floor, floor
from tamis.server.work.telling import Tell, email_of, tell_of, told

AT_ONCE: Final = 100
"""Deadlines of one transaction."""
D = deadlines.c
HAD: Final = ("assigned", "reassigned")
Place = tuple[int, int]
"""When a deadline is due, and its number: the order in which they fire."""
FIRST: Final[Place] = (-1, -1)


def fire(server: Server, tell: Tell | None = None) -> int:
    """Do what is due; gives how many deadlines fired, moot ones among them.

    Called every second. What became due while no server ran is done at the next look, and so is
    what failed: it does not keep those behind it from firing.
    """
    total, last = 0, FIRST
    while _is_due(server, last):
        with server.database.write() as connection:
            firing = _Firing(connection, server, tell or tell_of(connection))
            rows = connection.execute(_due(server.micros, last)).all()
            total += sum(firing.fire(row) for row in rows)
        if not rows:
            break
        last = rows[-1].due_at, rows[-1].deadline
    return total


def _due(now: int, last: Place) -> Any:  # noqa: ANN401 (SQLAlchemy's trees)
    """The next that are due, behind the last that was looked at."""
    behind = tuple_(D.due_at, D.deadline) > last
    chosen = select(deadlines).where(D.fired_at.is_(None), D.due_at <= now, behind)
    return chosen.order_by(D.due_at, D.deadline).limit(AT_ONCE)


def _is_due(server: Server, last: Place) -> bool:
    with server.database.read() as connection:
        return connection.execute(_due(server.micros, last).limit(1)).first() is not None


class _Firing:
    """The deadlines of one write transaction."""

    def __init__(self, connection: Connection, server: Server, tell: Tell) -> None:
        self._connection, self._tell, self._at = connection, tell, server.micros
        self._metrics = server.metrics
        self._floor: Floor = floor(connection)
        self._giver = Giver(connection, server.database, self._floor, self._at, tell=tell)

    def fire(self, deadline: Row[Any]) -> bool:
        """Fire one, unless it has fired; gives whether it did.

        Each stands alone: what fails is logged and undone, and the others fire.
        """
        try:
            with self._connection.begin_nested():
                return self._fired(deadline)
        except OperationalError:
            # Not the deadline but the store: nothing else will fire now, either.
            raise
        except Exception as error:  # noqa: BLE001 (one bad row must not block those behind it)
            self._metrics.background_failed("fire")
            logs.background_failed("fire", error)
            return False

    def _fired(self, deadline: Row[Any]) -> bool:
        mine = (D.deadline == deadline.deadline) & D.fired_at.is_(None)
        fired = update(deadlines).where(mine).values(fired_at=self._at)
        if self._connection.execute(fired).rowcount != 1:
            return False
        chosen = select(handoffs).where(handoffs.c.handoff == deadline.handoff)
        row = self._connection.execute(chosen).first()
        work = None if row is None else handoff_of(row)
        outcome = self._outcome(deadline, work)
        done = update(deadlines).where(D.deadline == deadline.deadline)
        self._connection.execute(done.values(outcome=outcome))
        return True

    def _outcome(self, deadline: Row[Any], work: Handoff | None) -> str:
        # Answered meanwhile, or somebody else's by now, who was promised time of their own.
        if work is None or work.state not in UNANSWERED or work.round != deadline.round:
            return "moot"
        if deadline.kind == "remind":
            return self._remind(work)
        return self._escalate(work) if deadline.kind == "escalate" else self._reassign(work)

    def _remind(self, work: Handoff) -> str:
        note(self._connection, work, "reminded", self._at, None)
        told(self._connection, self._tell, "deadline.reminded", work, self._at, cause="reminded")
        return "told"

    def _escalate(self, work: Handoff) -> str:
        """Tell the owner's manager, else whom the queue names; targets hear of it in any case."""
        to = self._superior(work)
        note(self._connection, work, "escalated", self._at, None, to or "")
        # The message goes to whom it is escalated: theirs is the address.
        more = {"escalated_to": to, "owner_email": email_of(self._connection, to)}
        told(
            self._connection, self._tell, "deadline.escalated", work, self._at,
            cause="escalated", **more,
        )  # fmt: skip
        return "told" if to else "nobody"

    def _superior(self, work: Handoff) -> str | None:
        owner = self._floor.people.get(work.owner) if work.owner else None
        desk = self._floor.desk(work.model, work.queue)
        named = (
            owner.manager if owner is not None else None,
            desk.queue.escalate_to if desk is not None else None,
        )
        return next((login for login in named if login and self._is_there(login)), None)

    def _is_there(self, login: str) -> bool:
        u = access.users.c
        found = self._connection.scalar(select(u.disabled).where(u.login == login))
        return found is not None and not found

    def _reassign(self, work: Handoff) -> str:
        """Give it to the next person who has not had it; when there is none, it stays."""
        to = self._successor(work)
        if to is None:
            return "nobody"
        given = self._giver.give(work, to, "reassigned")
        if given is None:
            return "moot"
        before = {"owner_before": work.owner}
        told(
            self._connection, self._tell, "deadline.reassigned", given, self._at,
            cause="reassigned", **before,
        )  # fmt: skip
        return "reassigned"

    def _successor(self, work: Handoff) -> Person | None:
        """Who is there, has room and has not had it: first who is at work now, with least work."""
        desk = self._floor.desk(work.model, work.queue)
        if desk is None:
            return None
        had, now = self._had(work), instant_of(self._at)
        able = [one for one in self._floor.able(desk, work.place) if one.login not in had]
        has = open_work(self._connection, [one.login for one in able])
        limit = desk.queue.limit
        free = [
            one
            for one in able
            if not one.is_away(desk.model, now) and (limit is None or has[one.login] < limit)
        ]
        rank = {one.login: number for number, one in enumerate(free)}
        return min(
            free,
            key=lambda one: (
                not one.hours(desk.model).is_open(now), has[one.login], rank[one.login],
            ),
            default=None,
        )  # fmt: skip

    def _had(self, work: Handoff) -> set[str | None]:
        h = handoff_history.c
        chosen = select(h.owner).where(h.handoff == work.handoff, h.what.in_(HAD))
        return {work.owner, *self._connection.execute(chosen).scalars()}
