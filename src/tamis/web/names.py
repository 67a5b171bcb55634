"""What a lead is called: its name, title and company, as far as its fields say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from tamis.server.read.answering import json_of
from tamis.server.store.among import among
from tamis.server.store.tables.people import accounts

NAMES = ("name", "full_name", "fullName", "contact_name")
FIRST, LAST = ("first_name", "firstName", "firstname"), ("last_name", "lastName", "lastname")
TITLES = ("job_title", "title", "jobTitle")
COMPANIES = ("company", "company_name", "organisation", "organization")
Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Name:
    """What a lead is called; `title` and `company` are empty where they are not known."""

    name: str
    title: str = ""
    company: str = ""


def name_of(lead_id: str, fields: Fields, account: Fields | None = None) -> Name:
    """The name that a lead's fields and those of its account give; the id where there is none.

    >>> name_of("u1", {"firstName": "Ada", "title": "CEO"}, {"name": "Tamis"})
    Name(name='Ada', title='CEO', company='Tamis')
    """
    whole = _first(fields, NAMES)
    parts = [_first(fields, FIRST), _first(fields, LAST)]
    joined = " ".join(part for part in parts if part)
    company = _first(account or {}, ("name", *COMPANIES)) or _first(fields, COMPANIES)
    email = _first(fields, ("email",))
    return Name(whole or joined or email or lead_id, _first(fields, TITLES), company)


def _first(fields: Fields, names: Sequence[str]) -> str:
    return next((str(fields[name]).strip() for name in names if fields.get(name)), "")


def account_fields(connection: Connection, ids: Sequence[str | None]) -> dict[str, Fields]:
    """The fields of some accounts, by id; those that are only named are left out."""
    wanted = sorted({one for one in ids if one is not None})
    query = select(accounts.c.account_id, accounts.c.fields)
    rows = connection.execute(query.where(among(accounts.c.account_id, wanted)))
    return {row.account_id: json_of(row.fields) for row in rows}
