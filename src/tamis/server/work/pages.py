"""Pages of work: a queue in its order, the list of a seller, the queues themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, or_, select, tuple_

from tamis.server.clock import instant_of, written
from tamis.server.models.said import is_plain
from tamis.server.problems import not_found
from tamis.server.read.cursor import bad_cursor, digest, opened, sealed
from tamis.server.security.guards import Caller
from tamis.server.store.tables import people
from tamis.server.store.tables.work import handoffs
from tamis.server.work import rights
from tamis.server.work.answers import Member, OwnWork, QueueAnswer, QueuePage, Queues, Work
from tamis.server.work.handoffs import HELD, OPEN, UNANSWERED
from tamis.server.work.lines import lines
from tamis.server.work.pace import pace_of
from tamis.server.work.people import open_work
from tamis.server.work.queues import Desk, Floor

H, L = handoffs.c, people.leads.c
PAGE: Final = 50
LONGEST: Final = 500
ORDER: Final = (H.turn, H.handoff)


def refuse_unstorable(name: str) -> None:
    """Raises: Problem 404 for a name that no database can be asked for."""
    if not is_plain(name):
        raise not_found("there is nothing of such a name")


def shown() -> Select[Any]:
    """Hand-offs with the ids of their leads."""
    return select(handoffs, L.lead_id).join(people.leads, L.lead == H.lead)


def queue_page(  # noqa: PLR0917 (a question: of which queue, what, from where, when)
    connection: Connection,
    floor: Floor,
    queue: str,
    state: str,
    cursor: str | None,
    limit: int,
    now: int,
) -> QueuePage:
    """Work of a queue in one state, in order. Raises: Problem 400, 404."""
    mark, before = digest([queue, state]), 0
    query = shown().where(H.queue == queue, H.state == state)
    if cursor is not None:
        *place, before = _place(cursor, mark)
        query = query.where(tuple_(*ORDER) > tuple_(*place))
    rows = connection.execute(query.order_by(*ORDER).limit(limit + 1)).all()
    if not floor.of_queue(queue) and not rows:
        detail = f"there is no queue `{queue}`"
        raise not_found(detail)
    work = [work_of(row, now) for row in rows[:limit]]
    if state == "waiting":
        pace = pace_of(connection, queue, now)
        for position, (one, row) in enumerate(zip(work, rows, strict=False), start=before + 1):
            one.position = position
            one.expected_day = pace.day(position, floor.desk(row.model, queue), now)
    return QueuePage(queue, state, work, _next(rows, limit, mark, before))


def own_work(
    connection: Connection,
    owner: str,
    cursor: str | None,
    limit: int,
    now: int,
    *,
    snoozed: bool = False,
) -> OwnWork:
    """The open work of somebody, in order; what is snoozed is left out unless it is asked for."""
    mark = digest([owner, snoozed])
    query = shown().where(H.owner == owner, H.state.in_(HELD))
    if not snoozed:
        query = query.where(or_(H.snoozed_until.is_(None), H.snoozed_until <= now))
    if cursor is not None:
        query = query.where(tuple_(*ORDER) > tuple_(*_place(cursor, mark)[:2]))
    rows = connection.execute(query.order_by(*ORDER).limit(limit + 1)).all()
    work = [work_of(row, now) for row in rows[:limit]]
    return OwnWork(owner, work, _next(rows, limit, mark))


def one(connection: Connection, handoff: int, now: int) -> Work:
    """A hand-off as it is shown. Raises: Problem 404."""
    row = connection.execute(shown().where(H.handoff == handoff)).first()
    if row is None:
        detail = f"there is no hand-off {handoff}"
        raise not_found(detail)
    return work_of(row, now)


def _place(cursor: str, mark: str) -> tuple[int, int, int]:
    """The turn and the number of the last hand-off of the page before, and how many were shown."""
    found, turn, handoff, before = opened("work", cursor, str, int, int, int)
    if found != mark:
        raise bad_cursor()
    return int(turn), int(handoff), int(before)


def _next(rows: Sequence[Row[Any]], limit: int, mark: str, before: int = 0) -> str | None:
    if len(rows) <= limit:
        return None
    last = rows[limit - 1]
    return sealed("work", mark, last.turn, last.handoff, before + limit)


def work_of(row: Row[Any], now: int) -> Work:
    """A row of `shown` as it is answered."""
    late = row.state in UNANSWERED and row.due_at is not None and row.due_at < now
    return Work(
        handoff=row.handoff,
        model=row.model,
        lead_id=row.lead_id,
        play=row.play,
        queue=row.queue,
        state=row.state,
        owner=row.owner,
        wanted=row.wanted or None,
        fast_track=row.turn < 0,
        score=None if row.score is None else row.score / 100,
        cell=row.cell,
        made_at=written(row.made_at),
        assigned_at=_instant(row.assigned_at),
        due_at=_instant(row.due_at),
        late=late,
        answered_at=_instant(row.answered_at),
        settled_at=_instant(row.settled_at),
        settled_by=row.settled_by,
        snoozed_until=_instant(row.snoozed_until),
        reason=row.reason,
        note=row.note,
    )


def _instant(stored: int | None) -> str | None:
    return None if stored is None else written(stored)


# Queues ------------------------------------------------------------------------------------------


def queues(connection: Connection, floor: Floor, caller: Caller, now: int) -> Queues:
    """The queues that somebody sees, as they are now."""
    seen = [one for one in floor.desks.values() if rights.sees(floor, caller, one.name)]
    has = open_work(connection, floor.people)
    answers = [_queue(connection, floor, desk, has, now) for desk in seen]
    gone = {line.queue for line in lines(connection) if floor.desk(line.model, line.queue) is None}
    left = sorted(queue for queue in gone if caller.role != rights.SALES)
    return Queues(answers, {queue: _number(connection, queue, "waiting") for queue in left})


def _number(connection: Connection, queue: str, state: str) -> int:
    mine = (H.queue == queue) & (H.state == state)
    return connection.execute(select(func.count()).where(mine)).scalar_one()


def _queue(
    connection: Connection,
    floor: Floor,
    desk: Desk,
    has: Mapping[str, int],
    now: int,
) -> QueueAnswer:
    queue = desk.queue
    waiting, assigned, accepted = (_number(connection, desk.name, state) for state in OPEN)
    pace = pace_of(connection, desk.name, now).per_day
    return QueueAnswer(
        queue=desk.name,
        model=desk.model.name,
        label=queue.label.texts.get("en", ""),
        assign=queue.assign,
        limit=queue.limit,
        escalate_to=queue.escalate_to,
        waiting=waiting,
        assigned=assigned,
        accepted=accepted,
        pace=None if pace is None else round(pace, 2),
        people=[_member(floor, desk, login, has, now) for login in queue.everyone],
        skipped=floor.skipped(desk),
    )


def _member(floor: Floor, desk: Desk, login: str, has: Mapping[str, int], now: int) -> Member:
    number, limit = has.get(login, 0), desk.queue.limit
    room = None if limit is None else max(0, limit - number)
    return Member(login, _state(floor, desk, login, room, now), number, room)


def _state(floor: Floor, desk: Desk, login: str, room: int | None, now: int) -> str:
    person, instant = floor.people.get(login), instant_of(now)
    if person is None:
        return "unknown"
    if person.disabled:
        return "disabled"
    if person.is_away(desk.model, instant):
        return "away"
    if not person.hours(desk.model).is_open(instant):
        return "off"
    return "full" if room == 0 else "works"
