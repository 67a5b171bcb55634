"""Accounts, with the score that their leads make; also those that only a lead names."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, select

from tamis.server.clock import day_of
from tamis.server.models.versions import Version
from tamis.server.problems import not_found
from tamis.server.read.answering import hundredths, json_of, plain
from tamis.server.read.answers import AccountPage, AccountWithLeads, ScoredAccount
from tamis.server.read.catalogue import today
from tamis.server.read.cursor import opened, sealed
from tamis.server.read.fresh import Stored, fresh
from tamis.server.read.rollup import account_score
from tamis.server.read.verdicts import L, scored, scored_lead
from tamis.server.server import Server
from tamis.server.store.database import slices
from tamis.server.store.tables import people

A = people.accounts
PEOPLE = 1000


def account_page(
    server: Server, connection: Connection, version: Version, cursor: str | None, limit: int
) -> AccountPage:
    """Accounts by id. Raises: Problem 400 for a bad cursor."""
    behind = str(opened("account", cursor, str)[0]) if cursor is not None else None
    ids = _ids(connection, behind, limit + 1)
    page = AccountPage(_scored(server, connection, version, ids[:limit]))
    if len(ids) > limit:
        page.next = sealed("account", ids[limit - 1])
    return page


def one_account(
    server: Server, connection: Connection, version: Version, account_id: str
) -> AccountWithLeads:
    """An account with its leads. Raises: Problem 404."""
    plain("account_id", account_id)
    leads = _leads(server, connection, version, [account_id]).get(account_id, [])
    fields = _fields(connection, [account_id]).get(account_id)
    named = select(L.c.lead).where(L.c.account_id == account_id).limit(1)
    if fields is None and connection.execute(named).first() is None:
        raise not_found("there is no such account")
    day = today(version, server.clock)
    leads.sort(key=lambda row: (row["turn"], row["lead_id"]))
    shown = [scored_lead(version, row, day) for row in leads[:PEOPLE]]
    said = _said(version, account_id, leads, fields, day)
    told = {name: getattr(said, name) for name in said.__struct_fields__}
    return AccountWithLeads(**told, people=shown)


def _ids(connection: Connection, behind: str | None, limit: int) -> list[str]:
    """Ids in order, of accounts that are described and of those that leads name."""
    found: set[str] = set()
    for column in (A.c.account_id, L.c.account_id):
        query = select(column).where(column.is_not(None)).distinct()
        if behind is not None:
            query = query.where(column > behind)
        found.update(connection.execute(query.order_by(column).limit(limit)).scalars())
    return sorted(found)[:limit]


def _scored(
    server: Server, connection: Connection, version: Version, ids: Collection[str]
) -> list[ScoredAccount]:
    leads = _leads(server, connection, version, ids)
    fields = _fields(connection, ids)
    day = today(version, server.clock)
    return [_said(version, id_, leads.get(id_, []), fields.get(id_), day) for id_ in ids]


def _said(
    version: Version,
    account_id: str,
    leads: list[Stored],
    fields: dict[str, Any] | None,
    day: int,
) -> ScoredAccount:
    made = account_score(version.model, leads)
    return ScoredAccount(
        account_id=account_id,
        model=version.name,
        version=version.number,
        as_of=day_of(day),
        leads=made.leads,
        score=hundredths(made.score),
        best_lead_id=made.best_lead_id,
        fields=fields,
    )


def _leads(
    server: Server, connection: Connection, version: Version, ids: Collection[str]
) -> dict[str, list[Stored]]:
    found: dict[str, list[Stored]] = {}
    for some in slices(ids):
        query = scored(version).where(L.c.account_id.in_(some))
        stored = [dict(row) for row in connection.execute(query).mappings()]
        for row in fresh(server, connection, version, stored):
            found.setdefault(row["account_id"], []).append(row)
    return found


def _fields(connection: Connection, ids: Collection[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for some in slices(ids):
        query = select(A.c.account_id, A.c.fields).where(A.c.account_id.in_(some))
        found |= {row.account_id: json_of(row.fields) for row in connection.execute(query)}
    return found
