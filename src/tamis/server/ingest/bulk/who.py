"""Who: the lead of each event of a slice; only what is new about anybody goes through `People`.

Most events of a file say of their person what the store knows already. Two queries tell which do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from tamis.server.identity.links import ALIAS, is_email
from tamis.server.identity.people import People
from tamis.server.ingest.bulk.slices import Event, Good
from tamis.server.ingest.message import Message
from tamis.server.store.among import among
from tamis.server.store.database import Database
from tamis.server.store.tables.people import identities

Known = Mapping[str, tuple[int, int, str]]
"""Lead, since when and said by whom, by an id."""
Pair = tuple[str | None, str | None]
"""A user id and an anonymous id."""


class Who:
    """The persons of a slice, found and written down.

    `people` has met everything that may change who is who, the slice's `items` first.
    """

    def __init__(
        self,
        connection: Connection,
        database: Database,
        events: Sequence[Event],
        items: Sequence[Good],
    ) -> None:
        first: dict[Pair, int] = {}
        for event in events:
            pair = event.user_id, event.anonymous_id
            at = event.at
            if first.get(pair, at) >= at:
                first[pair] = at
        self._users = _known(connection, "user", {user for user, _ in first if user})
        self._visitors = _known(connection, "anonymous", {one for _, one in first if one})
        seen = {pair: self._plain(*pair, at) for pair, at in first.items()}
        plain = {pair: lead for pair, lead in seen.items() if lead is not None}
        others = {pair: at for pair, at in first.items() if pair not in plain}
        tellers = [_teller(*pair, at) for pair, at in others.items() if self._tells(*pair, at)]
        self.people = People(connection, database, [*items, *tellers])
        self.people.settle()
        persons = self.people.persons
        if persons.merged:
            plain = {pair: persons.now(lead) for pair, lead in plain.items()}
        self._leads: dict[Pair, int | None] = {**plain}
        self._leads |= {one: self._lead(*one) for one in others}

    def lead(self, event: Event) -> int | None:
        """The lead of an event; None for a visitor that nobody knows."""
        return self._leads[event.user_id, event.anonymous_id]

    def _plain(self, user: str | None, visitor: str | None, at: int) -> int | None:
        """The lead of a user id that stands alone and is known; None: look closely."""
        link = self._users.get(user) if user and visitor is None else None
        if link is None or at < link[1] or link[2] == ALIAS or "@" in user:  # type: ignore[operator]
            return None
        return link[0]

    def _tells(self, user: str | None, visitor: str | None, at: int) -> bool:
        """Whether an event with these ids says anything that the store does not know."""
        if user is None:
            return False
        link = self._users.get(user)
        if link is None or at < link[1] or link[2] == ALIAS or is_email(user):
            return True
        if visitor is None:
            return False
        seen = self._visitors.get(visitor)
        return seen is None or (at, f"user:{user}") < seen[1:]

    def _lead(self, user: str | None, visitor: str | None) -> int | None:
        persons = self.people.persons
        if user is not None:
            found = persons.lead(("user", user))
            return persons.now(self._users[user][0]) if found is None else found
        assert visitor is not None
        found = persons.lead(("anonymous", visitor))
        if found is None and visitor in self._visitors:
            found = persons.now(self._visitors[visitor][0])
        return found


def _teller(user: str | None, visitor: str | None, at: int) -> Message:
    """A message that says of persons what the events with these ids say."""
    return Message("", "track", None, at, at, user_id=user, anonymous_id=visitor)


def _known(connection: Connection, kind: str, values: Iterable[str]) -> Known:
    wanted = list(values)
    if not wanted:
        return {}
    i = identities.c
    chosen = select(i.value, i.lead, i.at, i.said_by)
    rows = connection.execute(chosen.where(i.kind == kind, among(i.value, wanted)))
    return {value: (lead, at, said_by) for value, lead, at, said_by in rows}
