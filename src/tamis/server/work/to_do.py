"""What one person has to do: answer what is new, go on with what they accepted, later the rest.

The list of `pages.own_work` is in the order of calling alone; here what is promised comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, case, func, literal, or_, select, tuple_

from tamis.server.read.cursor import LARGEST, bad_cursor, digest, opened, sealed
from tamis.server.work.handoffs import HELD
from tamis.server.work.pages import PAGE, H, shown

Part = Literal["answer", "under_way", "later"]
PARTS: Final[tuple[Part, ...]] = ("answer", "under_way", "later")


@dataclass(frozen=True)
class ToDo:
    """A page of one part of somebody's work.

    `rows` are those of `pages.shown`; `next` is the cursor of what follows, null: nothing.
    """

    rows: Sequence[Row[Any]]
    next: str | None = None


@dataclass(frozen=True)
class Counts:
    """How many hand-offs somebody has to answer, which of them are late, and the rest."""

    answer: int = 0
    late: int = 0
    under_way: int = 0
    later: int = 0

    @property
    def total(self) -> int:
        """All that is open."""
        return self.answer + self.under_way + self.later


def to_do(
    connection: Connection,
    owner: str,
    part: Part,
    now: int,
    *,
    cursor: str | None = None,
    limit: int = PAGE,
) -> ToDo:
    """A part of somebody's open work.

    `answer`: what they have not answered, the earliest promise first, what has none by its turn.
    `under_way`: what they accepted, by its turn. `later`: what is put aside, what is back first.

    Raises: Problem 400 for a bad cursor.
    """
    mark, rank = digest([owner, part]), RANK[part]
    place = (rank, H.turn, H.handoff)
    query = shown().add_columns(rank.label("rank")).where(H.owner == owner, _of(part, now))
    if cursor is not None:
        found, *after = opened("to-do", cursor, str, int, int, int)
        if found != mark:
            raise bad_cursor()
        query = query.where(tuple_(*place) > tuple_(*after))
    rows = connection.execute(query.order_by(*place).limit(limit + 1)).all()
    if len(rows) <= limit:
        return ToDo(rows)
    last = rows[limit - 1]
    return ToDo(rows[:limit], sealed("to-do", mark, last.rank, last.turn, last.handoff))


RANK: Final[dict[Part, ColumnElement[int]]] = {
    "answer": func.coalesce(H.due_at, LARGEST),
    "under_way": literal(0),
    "later": func.coalesce(H.snoozed_until, 0),
}


def _of(part: Part, now: int) -> ColumnElement[bool]:
    aside = H.snoozed_until > now
    here = or_(H.snoozed_until.is_(None), H.snoozed_until <= now)
    state = {"answer": "assigned", "under_way": "accepted"}
    return H.state.in_(HELD) & aside if part == "later" else (H.state == state[part]) & here


def counts(connection: Connection, owner: str, now: int) -> Counts:
    """How much somebody has to do, by part."""
    found = {part: _number(connection, owner, _of(part, now)) for part in PARTS}
    late = _number(connection, owner, _of("answer", now) & (H.due_at < now))
    return Counts(late=late, **found)


def _number(connection: Connection, owner: str, which: ColumnElement[bool]) -> int:
    mine = select(func.count()).where(H.owner == owner, which)
    return connection.execute(mine).scalar_one()


def mark(connection: Connection, owner: str, now: int) -> str:
    """A fingerprint of open work: another one when anything came, went, moved on or is late."""
    here = case((or_(H.snoozed_until.is_(None), H.snoozed_until <= now), H.handoff), else_=0)
    late = case((_of("answer", now) & (H.due_at < now), 1), else_=0)
    chosen = (
        select(H.state, func.count(), *(func.sum(one) for one in (here, late, H.handoff, H.round)))
        .where(H.owner == owner, H.state.in_(HELD))
        .group_by(H.state)
        .order_by(H.state)
    )
    return digest([tuple(map(str, row)) for row in connection.execute(chosen)])


def arrived(connection: Connection, owner: str, since: int, now: int) -> Sequence[Row[Any]]:
    """What came to somebody after an instant and is not answered, the earliest promise first."""
    came = (H.assigned_at > since) | (H.snoozed_until > since)
    query = shown().where(H.owner == owner, _of("answer", now), came)
    return connection.execute(query.order_by(RANK["answer"], H.turn).limit(PAGE)).all()
