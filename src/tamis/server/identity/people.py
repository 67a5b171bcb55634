"""People: leads made, known by their ids, merged, and described, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    BindParameter,
    Connection,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    union_all,
    update,
)

from tamis.server.identity.links import Persons, lead_ids, names_in, read_links, write_links
from tamis.server.identity.values import ACCOUNT, OWNER, Said, keep, latest
from tamis.server.ingest.message import AccountRow, Item, LeadRow, Message
from tamis.server.lifecycle import merging as standing_merging
from tamis.server.privacy import consent
from tamis.server.store.among import among
from tamis.server.store.database import Database
from tamis.server.store.keys import highest
from tamis.server.store.tables import delivery, feedback, learning, messages, people, scoring
from tamis.server.work import merging as work_merging

FOLLOWING: Sequence[Table] = (
    messages.events, people.outcomes, people.adjustments, people.identities, scoring.score_history,
    delivery.outbox, feedback.handoff_parts, learning.learned_disagreements,
)  # fmt: skip
"""What of a lead goes with it when it proves to be another one."""
MADE_ANEW: Sequence[Table] = (scoring.matches, scoring.facts, scoring.scores)
EMPTY = "{}"


class People:
    """The people of one transaction: reads what its items name, writes what becomes of it.

    After `settle`, `touched` are leads whose fields or ids changed, `recount` those to whom events
    came from elsewhere, and `joined` the ids by which leads were known that proved to be each lead.
    """

    def __init__(self, connection: Connection, database: Database, items: Iterable[Item]) -> None:
        self._connection, self._database = connection, database
        self.items = list(items)
        self._names = [names_in(item) for item in self.items]
        names = {name for found in self._names for name in found}
        new = highest(connection, people.leads.c.lead) + 1
        self.persons: Persons = read_links(connection, names, new)
        self._of_item: list[int | None] = []
        self.touched: set[int] = set()
        self.recount: set[int] = set()
        self.joined: defaultdict[int, list[str]] = defaultdict(list)

    def settle(self) -> None:
        """Find out who is who, and write it down."""
        persons = self.persons
        for item, names in zip(self.items, self._names, strict=True):
            at = getattr(item, "at", 0)
            self._of_item.append(persons.say(names, at, _alias(item)))
        self._make()
        self._merge()
        write_links(self._connection, self._database, persons)
        self._move()
        self._rename()
        self._describe()
        self._time()

    def leads(self) -> list[int | None]:
        """The lead of each item; None for a visitor that nobody knows, and for accounts."""
        found = []
        for item, said in zip(self.items, self._of_item, strict=True):
            visitor = item.anonymous_id if said is None and isinstance(item, Message) else None
            lead = self.persons.lead(("anonymous", visitor)) if visitor else said
            found.append(None if lead is None else self.persons.now(lead))
        return found

    def _make(self) -> None:
        persons = self.persons
        rows = [
            {
                "lead": lead, "lead_id": f":new:{lead}", "fields": EMPTY,
                "first_at": at, "last_at": at, "opted_out": False,
            }
            for lead, at in persons.new.items()
        ]  # fmt: skip
        if rows:
            self._connection.execute(insert(people.leads), rows)

    def _merge(self) -> None:
        if not self.persons.merged:
            return
        self._note_joined()
        at = max((getattr(item, "received_at", 0) for item in self.items), default=0)
        for lead in sorted(self.persons.merged):
            self._merge_one(lead, self.persons.now(lead), at)
        self.recount |= {self.persons.now(lead) for lead in self.persons.merged}

    def _note_joined(self) -> None:
        """What others knew them by; who is new in this transaction was known to nobody."""
        known = [lead for lead in self.persons.merged if lead not in self.persons.new]
        leads = people.leads.c
        chosen = select(leads.lead, leads.lead_id).where(among(leads.lead, known))
        for lead, lead_id in self._connection.execute(chosen.order_by(leads.lead_id)):
            self.joined[self.persons.now(lead)].append(lead_id)

    def _merge_one(self, lead: int, into: int, at: int) -> None:
        run = self._connection.execute
        for table in FOLLOWING:
            run(update(table).where(table.c.lead == lead).values(lead=into))
        for table in MADE_ANEW:
            run(delete(table).where(table.c.lead == lead))
        standing_merging.joined(self._connection, lead, into, at)
        work_merging.joined(self._connection, lead, into, at)
        v = people.lead_values.c
        said = [
            Said(into, field, said_at, msgspec.json.decode(value), source)
            for field, said_at, value, source in run(
                select(v.field, v.at, v.value, v.source).where(v.lead == lead)
            )
        ]
        run(delete(people.lead_values).where(v.lead == lead))
        keep(self._connection, self._database, people.lead_values, said)
        self._merge_consents(lead, into)
        run(delete(people.leads).where(people.leads.c.lead == lead))

    def _merge_consents(self, lead: int, into: int) -> None:
        run, c = self._connection.execute, people.consents.c
        mine = (c.lead == lead) & (c.purpose == consent.PROFILING)
        rows = run(select(c.at, c.given, c.source).where(mine)).all()
        run(delete(people.consents).where(c.lead == lead))
        said = [consent.Said(into, row.at, row.given, row.source) for row in rows]
        consent.keep(self._connection, self._database, said)

    def _move(self) -> None:
        """Events of visitors go to the person that the visitor proves to be."""
        e = messages.events.c
        for visitor, lead in self.persons.moved.items():
            now = self.persons.now(lead)
            theirs = (
                (e.anonymous_id == visitor) & e.user_id.is_(None) & e.lead.is_distinct_from(now)
            )
            before = self._connection.execute(select(e.lead).where(theirs).distinct()).scalars()
            holders = set(before)
            if holders:
                self._connection.execute(update(messages.events).where(theirs).values(lead=now))
                self.recount |= {one for one in holders if one is not None} | {now}

    def _time(self) -> None:
        """The first and the latest time of those to whom events came, or from whom they went."""
        e, i, v = messages.events.c, people.identities.c, people.lead_values.c
        leads = people.leads
        for lead in self.recount:
            first = union_all(
                select(e.at).where(e.lead == lead), select(i.at).where(i.lead == lead)
            )
            last = union_all(select(e.at).where(e.lead == lead), select(v.at).where(v.lead == lead))
            firsts, lasts = first.subquery().c.at, last.subquery().c.at
            first_at = self._connection.execute(select(func.min(firsts))).scalar_one()
            last_at = self._connection.execute(select(func.max(lasts))).scalar() or first_at
            times = {"first_at": first_at, "last_at": last_at}
            self._connection.execute(update(leads).where(leads.c.lead == lead).values(times))

    def _rename(self) -> None:
        renamed = {self.persons.now(lead) for lead in self.persons.renamed}
        ids = lead_ids(self._connection, renamed)
        if not ids:
            return
        for table in (people.leads, scoring.scores):
            rows = [{"of": lead, "id": lead_id} for lead, lead_id in ids.items()]
            statement = (
                update(table)
                .where(table.c.lead == bindparam("of"), table.c.lead_id != bindparam("id"))
                .values(lead_id=bindparam("id"))
            )
            self._connection.execute(statement, rows)
        self.touched |= set(ids)

    def _describe(self) -> None:
        """Keep what was said of leads and accounts; their latest values stand in their rows."""
        leads, accounts = self.leads(), _Accounts(self._connection, self._database)
        said: list[Said] = []
        for item, lead in zip(self.items, leads, strict=True):
            if isinstance(item, AccountRow):
                accounts.say(item.account_id, item.at, item.fields, item.source)
            elif isinstance(item, Message | LeadRow):
                said += _said(item, lead)
                if isinstance(item, Message) and item.kind == "group" and item.account_id:
                    accounts.say(item.account_id, item.at, item.traits, "group")
        keep(self._connection, self._database, people.lead_values, said)
        self.touched |= {one.of for one in said} | accounts.settle()
        self._write_fields({one.of for one in said} | self.recount)

    def _write_fields(self, leads: Collection[int]) -> None:
        rows = [
            {
                "of": lead,
                "account_id": _text(fields.pop(ACCOUNT, None)),
                "owner": _text(fields.pop(OWNER, None)),
                "fields": msgspec.json.encode(fields).decode(),
            }
            for lead, fields in latest(self._connection, people.lead_values, leads).items()
        ]
        if rows:
            table = people.leads
            names = ("account_id", "owner", "fields")
            columns: dict[str, Any] = {name: bindparam(name) for name in names}
            statement = update(table).where(table.c.lead == bindparam("of")).values(columns)
            self._connection.execute(statement, rows)


def _alias(item: Item) -> str | None:
    """The user id that an item says to be another one."""
    if not isinstance(item, Message) or item.previous_id == item.user_id:
        return None
    return item.previous_id


def _said(item: Message | LeadRow, lead: int | None) -> list[Said]:
    if lead is None:
        return []
    if isinstance(item, LeadRow):
        said = [
            Said(lead, name, item.at, value, item.source) for name, value in item.fields.items()
        ]
        for name, value in ((ACCOUNT, item.account_id), (OWNER, item.owner)):
            if value is not None:
                said.append(Said(lead, name, item.at, value or None, item.source))
        return said
    if not (item.user_id or item.email):
        # A visitor describes nobody: whose the words are may change with what comes later.
        return []
    if item.kind == "group" and item.account_id:
        return [Said(lead, ACCOUNT, item.at, item.account_id, "group")]
    if item.kind == "identify":
        return [Said(lead, n, item.at, value, "identify") for n, value in item.traits.items()]
    return []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


class _Accounts:
    """The accounts of one transaction."""

    def __init__(self, connection: Connection, database: Database) -> None:
        self._connection, self._database = connection, database
        self._said: defaultdict[str, list[tuple[int, Mapping[str, object], str]]] = defaultdict(
            list
        )

    def say(self, account_id: str, at: int, fields: Mapping[str, object], source: str) -> None:
        """Somebody says something of an account, if only that it is one."""
        self._said[account_id].append((at, fields, source))

    def settle(self) -> set[int]:
        """Write it down; gives the leads of the accounts whose fields changed."""
        if not self._said:
            return set()
        keys = self._keys()
        self._hear_of(keys)
        said = [
            Said(keys[account], name, at, value, source)
            for account, found in self._said.items()
            for at, fields, source in found
            for name, value in fields.items()
        ]
        keep(self._connection, self._database, people.account_values, said)
        described = {one.of for one in said}
        accounts = people.accounts
        rows = [
            {"of": key, "fields": msgspec.json.encode(fields).decode()}
            for key, fields in latest(self._connection, people.account_values, described).items()
        ]
        if not rows:
            return set()
        self._connection.execute(
            update(accounts)
            .where(accounts.c.account == bindparam("of"))
            .values(fields=bindparam("fields")),
            rows,
        )
        ids = [account for account, key in keys.items() if key in described]
        return self._leads_of(ids)

    def _keys(self) -> dict[str, int]:
        accounts = people.accounts
        keys: dict[str, int] = {}
        chosen = select(accounts.c.account_id, accounts.c.account)
        rows = self._connection.execute(chosen.where(among(accounts.c.account_id, self._said)))
        keys.update((account_id, key) for account_id, key in rows)
        new: list[dict[str, Any]] = []
        last = highest(self._connection, accounts.c.account)
        for account_id, found in self._said.items():
            if account_id not in keys:
                last += 1
                keys[account_id] = last
                first = min(at for at, _, _ in found)
                new.append(
                    {"account": last, "account_id": account_id, "fields": EMPTY,
                     "first_at": first}
                )  # fmt: skip
        if new:
            self._connection.execute(insert(accounts), new)
        return keys

    def _hear_of(self, keys: Mapping[str, int]) -> None:
        """An account is as old as the first word about it, whichever comes first."""
        accounts = people.accounts
        first: BindParameter[int] = bindparam("first")
        rows = [
            {"of": keys[account], "first": min(at for at, _, _ in found)}
            for account, found in self._said.items()
        ]
        statement = (
            update(accounts)
            .where(accounts.c.account == bindparam("of"), accounts.c.first_at > first)
            .values(first_at=first)
        )
        self._connection.execute(statement, rows)

    def _leads_of(self, account_ids: Sequence[str]) -> set[int]:
        leads: set[int] = set()
        chosen = select(people.leads.c.lead).where(among(people.leads.c.account_id, account_ids))
        leads |= set(self._connection.execute(chosen).scalars())
        return leads
