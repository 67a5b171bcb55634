"""Hand-offs accepted, rejected and finished: compare and set, each with its history and message.

Each function is called in the caller's write transaction, changes one hand-off that is as it was
meant, and gives it as it is then; else it raises a Problem 409 that says what happened meanwhile.
Who may do it is the routes' question (`work.rights`). `login` is who does it. Work that a person
has is theirs to settle; with `for_owner` somebody settles it in the owner's stead.

`tell` gives the targets that are told of a kind of messages: `telling.tell_of`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, func, true

from tamis.server.clock import written
from tamis.server.problems import Problem, conflict
from tamis.server.store.tables.work import handoffs
from tamis.server.work.handoffs import HELD, OPEN, UNANSWERED, Handoff, find, moved, note
from tamis.server.work.telling import NOBODY, Tell, told

H = handoffs.c


def accept(
    connection: Connection, handoff: int, login: str, at: int, *, tell: Tell = NOBODY
) -> Handoff:
    """Waiting or assigned work becomes the accepted work of `login`; deadlines are moot from then.

    Whoever accepts what waits takes it: `giving.refuse_taking` is asked before if they have room.
    Work that somebody else has is not taken from them. `answered_at` is set.

    Raises: Problem 404; 409 when it is somebody else's, accepted or settled.
    """
    before = find(connection, handoff)
    free = (H.state == "waiting") | ((H.state == "assigned") & (H.owner == login))
    changes: dict[str, Any] = {"state": "accepted", "owner": login, "answered_at": at}
    changes["assigned_at"] = func.coalesce(H.assigned_at, at)
    # As it was read: who accepts what waits is new to it.
    work = moved(connection, handoff, free & (H.state == before.state), changes)
    if work is None:
        raise meanwhile(find(connection, handoff), login)
    note(connection, work, "accepted", at, login)
    if before.state == "waiting":
        told(connection, tell, "handoff.assigned", work, at, cause="accepted")
    return work


def reject(  # noqa: PLR0917 (a sentence: which, who, why, in which words, when)
    connection: Connection,
    handoff: int,
    login: str,
    reason: str,
    note_: str,
    at: int,
    *,
    for_owner: bool = False,
    tell: Tell = NOBODY,
) -> Handoff:
    """Open work is rejected for a reason, before or after it was accepted; it is settled then.

    `reason` is one of the model's list, which the caller has checked; `note_` may be empty. What
    waits may be rejected by anybody, and has no owner then.

    Raises: Problem 404; 409 when it is somebody else's, or settled.
    """
    changes = {"state": "rejected", "reason": reason, "note": note_}
    return _settled(connection, handoff, login, at, changes, OPEN, for_owner=for_owner, tell=tell)


def finish(
    connection: Connection,
    handoff: int,
    login: str,
    at: int,
    *,
    for_owner: bool = False,
    tell: Tell = NOBODY,
) -> Handoff:
    """Work that somebody has is done; what was never accepted counts as answered by that.

    Raises: Problem 404; 409 when it waits, is somebody else's, or settled.
    """
    changes = {"state": "done"}
    return _settled(connection, handoff, login, at, changes, HELD, for_owner=for_owner, tell=tell)


def snooze(
    connection: Connection,
    handoff: int,
    login: str,
    until: int | None,
    at: int,
    *,
    for_owner: bool = False,
) -> Handoff:
    """Put work that somebody has out of their way until an instant, or back (None).

    It stays theirs and counts as open, and what was promised stays: deadlines fire as they would.

    Raises: Problem 404; 409 when it waits, is somebody else's, or settled.
    """
    mine = H.state.in_(HELD) & (true() if for_owner else H.owner == login)
    work = moved(connection, handoff, mine, {"snoozed_until": until})
    if work is None:
        raise meanwhile(find(connection, handoff), login)
    note(connection, work, "snoozed" if until is not None else "woken", at, login)
    return work


def _settled(  # noqa: PLR0917
    connection: Connection,
    handoff: int,
    login: str,
    at: int,
    changes: dict[str, Any],
    states: tuple[str, ...],
    *,
    for_owner: bool,
    tell: Tell,
) -> Handoff:
    before = find(connection, handoff)
    theirs: ColumnElement[bool] = (
        true() if for_owner else (H.owner == login) | (H.state == "waiting")
    )
    changes |= {"settled_at": at, "settled_by": login, "snoozed_until": None}
    if before.state in UNANSWERED:
        changes["answered_at"] = at
    # As it was read: its owner and state decide what is written.
    same = (H.state == before.state) & H.state.in_(states) & theirs
    work = moved(connection, handoff, same, changes)
    if work is None:
        raise meanwhile(find(connection, handoff), login)
    note(connection, work, work.state, at, login, work.reason or "")
    told(connection, tell, "handoff.settled", work, at, cause=work.state)
    return work


def meanwhile(work: Handoff, login: str) -> Problem:
    """Why a hand-off is not as somebody took it to be: what happened to it meanwhile."""
    if work.settled_at is not None:
        by = f" by {work.settled_by}" if work.settled_by else ""
        detail = f"hand-off {work.handoff} was {SAID[work.state]}{by} on {written(work.settled_at)}"
        return conflict(detail)
    if work.owner is not None and work.owner != login:
        detail = f"hand-off {work.handoff} is {work.owner}'s now"
        return conflict(detail)
    if work.state == "accepted":
        detail = f"hand-off {work.handoff} is accepted already"
        return conflict(detail)
    detail = f"hand-off {work.handoff} waits in the queue `{work.queue}`: nobody has it"
    return conflict(detail)


SAID = {"rejected": "rejected", "withdrawn": "withdrawn", "done": "finished"}
"""How states of settled work are said."""
