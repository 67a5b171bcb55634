"""A lead found by what somebody calls it: its lead id, else a user id or an e-mail of it."""

from __future__ import annotations

from sqlalchemy import Connection, and_, or_, select

from tamis.server.models.said import is_plain
from tamis.server.problems import conflict, not_found
from tamis.server.store.tables.people import identities, leads


def lead_named(connection: Connection, named: str) -> int:
    """The key of the lead of a lead id, a user id or an e-mail.

    A lead id is one lead's alone, so it is meant first. Raises: Problem 404 when it names nobody,
    409 when it is the user id of one lead and the e-mail of another.
    """
    if is_plain(named):
        own = connection.scalar(select(leads.c.lead).where(leads.c.lead_id == named))
        if own is not None:
            return int(own)
        known = _known_as(connection, named)
        if len(known) == 1:
            return known[0]
        if known:
            detail = "one lead has this user id and another one this e-mail: use the lead id"
            raise conflict(detail)
    detail = "there is no such lead: no lead id, user id or e-mail is so"
    raise not_found(detail)


def _known_as(connection: Connection, named: str) -> list[int]:
    """The leads that have it as a user id or an e-mail."""
    i = identities.c
    either = or_(
        and_(i.kind == "user", i.value == named),
        and_(i.kind == "email", i.value == named.strip().lower()),
    )
    return list(connection.scalars(select(i.lead).where(either).distinct()))
