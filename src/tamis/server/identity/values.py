"""Fields of leads and accounts: each value since when it holds; the latest is the field's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, select

from tamis.server.store.among import among
from tamis.server.store.database import Database
from tamis.server.store.tables.people import account_values, lead_values

ACCOUNT, OWNER = ":account_id", ":owner"
"""Fields of a lead that are columns of their own; no client's field begins with a colon."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value of a field of a lead or account, `of` by its key, since `at` (microseconds)."""

    of: int
    field: str
    at: int
    value: object
    source: str


def keep(connection: Connection, database: Database, table: Table, said: Iterable[Said]) -> None:
    """Write values down; at one instant the greatest text holds, whichever came first."""
    key = key_of(table)
    rows: dict[tuple[int, str, int], dict[str, Any]] = {}
    for one in said:
        text = msgspec.json.encode(one.value).decode()
        place = one.of, one.field, one.at
        if place not in rows or text > rows[place]["value"]:
            rows[place] = {
                key: one.of, "field": one.field, "at": one.at, "value": text, "source": one.source
            }  # fmt: skip
    if not rows:
        return
    upsert = database.upsert(table, (key, "field", "at"), ("value", "source"), greatest="value")
    connection.execute(upsert, list(rows.values()))


def key_of(table: Table) -> str:
    """The column that names whose values a table holds."""
    return {lead_values.name: "lead", account_values.name: "account"}[table.name]


def latest(
    connection: Connection, table: Table, some: Collection[int]
) -> Mapping[int, dict[str, object]]:
    """The value of each field that holds now, by key; an emptied field is left out."""
    found: defaultdict[int, dict[str, object]] = defaultdict(dict)
    if not some:
        return found
    key = table.c[key_of(table)]
    chosen = (
        select(key, table.c.field, table.c.value)
        .where(among(key, some))
        .order_by(key, table.c.field, table.c.at)
    )
    for of, field, value in connection.execute(chosen):
        found[of][field] = msgspec.json.decode(value)
    return {
        one: {name: value for name, value in found[one].items() if value is not None}
        for one in some
    }
