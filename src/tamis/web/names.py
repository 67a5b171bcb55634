"""What a lead is called: its name, title and company, as far as its fields say."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from tamis.server.read.answering import json_of
from tamis.server.store.among import among
from tamis.server.store.tables.people import accounts, leads

WHOLE = ("name", "full_name", "fullName", "contact_name")
FIRST, LAST = ("first_name", "firstName", "firstname"), ("last_name", "lastName", "lastname")
IN_NAME = frozenset({*WHOLE, *FIRST, *LAST})
"""Fields that are said with a lead's name."""
TITLES = ("job_title", "title", "jobTitle")
COMPANIES = ("company", "company_name", "organisation", "organization")
LONGEST = 200
"""Characters of a text that are shown: a longer one is no name."""
L, A = leads.c, accounts.c
Fields = Mapping[str, Any]
"""Fields of a lead or an account by name, as they were sent; null: nobody said."""


@dataclass(frozen=True)
class Name:
    """What a lead is called: its id where nothing else is known; `title` and `company` or empty."""

    lead_id: str
    name: str
    title: str
    company: str


def name_of(lead_id: str, fields: Fields, account: Fields | None = None) -> Name:
    """The name that a lead's fields and those of its account give, else its e-mail, else its id.

    >>> name_of("u1", {"firstName": "Ada", "title": "CEO"}, {"name": "Tamis"})
    Name(lead_id='u1', name='Ada', title='CEO', company='Tamis')
    """
    parts = text_of(fields, FIRST), text_of(fields, LAST)
    name = text_of(fields, WHOLE) or " ".join(filter(None, parts)) or text_of(fields, ("email",))
    company = company_of(account or {}) or text_of(fields, COMPANIES)
    return Name(lead_id, name or lead_id, text_of(fields, TITLES), company)


def company_of(account: Fields) -> str:
    """What an account is called; empty: nobody said."""
    return text_of(account, ("name", *COMPANIES))


def text_of(fields: Fields, names: Sequence[str]) -> str:
    """The first of some fields that holds a text, on one line; empty: none does.

    >>> text_of({"name": " ", "full_name": "Ada  King"}, WHOLE), text_of({"name": 7}, WHOLE)
    ('Ada King', '')
    """
    values = (fields.get(name) for name in names)
    texts = (" ".join(one.split())[:LONGEST] for one in values if isinstance(one, str))
    return next(filter(None, texts), "")


@dataclass(frozen=True)
class Described:
    """A lead's key, and what is declared of it and of its account (empty: it has none)."""

    lead: int
    name: Name
    fields: Fields
    account: Fields


def named(connection: Connection, keys: Collection[int]) -> dict[int, Name]:
    """What leads are called, by their keys; those that are unknown are left out."""
    return {one.lead: one.name for one in described(connection, among(L.lead, sorted(set(keys))))}


def named_by_id(connection: Connection, ids: Collection[str]) -> dict[str, Name]:
    """What leads are called, by their ids; those that are unknown are left out."""
    found = described(connection, among(L.lead_id, sorted(set(ids))))
    return {one.name.lead_id: one.name for one in found}


def described(connection: Connection, wanted: ColumnElement[bool]) -> list[Described]:
    """The leads for which a condition on `leads` holds, in no order."""
    columns = (L.lead, L.lead_id, L.fields, A.fields.label("account"))
    joined = leads.outerjoin(accounts, A.account_id == L.account_id)
    found = []
    for row in connection.execute(select(*columns).select_from(joined).where(wanted)):
        fields, account = json_of(row.fields), json_of(row.account) if row.account else {}
        name = name_of(row.lead_id, fields, account)
        found.append(Described(row.lead, name, fields, account))
    return found


def account_fields(connection: Connection, ids: Sequence[str | None]) -> dict[str, Fields]:
    """The fields of some accounts, by id; those that are only named are left out."""
    wanted = sorted({one for one in ids if one is not None})
    query = select(A.account_id, A.fields)
    rows = connection.execute(query.where(among(A.account_id, wanted)))
    return {row.account_id: json_of(row.fields) for row in rows}
