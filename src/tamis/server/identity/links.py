"""Which messages are of the same person, as a function of what was said and not of its order.

* A user id and an e-mail said in one message are of one person, for ever; so are two user ids of an
  alias. Persons that prove to be one are merged.
* An anonymous visitor is the person with whom it was seen first, by the time of the messages.
* What a visitor says of itself without user id or e-mail describes nobody.
* A lead is known by its least user id, or by its least e-mail where it has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sqlalchemy import Connection, bindparam, select

from tamis.server.ingest.message import Item, LeadRow, Message, OutcomeRow
from tamis.server.store.among import among_given
from tamis.server.store.database import Database
from tamis.server.store.tables.people import identities

Kind = Literal["user", "email", "anonymous"]
Name = tuple[Kind, str]
ALIAS = "alias"
"""What `said_by` holds for a user id that was only said to be another one: it names no lead."""


class Link(NamedTuple):
    """An identity of a lead: since when, and for an anonymous one by whom it was first said."""

    lead: int
    at: int
    said_by: str = ""


@dataclass
class Persons:
    """The identities that a transaction meets, as they are and as they become.

    `next_lead` is the next key to give. `merged` tells for a lead that is no more who it is now.
    `moved` are anonymous ids whose events belong to another lead than before, and to which.
    """

    links: dict[Name, Link]
    next_lead: int
    merged: dict[int, int] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    changed: set[Name] = field(default_factory=set)
    renamed: set[int] = field(default_factory=set)
    new: dict[int, int] = field(default_factory=dict)
    """New leads, with the time of their first message."""

    def now(self, lead: int) -> int:
        """Who a lead is now."""
        while lead in self.merged:
            lead = self.merged[lead]
        return lead

    def lead(self, name: Name) -> int | None:
        """The lead of an identity; None: nobody's yet."""
        link = self.links.get(name)
        return None if link is None else self.now(link.lead)

    def say(self, names: Sequence[Name], at: int, alias: str | None = None) -> int | None:
        """All these identities are of one person: gives the person; None for a visitor alone.

        Who a visitor is, only the end of the transaction tells. `alias` is the user id among them
        that was only said to be another one.
        """
        strong = [name for name in names if name[0] != "anonymous"]
        if not strong:
            return None
        found = sorted({lead for name in strong if (lead := self.lead(name)) is not None})
        lead = found[0] if found else self._made(at)
        for other in found[1:]:
            self.merged[other] = lead
            self.renamed.add(lead)
        for name in strong:
            self._known(name, lead, at, ALIAS if name == ("user", alias) else "")
        kind, value = min(strong, key=_weight)
        said_by = f"{kind}:{value}"
        for name in names:
            if name[0] == "anonymous":
                self._seen_with(name, lead, at, said_by)
        return lead

    def _made(self, at: int) -> int:
        lead = self.next_lead
        self.next_lead += 1
        self.new[lead] = at
        return lead

    def _known(self, name: Name, lead: int, at: int, said_by: str) -> None:
        link = self.links.get(name, Link(lead, at, said_by))
        better = Link(lead, min(at, link.at), min(said_by, link.said_by))
        if name not in self.links or better.said_by != link.said_by:
            self.renamed.add(lead)
        if name not in self.links or better[1:] != link[1:]:
            self.links[name] = better
            self.changed.add(name)

    def _seen_with(self, name: Name, lead: int, at: int, said_by: str) -> None:
        link = self.links.get(name)
        if link is not None and (link.at, link.said_by) <= (at, said_by):
            return
        self.links[name] = Link(lead, at, said_by)
        self.changed.add(name)
        if link is None or self.now(link.lead) != lead:
            self.moved[name[1]] = lead


def _weight(name: Name) -> tuple[bool, str]:
    kind, value = name
    return kind != "user", value


def names_in(item: Item) -> list[Name]:
    """The identities that an item names, all of one person."""
    if isinstance(item, Message):
        return _of_message(item)
    if isinstance(item, LeadRow):
        email = item.fields.get("email")
        return [*_user(item.lead_id), *_email(email if isinstance(email, str) else None)]
    return _user(item.lead_id) if isinstance(item, OutcomeRow) else []


def _of_message(message: Message) -> list[Name]:
    names = _user(message.user_id) if message.user_id else []
    names += _email(message.email)
    if message.previous_id:
        names += _user(message.previous_id)
        names.append(("anonymous", message.previous_id))
    if message.anonymous_id:
        names.append(("anonymous", message.anonymous_id))
    return names


def _user(user_id: str) -> list[Name]:
    """A user id; one that is an address is that address too, so that no two leads share an id."""
    return [("user", user_id), *_email(user_id)]


def _email(written: str | None) -> list[Name]:
    plain = (written or "").strip().lower()
    return [("email", plain)] if is_email(plain) else []


def is_email(written: str) -> bool:
    """Whether a text can be an e-mail address.

    >>> is_email("ann@example.com"), is_email("ann"), is_email("@x")
    (True, False, False)
    """
    name, _, host = written.rpartition("@")
    return bool(name) and "." in host.strip(".") and not any(c.isspace() for c in written)


OF = identities.c
LINKS = select(OF.value, OF.lead, OF.at, OF.said_by).where(
    OF.kind == bindparam("kind"), among_given(OF.value)
)
IDS = select(OF.lead, OF.kind, OF.value, OF.said_by).where(
    among_given(OF.lead), OF.kind != "anonymous"
)


def read_links(connection: Connection, names: Iterable[Name], next_lead: int) -> Persons:
    """What the store knows of some identities."""
    wanted: dict[Kind, set[str]] = {}
    for kind, value in names:
        wanted.setdefault(kind, set()).add(value)
    links: dict[Name, Link] = {}
    for kind, values in wanted.items():
        rows = connection.execute(LINKS, {"kind": kind, "given": list(values)}).all()
        for value, lead, at, said_by in rows:
            links[kind, value] = Link(lead, at, said_by)
    return Persons(links, next_lead)


def write_links(connection: Connection, database: Database, persons: Persons) -> None:
    """Write what changed."""
    rows = [
        {"kind": kind, "value": value, "lead": persons.now(link.lead), "at": link.at,
         "said_by": link.said_by}
        for (kind, value), link in ((name, persons.links[name]) for name in persons.changed)
    ]  # fmt: skip
    if rows:
        upsert = database.upsert(identities, ("kind", "value"), ("lead", "at", "said_by"))
        connection.execute(upsert, rows)


def lead_ids(connection: Connection, leads: Iterable[int]) -> dict[int, str]:
    """The id by which each lead is known: its least user id, else its least address."""
    wanted = list(leads)
    if not wanted:
        return {}
    found: dict[int, tuple[bool, str]] = {}
    for lead, kind, value, said_by in connection.execute(IDS, {"given": wanted}).all():
        if kind == "user" and said_by == ALIAS:
            continue
        weighed = kind != "user", value
        found[lead] = min(found.get(lead, weighed), weighed)
    return {lead: value for lead, (_, value) in found.items()}
