"""Hand-offs as the store holds them, and the history of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from tamis.server.problems import not_found
from tamis.server.store.keys import row_of
from tamis.server.store.tables.work import handoff_history, handoffs

UNANSWERED: Final = ("waiting", "assigned")
HELD: Final = ("assigned", "accepted")
OPEN: Final = (*UNANSWERED, "accepted")
"""The states of work that is not settled."""
NOWHERE: Final = -1
"""The place of a lead of no territory."""
ANYBODY: Final = ""
"""Whom work waits for that anybody of its queue may take."""


@dataclass(frozen=True, slots=True)
class Handoff:
    """A lead that is handed to a queue, and from it to a person; instants are microseconds.

    `state` is waiting (nobody has it), assigned, accepted, rejected, withdrawn or done. `turn` is
    lower for who is called earlier; `round` counts the promises made for it, each with deadlines
    of its own. `due_at` is until when somebody responds, null: there is no service level.
    """

    handoff: int
    model: str
    lead: int
    play: str
    queue: str
    place: int
    wanted: str
    cause: int
    state: str
    owner: str | None
    turn: int
    made_at: int
    assigned_at: int | None
    round: int
    respond_within: str | None
    due_at: int | None
    answered_at: int | None
    settled_at: int | None
    snoozed_until: int | None
    settled_by: str | None
    reason: str | None
    note: str
    score: int | None
    cell: str | None
    version_key: int


def handoff_of(row: Row[Any]) -> Handoff:
    """A row of the table as a hand-off."""
    return Handoff(**row._mapping)  # noqa: SLF001 (SQLAlchemy's public name)


def find(connection: Connection, handoff: int) -> Handoff:
    """A hand-off by its number. Raises: Problem 404."""
    row = row_of(connection, select(handoffs), handoffs.c.handoff, handoff)
    if row is None:
        detail = f"there is no hand-off {handoff}"
        raise not_found(detail)
    return handoff_of(row)


def moved(
    connection: Connection,
    handoff: int,
    where: ColumnElement[bool],
    changes: Mapping[str, Any],
) -> Handoff | None:
    """Compare and set: the hand-off after the change; None where `where` does not hold any more."""
    mine = (handoffs.c.handoff == handoff) & where
    changed = update(handoffs).where(mine).values(changes).returning(handoffs)
    row = connection.execute(changed).first()
    return None if row is None else handoff_of(row)


def noted(work: Handoff, what: str, at: int, by: str | None, reason: str = "") -> dict[str, Any]:
    """A step of the history: the hand-off as it is from then on. `by` is a login, null: nobody."""
    return {
        "handoff": work.handoff,
        "lead": work.lead,
        "at": at,
        "what": what,
        "owner": work.owner,
        "queue": work.queue,
        "made_by": by,
        "reason": reason,
    }


def note(  # noqa: PLR0917 (a sentence: of which, what, when, by whom, why)
    connection: Connection, work: Handoff, what: str, at: int, by: str | None, reason: str = ""
) -> int:
    """Write a step into the history; gives its number."""
    made = insert(handoff_history).values(noted(work, what, at, by, reason))
    return int(connection.execute(made.returning(handoff_history.c.step)).scalar_one())
