"""Marks made by hand: events held to be a machine's, or cleared of it; scores follow at once.

What a person says of an event stands: no detector marks it again, and none takes the mark away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, update

from tamis.server import audit
from tamis.server.problems import bad_request
from tamis.server.server import Server
from tamis.server.store.database import slices
from tamis.server.store.tables import messages

events = messages.events
AT_ONCE: Final = 500
"""Leads whose events are marked, and scores made anew, in one transaction."""
MOST: Final = 20_000
"""Events marked in one transaction."""


@dataclass(frozen=True)
class Where:
    """Which events are meant: those for which all that is given holds.

    Attributes:
        message_ids: the ids of the messages.
        leads: keys of leads.
        user_agent: a part of the user agent, in any case.
        since: from this instant on, in microseconds.
        until: before this instant.
        reason: the reason of the mark that the events have.
    """

    message_ids: Sequence[str] | None = None
    leads: Sequence[int] | None = None
    user_agent: str | None = None
    since: int | None = None
    until: int | None = None
    reason: str | None = None

    @property
    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """What the database can tell of it; lists of ids come in slices."""
        if self.leads is not None:
            yield events.c.lead.in_(self.leads)
        if self.user_agent is not None:
            # JSON may write a sign in another way: the answer is looked at again when it is read.
            yield events.c.context.contains('"userAgent"', autoescape=True)
        if self.since is not None:
            yield events.c.at >= self.since
        if self.until is not None:
            yield events.c.at < self.until
        if self.reason is not None:
            yield events.c.bot == self.reason


@dataclass(frozen=True)
class Changed:
    """How many events a mark changed, of how many leads."""

    events: int
    leads: int


@dataclass(frozen=True)
class Marks:
    """Events marked for one reason: how many, of how many leads, the latest at which instant.

    `by` is the login of who marked them; None: a detector.
    """

    reason: str
    by: str | None
    events: int
    leads: int
    latest: int


def mark(server: Server, where: Where, reason: str, who: str) -> Changed:
    """Hold events to be a machine's. Raises: Problem 400 when nothing says which."""
    return _change(server, where, reason, who)


def unmark(server: Server, where: Where, who: str) -> Changed:
    """Hold events to be a person's, for good: those marked by hand, or for the reason named.

    What a detector marked stays marked unless its reason is named. Raises: Problem 400 when nothing
    says which.
    """
    return _change(server, where, None, who)


def put(connection: Connection, marks: Mapping[int, str | None]) -> None:
    """Write what a detector says, by event key; None clears its mark."""
    if marks:
        chosen = update(events).where(events.c.event_key == bindparam("key"))
        rows = [{"key": key, "why": why} for key, why in marks.items()]
        connection.execute(chosen.values(bot=bindparam("why")), rows)


def by_reason(connection: Connection) -> list[Marks]:
    """The marks in the store, by reason and by who made them, the latest first."""
    e = events.c
    latest = func.max(e.received_at)
    rows = connection.execute(
        select(e.bot, e.bot_by, func.count(), func.count(e.lead.distinct()), latest)
        .where(e.bot.is_not(None))
        .group_by(e.bot, e.bot_by)
        .order_by(latest.desc(), e.bot)
    )
    return [Marks(*row) for row in rows]


def _change(server: Server, where: Where, reason: str | None, who: str) -> Changed:
    """Look first, write then: a long search holds no writer up."""
    if where == Where(since=where.since, until=where.until):
        detail = "say which events: by message_ids, lead, user_agent or marked_for"
        raise bad_request(detail)
    with server.database.read() as connection:
        found = _found(connection, where, reason)
    changed, of = 0, set[int]()
    for some in slices(found, AT_ONCE):
        keys = [key for lead in some for key in found[lead]]
        for these in slices(keys, MOST):
            number, leads = _written(server, these, reason, who)
            changed, of = changed + number, of | leads
    with server.database.write() as connection:
        action = "bots.unmark" if reason is None else "bots.mark"
        told = {"events": changed, "leads": len(of), "reason": reason or where.reason}
        audit.record(connection, server.clock.now(), who, action, "events", told)
    return Changed(changed, len(of))


def _written(
    server: Server, keys: Sequence[int], reason: str | None, who: str
) -> tuple[int, set[int]]:
    """Write some marks and make the scores anew: how many events, of which leads."""
    changed, leads = 0, set[int]()
    with server.database.write() as connection:
        for some in slices(keys):
            here = events.c.event_key.in_(some)
            values = update(events).where(here).values(bot=reason, bot_by=who)
            changed += connection.execute(values).rowcount
            # Asked now: since the search, two leads may have proved one.
            of = select(events.c.lead).where(here, events.c.lead.is_not(None)).distinct()
            leads.update(connection.scalars(of))
        if leads:
            server.scores.recount(connection, sorted(leads), "bots")
    server.bell.ring()
    return changed, leads


def _found(
    connection: Connection, where: Where, reason: str | None
) -> Mapping[int | None, list[int]]:
    """Keys of the events by lead, None for visitors; without those that are so already."""
    e = events.c
    # What a detector alone says becomes the word of a person; what counts cannot be cleared.
    other = or_(e.bot.is_distinct_from(reason), e.bot_by.is_(None))
    if reason is None:
        other = e.bot.is_not(None)
        if where.reason is None:
            # Who takes back a mark of their own does not mean those of the detectors beside it.
            other &= e.bot_by.is_not(None)
    ids: list[list[str] | None] = [None]
    if where.message_ids is not None:
        ids = [*slices(where.message_ids)]
    found: defaultdict[int | None, list[int]] = defaultdict(list)
    for some in ids:
        chosen = select(e.lead, e.event_key, e.context).where(other, *where.conditions)
        rows = chosen if some is None else chosen.where(e.message_id.in_(some))
        for row in connection.execute(rows.execution_options(yield_per=1_000)):
            if where.user_agent is None or _says(row.context, where.user_agent):
                found[row.lead].append(row.event_key)
    return found


def _says(context: str, part: str) -> bool:
    user_agent = msgspec.json.decode(context).get("userAgent")
    return isinstance(user_agent, str) and part.lower() in user_agent.lower()
