"""Who sees which work and may act on it.

Sales see the queues they work on or answer for, and act on their own work and on what waits there.
Whoever answers for somebody (their manager, or whom the queue escalates to) acts on their work too.
Marketing reads. Administrators, and programs with their permissions, do everything.
"""

from __future__ import annotations

from tamis.server.problems import Problem, bad_request, not_found
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import Permission
from tamis.server.work.handoffs import Handoff
from tamis.server.work.queues import Floor

SALES = "sales"
MARKETING = "marketing"
ME = "me"
OPERATOR = Caller("system", frozenset(Permission))
"""Who works on the store itself, by the command line: whoever may open it may do anything."""


def refuse_unless_sees(floor: Floor, caller: Caller, queue: str) -> None:
    """Raises: Problem 403 for sales whose queue it is not; 404 where no active model has it."""
    if caller.role == SALES and not floor.has(caller.who, queue):
        if not floor.of_queue(queue):
            said = f"no active model has a queue `{queue}`"
            raise not_found(said)
        detail = f"`{queue}` is no queue of {caller.who}"
        raise _not_allowed(detail)


def sees(floor: Floor, caller: Caller, queue: str) -> bool:
    """Whether a queue is shown to somebody."""
    return caller.role != SALES or floor.has(caller.who, queue)


def refuse_unless_acts(floor: Floor, caller: Caller, work: Handoff) -> None:
    """Raises: Problem 403 for who may not act on a hand-off."""
    if caller.role == MARKETING:
        detail = "marketing reads work: sales and administrators act on it"
        raise _not_allowed(detail)
    if caller.role == SALES and not _acts(floor, caller.who, work):
        detail = f"hand-off {work.handoff} is not {caller.who}'s to act on"
        raise _not_allowed(detail)


def _acts(floor: Floor, login: str, work: Handoff) -> bool:
    if work.owner == login or answers_for(floor, login, work):
        return True
    return work.owner is None and floor.has(login, work.queue)


def answers_for(floor: Floor, login: str, work: Handoff) -> bool:
    """Whether somebody is the manager of who has the work, or whom its queue escalates to."""
    owner = floor.people.get(work.owner) if work.owner else None
    desk = floor.desk(work.model, work.queue)
    manages = owner is not None and owner.manager == login
    return manages or (desk is not None and desk.queue.escalate_to == login)


def in_stead(caller: Caller, work: Handoff) -> bool:
    """Whether who acts does it in the stead of the owner."""
    return work.owner is not None and work.owner != caller.who


def refuse_unless_gives(floor: Floor, caller: Caller, work: Handoff, to: str) -> None:
    """Raises: Problem 403 for who may not give a hand-off to somebody.

    Sales take what waits for themselves, and pass on what is theirs.
    """
    refuse_unless_acts(floor, caller, work)
    waits = work.owner is None and to != caller.who
    if caller.role == SALES and waits and not answers_for(floor, caller.who, work):
        detail = f"{caller.who} takes waiting work, and gives it to nobody else"
        raise _not_allowed(detail)


def owner_asked(floor: Floor, caller: Caller, owner: str) -> str:
    """The login whose work is asked for; `me` is who asks.

    Raises: Problem 400 for a program's own work; 403 for sales who ask for that of somebody else,
    unless they are their manager.
    """
    if owner == ME:
        if not caller.role:
            raise bad_request("`owner` is a login: a program has no work of its own")
        return caller.who
    person = floor.people.get(owner)
    is_manager = person is not None and person.manager == caller.who
    if caller.role == SALES and owner != caller.who and not is_manager:
        detail = f"{caller.who} sees the work of {caller.who}, not of `{owner}`"
        raise _not_allowed(detail)
    return owner


def _not_allowed(detail: str) -> Problem:
    return Problem(403, "not-allowed", "Not allowed", detail)
