"""The audit read: who changed what and when."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

import msgspec
from litestar import get
from litestar.params import QueryParameter
from sqlalchemy import Connection, Select, select

from tamis.server.clock import written
from tamis.server.problems import bad_request
from tamis.server.security.answers import Entries, Entry
from tamis.server.security.door import Joined
from tamis.server.security.guards import allows
from tamis.server.security.permissions import Permission
from tamis.server.store.tables import access

LARGEST_ENTRY = 2**63 - 1
Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="Entries at most.")]
Before = Annotated[
    str | None, QueryParameter(description="The cursor `next` of an earlier answer.")
]
Who = Annotated[str | None, QueryParameter(description="Only by this login or `key:<id>`.")]
Subject = Annotated[str | None, QueryParameter(description="Only about this, as `user:ada`.")]


@get("/v1/audit", guards=[allows(Permission.ADMIN)], sync_to_thread=True)
def list_audit(
    door: Joined,
    cursor: Before = None,
    limit: Limit = 100,
    who: Who = None,
    subject: Subject = None,
) -> Entries:
    """Every change that somebody made, the latest first."""
    with door.server.database.read() as connection:
        return entries(connection, cursor, limit, who=who, subject=subject)


def entries(
    connection: Connection,
    cursor: str | None = None,
    limit: int = 100,
    *,
    who: str | None = None,
    subject: str | None = None,
    actions: Collection[str] = (),
) -> Entries:
    """Changes before a cursor, the latest first; of some actions alone, if any is named.

    Raises: Problem 400 for a cursor that is none, and for what no audit can hold.
    """
    query = _query(cursor, who, subject)
    if actions:
        query = query.where(access.audit.c.action.in_(actions))
    rows = connection.execute(query.limit(limit + 1)).all()
    found = [
        Entry(
            row.entry,
            written(row.at),
            row.who,
            row.action,
            row.subject,
            msgspec.json.decode(row.details),
            row.request_id,
        )
        for row in rows[:limit]
    ]
    return Entries(found, str(found[-1].entry) if len(rows) > limit else None)


def _query(cursor: str | None, who: str | None, subject: str | None) -> Select[tuple[object, ...]]:
    table = access.audit
    query = select(table).order_by(table.c.entry.desc())
    if cursor is not None:
        query = query.where(table.c.entry < _entry(cursor))
    for column, value in ((table.c.who, who), (table.c.subject, subject)):
        if value is not None:
            if not value.isprintable():
                raise bad_request("nothing in the audit has a sign that cannot be printed")
            query = query.where(column == value)
    return query


def _entry(cursor: str) -> int:
    if cursor.isascii() and cursor.isdigit() and int(cursor[:20]) <= LARGEST_ENTRY:
        return int(cursor[:20])
    raise bad_request("the cursor is none that was given: take `next` of an earlier answer")


HANDLERS = (list_audit,)
