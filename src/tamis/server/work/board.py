"""The board of work: hand-offs by where they stand, from waiting to settled, some of each column.

A column is a state of the hand-off; what is accepted stands by the status of its lead.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    case,
    func,
    literal,
    select,
    tuple_,
)

from tamis.model.lifecycle.spec import Lifecycle
from tamis.server.read.cursor import LARGEST, bad_cursor, digest, opened, sealed
from tamis.server.store.tables.lifecycle import statuses
from tamis.server.store.tables.work import handoffs
from tamis.server.work.handoffs import UNANSWERED
from tamis.server.work.pages import PAGE, H, shown

S = statuses.c
WAITING, ASSIGNED, ACCEPTED, SETTLED = "waiting", "assigned", "accepted", "settled"
CLOSED: Final = ("rejected", "withdrawn", "done")
LATELY: Final = 7 * 86_400 * 1_000_000
"""Work that was settled within this time stands on the board."""
BEFORE: Final = ("qualified", "proposed", None)
"""Milestones of statuses that sales have not accepted yet."""


@dataclass(frozen=True)
class Wanted:
    """Which work is asked for: of some queues, of one model; of one person, null: of anybody.

    `stages` are the statuses that have a column of their own.
    """

    model: str
    queues: Collection[str]
    stages: Sequence[str]
    owner: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns from left to right; `accepted` is what stands at no such status."""
        return (WAITING, ASSIGNED, ACCEPTED, *self.stages, SETTLED)


@dataclass(frozen=True)
class Page:
    """Some of a column: rows of `shown` with the lead's `status`, and since when, in order.

    `before` is how many stood before them; `next` the cursor of what follows, null: nothing.
    """

    rows: Sequence[Row[Any]] = field(default=())
    before: int = 0
    next: str | None = None


def stages(lifecycle: Lifecycle) -> list[str]:
    """The statuses in which sales work on a lead after they have accepted it, in order."""
    found = [lifecycle.status(name) for name in lifecycle.path]
    return [
        one.name
        for one in found
        if one and not one.closed and one.milestone not in (*BEFORE, "accepted")
    ]


def column(connection: Connection, wanted: Wanted, name: str, cursor: str | None, now: int) -> Page:
    """Some of a column, late and old work first. Raises: Problem 400 for a bad cursor."""
    mark, rank = _mark(wanted, name), _rank(name)
    place, before = (rank, H.turn, H.handoff), 0
    query = _of(select(H.handoff, rank.label("rank")), wanted, name, now)
    if cursor is not None:
        found, shown_before, *after = opened("board", cursor, str, int, int, int, int)
        before = int(shown_before)
        if found != mark:
            raise bad_cursor()
        query = query.where(tuple_(*place) > tuple_(*after))
    rows = connection.execute(_whole(query.order_by(*place).limit(PAGE + 1))).all()
    return _page(rows, mark, before)


def _page(rows: Sequence[Row[Any]], mark: str, before: int = 0) -> Page:
    if len(rows) <= PAGE:
        return Page(rows, before)
    last = rows[PAGE - 1]
    next_ = sealed("board", mark, before + PAGE, last.rank, last.turn, last.handoff)
    return Page(rows[:PAGE], before, next_)


def first(connection: Connection, wanted: Wanted, now: int) -> Mapping[str, tuple[int, Page]]:
    """How much stands in each column, and the first of it."""
    by_state = select(H.state, func.count()).where(_mine(wanted), H.state.in_(UNANSWERED))
    numbers: dict[str, int] = dict(connection.execute(by_state.group_by(H.state)).all())
    lately = select(func.count()).where(_mine(wanted), _lately(now))
    numbers[SETTLED] = connection.execute(lately).scalar_one()
    found = _accepted(connection, wanted)
    for name in (WAITING, ASSIGNED, SETTLED):
        found[name] = numbers.get(name, 0), column(connection, wanted, name, None, now)
    return found


def _accepted(connection: Connection, wanted: Wanted) -> dict[str, tuple[int, Page]]:
    """The same for the columns of what is accepted: where its leads stand is read once for all."""
    stage = case((S.status.in_(list(wanted.stages)), S.status), else_=ACCEPTED)
    rank = _rank(ACCEPTED)
    turn = func.row_number().over(partition_by=stage, order_by=(rank, H.turn, H.handoff))
    of = func.count().over(partition_by=stage)
    columns = (
        H.handoff,
        rank.label("rank"),
        stage.label("column"),
        turn.label("n"),
        of.label("of"),
    )
    query = _stood(select(*columns).select_from(handoffs))
    numbered = query.where(_mine(wanted), H.state == ACCEPTED).subquery()
    rows = connection.execute(_whole(select(numbered).where(numbered.c.n <= PAGE + 1))).all()
    found = {}
    for name in (ACCEPTED, *wanted.stages):
        some = [row for row in rows if row.column == name]
        found[name] = some[0].of if some else 0, _page(some, _mark(wanted, name))
    return found


def _mark(wanted: Wanted, name: str) -> str:
    """What a cursor belongs to."""
    return digest([*sorted(wanted.queues), wanted.model, wanted.owner, name])


def _whole(chosen: Select[Any]) -> Select[Any]:
    """The rows of hand-offs that were chosen by what stands in the index alone, in their order."""
    some = chosen.subquery()
    more = [one for one in some.c if one.name != "handoff"]
    query = shown().add_columns(S.status, S.since, *more)
    query = _stood(query.join(some, some.c.handoff == H.handoff))
    return query.order_by(some.c.rank, H.turn, H.handoff)


def _lately(now: int) -> ColumnElement[bool]:
    return H.state.in_(CLOSED) & (H.settled_at > now - LATELY)


def _of(query: Select[Any], wanted: Wanted, name: str, now: int) -> Select[Any]:
    query = _stood(query).where(_mine(wanted))
    if name == SETTLED:
        return query.where(_lately(now))
    if name in wanted.stages:
        return query.where(H.state == ACCEPTED, S.status == name)
    if name == ACCEPTED:
        elsewhere = S.status.is_(None) | S.status.not_in(list(wanted.stages))
        return query.where(H.state == name, elsewhere)
    return query.where(H.state == name)


def _stood(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(statuses, (S.model == H.model) & (S.lead == H.lead))


def _mine(wanted: Wanted) -> ColumnElement[bool]:
    mine = (H.model == wanted.model) & H.queue.in_(sorted(wanted.queues))
    return mine if wanted.owner is None else mine & (H.owner == wanted.owner)


def _rank(name: str) -> ColumnElement[int]:
    """What a column is ordered by before the turn: the promise, or how long work has stood."""
    if name == WAITING:
        return literal(0)
    if name == ASSIGNED:
        return func.coalesce(H.due_at, LARGEST)
    return -H.settled_at if name == SETTLED else func.coalesce(S.since, 0)
