"""Audiences: lists of a mail tool, kept in step with the leads of a cell, a status or a play.

What the list has is written down beside the messages that tell the tool of it, in one transaction:
so whatever happens in between, the messages make of the list over there what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
)
from sqlalchemy.sql.selectable import Subquery

from tamis.server.delivery import outbox
from tamis.server.delivery.configuration import Audience
from tamis.server.store.database import Database
from tamis.server.store.tables import delivery, lifecycle, models, people, scoring

SLICE: Final = 500
"""Additions or removals of one transaction."""


@dataclass(frozen=True)
class Change:
    """Addresses that came to an audience, or left it, with their leads where they are known."""

    kind: str
    addresses: Mapping[str, int | None]


def keep_in_step(database: Database, audience: Audience, now: int) -> int:
    """Put additions and removals into the outbox; gives how many there were.

    A model that is not active, or one of several that is not named, changes nothing: a list is not
    emptied because somebody works on a model.
    """
    number = 0
    while _differs(database, audience):
        with database.write() as connection:
            version = version_of(connection, audience.model)
            changes = [] if version is None else _changes(connection, audience, version)
            found = sum(_write(connection, audience, one, now) for one in changes)
        number += found
        if not found:
            break
    return number


def _differs(database: Database, audience: Audience) -> bool:
    with database.read() as connection:
        version = version_of(connection, audience.model)
        return version is not None and any(
            connection.execute(one.limit(1)).first() is not None
            for one in (_came(audience, version), _left(audience, version))
        )


def version_of(connection: Connection, model: str) -> tuple[int, str] | None:
    """Key and model's name of the active version of a model, or of the only one; None: neither."""
    v = models.versions.c
    chosen = select(v.version_key, v.model).where(v.state == "active", v.scored)
    if model:
        chosen = chosen.where(v.model == model)
    found = connection.execute(chosen.limit(2)).all()
    return (found[0].version_key, found[0].model) if len(found) == 1 else None


def _changes(connection: Connection, audience: Audience, version: tuple[int, str]) -> list[Change]:
    # Removals first: an address that two leads share is of one line, and in its order.
    left = connection.execute(_left(audience, version).limit(SLICE)).all()
    came = connection.execute(_came(audience, version).limit(SLICE)).all()
    return [
        Change("audience.removed", {row.address: None for row in left}),
        Change("audience.added", {row.address: row.lead for row in came}),
    ]


def _write(connection: Connection, audience: Audience, change: Change, now: int) -> int:
    for address, lead in change.addresses.items():
        payload = {"audience": audience.name, "email": address}
        line = f"{audience.name}:{address}"
        # What stands below is what makes it be told once.
        cause = uuid4().hex
        outbox.put(
            connection, audience.target, change.kind, lead, payload, cause, at=now, line=line
        )
    m, addresses = delivery.audience_members, list(change.addresses)
    if change.kind == "audience.added":
        rows = [{"audience": audience.name, "address": a, "since": now} for a in addresses]
        if rows:
            connection.execute(insert(m), rows)
    else:
        theirs = and_(m.c.audience == audience.name, m.c.address.in_(addresses))
        connection.execute(delete(m).where(theirs))
    return len(addresses)


def _came(audience: Audience, version: tuple[int, str]) -> Select[Any]:
    wanted, m = _wanted(audience, version), delivery.audience_members.c
    there = exists().where(m.audience == audience.name, m.address == wanted.c.address)
    return select(wanted.c.address, wanted.c.lead).where(~there).order_by(wanted.c.address)


def _left(audience: Audience, version: tuple[int, str]) -> Select[Any]:
    wanted, m = _wanted(audience, version), delivery.audience_members.c
    still = exists().where(wanted.c.address == m.address)
    return select(m.address).where(m.audience == audience.name, ~still).order_by(m.address)


def _wanted(audience: Audience, version: tuple[int, str]) -> Subquery:
    """The addresses of an audience, each with the least of its leads.

    Of a lead's addresses the one that was told last; leads that opted out, or are excluded, are of
    no audience.
    """
    who = _members(audience, version).subquery("who")
    i, leads = people.identities.c, people.leads.c
    latest = func.row_number().over(partition_by=i.lead, order_by=(i.at.desc(), i.value))
    told = (
        select(i.lead, i.value.label("address"), latest.label("place"))
        .join_from(people.identities, who, who.c.lead == i.lead)
        .join(people.leads, leads.lead == i.lead)
        .where(i.kind == "email", leads.opted_out.is_(False))
        .subquery("told")
    )
    return (
        select(told.c.address, func.min(told.c.lead).label("lead"))
        .where(told.c.place == 1)
        .group_by(told.c.address)
        .subquery("wanted")
    )


def _members(audience: Audience, version: tuple[int, str]) -> Select[Any]:
    key, model = version
    values: Sequence[str] = audience.values
    if audience.by == "status":
        c = lifecycle.statuses.c
        return select(c.lead).where(c.model == model, c.status.in_(values))
    s = scoring.scores.c
    return select(s.lead).where(
        s.version_key == key, s.excluded.is_(False), s[audience.by].in_(values)
    )
