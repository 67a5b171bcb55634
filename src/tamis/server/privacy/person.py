"""A person, found by any id: their lead, and every id and address that names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from tamis.server.problems import Problem, not_found
from tamis.server.store.tables import messages, people

ORDER = ("user", "email", "anonymous")
"""Which kind of identity is meant where a text could be several."""
events = messages.events


@dataclass(frozen=True)
class Person:
    """Somebody that the store knows.

    Attributes:
        lead: the key of their lead; None: a visitor who is no lead.
        lead_id: what the lead is known by; for a visitor the anonymous id.
        names: every identity, as kind and value.
    """

    lead: int | None
    lead_id: str
    names: frozenset[tuple[str, str]]

    @property
    def values(self) -> frozenset[str]:
        """Every text that names them."""
        return frozenset({value for _, value in self.names} | {self.lead_id})

    def values_of(self, kind: str) -> list[str]:
        """Their ids of a kind: user, email, anonymous."""
        return sorted(value for found, value in self.names if found == kind)

    @property
    def events(self) -> ColumnElement[bool]:
        """The condition for their events: the lead's, and those of a visitor not yet a lead's."""
        visitor = and_(
            # Not by the index of leads, which has all visitors together.
            func.coalesce(events.c.lead, 0) == 0,
            events.c.user_id.is_(None),
            events.c.anonymous_id.is_not(None),
            events.c.anonymous_id.in_(self.values_of("anonymous")),
        )
        return visitor if self.lead is None else or_(events.c.lead == self.lead, visitor)


def found(connection: Connection, named: str) -> Person:
    """The person whom an id or an e-mail names. Raises: Problem 404."""
    if _is_text(named):
        for lead in _leads(connection, named):
            return _of_lead(connection, lead)
        if connection.scalar(select(exists().where(*_visitor(named)))):
            return Person(None, named, frozenset({("anonymous", named)}))
    raise nobody()


def lead_of(connection: Connection, named: str) -> int:
    """The key of the lead whom an id or an e-mail names. Raises: Problem 404."""
    if _is_text(named):
        for lead in _leads(connection, named):
            return lead
    raise nobody()


def nobody() -> Problem:
    """There is nobody of that name; the name itself is not repeated."""
    return not_found("there is no person with this id or e-mail")


def _is_text(named: str) -> bool:
    """Whether a store can hold it: no NUL, no half of a character."""
    return "\0" not in named and not any("\ud800" <= sign <= "\udfff" for sign in named)


def _leads(connection: Connection, named: str) -> Iterator[int]:
    """Leads by what they are known by, then by identity."""
    leads, identities = people.leads.c, people.identities.c
    yield from connection.scalars(select(leads.lead).where(leads.lead_id == named))
    written = {"user": named, "email": named.strip().lower(), "anonymous": named}
    for kind in ORDER:
        yield from connection.scalars(
            select(identities.lead).where(
                identities.kind == kind, identities.value == written[kind]
            )
        )


def _of_lead(connection: Connection, lead: int) -> Person:
    identities = people.identities.c
    rows = connection.execute(
        select(identities.kind, identities.value).where(identities.lead == lead)
    )
    names = frozenset((row.kind, row.value) for row in rows)
    lead_id = connection.scalar(select(people.leads.c.lead_id).where(people.leads.c.lead == lead))
    return Person(lead, lead_id or "", names)


def _visitor(anonymous_id: str) -> tuple[ColumnElement[bool], ...]:
    """As the index of visitors has it."""
    c = events.c
    return c.anonymous_id == anonymous_id, c.anonymous_id.is_not(None), c.user_id.is_(None)
