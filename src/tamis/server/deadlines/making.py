"""Until when somebody responds, and when they are reminded: made with each promise.

A promise is made when work comes to a queue (in the hours of its model: nobody has it), and anew
each time a person gets it (in their own hours). Each has deadlines of its own, its `round`; what is
due of an earlier one is moot. A promise stands: absences and models that change later are for the
next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, insert

from tamis.calendar import Hours, read_duration
from tamis.errors import UserError
from tamis.model.lifecycle.work import Service
from tamis.server.clock import instant_of, micros
from tamis.server.store.database import run_many
from tamis.server.store.tables.work import deadlines

WRITTEN: Final = insert(deadlines)
WHOLE: Final = 100


class Promise(NamedTuple):
    """Until when somebody responds, and what is due on the way there: (kind, instant)."""

    due_at: int | None
    due: tuple[tuple[str, int], ...] = ()


NONE: Final = Promise(None)
"""There is no service level."""


def to_queue(within: str | None, service: Service, hours: Hours, at: int) -> Promise:
    """What is promised while nobody has the work: it is escalated in time."""
    return _promise(within, hours, at, (("escalate", service.escalate),))


def to_person(within: str | None, service: Service, hours: Hours, at: int) -> Promise:
    """What is promised when a person gets the work."""
    shares = (
        ("remind", service.remind),
        ("escalate", service.escalate),
        ("reassign", service.reassign),
    )
    return _promise(within, hours, at, shares)


def _promise(
    within: str | None, hours: Hours, at: int, shares: Sequence[tuple[str, int | None]]
) -> Promise:
    if within is None:
        return NONE
    try:
        due_at = _after(within, hours, at, WHOLE)
        due = ((kind, _after(within, hours, at, share)) for kind, share in shares if share)
        return Promise(due_at, tuple(due))
    except UserError:
        # Nobody works any more before the end of the calendar: nothing can be promised.
        return NONE


def _after(within: str, hours: Hours, at: int, percent: int) -> int:
    share = read_duration(within).share(hours.week, Fraction(percent, WHOLE))
    return micros(hours.after(instant_of(at), share))


def rows_of(promise: Promise, handoff: int, lead: int, round_: int) -> list[dict[str, Any]]:
    """The deadlines of a promise, as rows."""
    return [
        {"handoff": handoff, "lead": lead, "kind": kind, "round": round_, "due_at": due_at}
        for kind, due_at in promise.due
    ]


def write(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write deadlines down."""
    run_many(connection, WRITTEN, rows)
