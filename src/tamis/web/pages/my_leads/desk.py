"""Whose work a visit is about, and what who visits may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from tamis.server.work import pages, rights
from tamis.server.work.people import Person
from tamis.server.work.queues import Floor, floor
from tamis.web.visit import Visit


@dataclass(frozen=True)
class Desk:
    """One person's work, as who visits sees it.

    Attributes:
        owner: the login of whose work it is.
        name: what they are called.
        is_own: whether that is who visits; only they can accept.
        acts: whether who visits may act on it: reject, put aside, finish.
        others: whose work who visits may look at too.
    """

    owner: str
    name: str
    is_own: bool
    acts: bool
    others: Sequence[Person]

    @property
    def asked(self) -> str | None:
        """What stands in addresses: nothing for one's own work."""
        return None if self.is_own else self.owner


def desk_of(connection: Connection, visit: Visit, owner: str) -> Desk:
    """The desk of a login, or of `me`. Raises: Problem 403, 404 as `GET /v1/work` does."""
    pages.refuse_unstorable(owner)
    known = floor(connection)
    login = rights.owner_asked(known, visit.caller, owner or rights.ME)
    is_own = login == visit.caller.who
    person = known.people.get(login)
    name = visit.person.name if is_own else person.name if person else login
    acts = visit.caller.role != rights.MARKETING
    return Desk(login, name, is_own, acts, others(known, visit))


def others(known: Floor, visit: Visit) -> Sequence[Person]:
    """Whose work who visits may look at beside their own: their team's; all for who is no seller.

    Those who are disabled are left out: their work goes back to its queue.
    """
    caller = visit.caller
    seen = [one for one in known.people.values() if one.login != caller.who and not one.disabled]
    if caller.role == rights.SALES:
        seen = [one for one in seen if one.manager == caller.who]
    return sorted(seen, key=lambda one: (one.name.casefold(), one.login))
