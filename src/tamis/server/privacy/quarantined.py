"""The quarantine, seen from a person: which messages put aside name them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, select

from tamis.server.store.database import slices
from tamis.server.store.tables.messages import quarantine

IDS: Final = frozenset(
    {"userid", "anonymousid", "previousid", "leadid", "email", "id", "username", "person"}
)
"""Names under which an id of a person stands, without `_` and in small letters."""
SURE: Final = 8
"""A text as long as this is theirs wherever it stands; a shorter one may be anything."""


def naming(
    connection: Connection, values: Collection[str], after: int = 0
) -> tuple[list[int], int]:
    """Entries later than `after` that name a person, and the last entry looked at."""
    c, last = quarantine.c, after
    known, small = set(values), {value.lower() for value in values}
    found: list[int] = []
    rows = connection.execute(
        select(c.entry, c.person, c.message).where(c.entry > after).order_by(c.entry),
        execution_options={"yield_per": 500},
    )
    for row in rows:
        last = row.entry
        if row.person in known or _names(bytes(row.message), small):
            found.append(row.entry)
    return found, last


def message_ids(connection: Connection, entries: Sequence[int]) -> list[str]:
    """The message ids of entries that have one."""
    c = quarantine.c
    found: list[str] = []
    for some in slices(entries):
        chosen = select(c.message_id).where(c.entry.in_(some), c.message_id.is_not(None))
        found += connection.scalars(chosen)
    return found


def drop(connection: Connection, entries: Sequence[int]) -> int:
    """Delete entries; gives how many."""
    return sum(
        connection.execute(delete(quarantine).where(quarantine.c.entry.in_(some))).rowcount
        for some in slices(entries)
    )


def _names(message: bytes, values: Collection[str]) -> bool:
    try:
        read = msgspec.json.decode(message)
    except (ValueError, RecursionError):
        # What is no JSON is searched as it stands; so is what was cut at its 32 KB.
        text = message.decode(errors="replace").lower()
        return any(value in text for value in values if len(value) >= SURE or "@" in value)
    return any(_is_theirs(name, text.lower(), values) for name, text in _texts(read))


def _is_theirs(name: str, text: str, values: Collection[str]) -> bool:
    if name.replace("_", "").lower() in IDS:
        return text in values
    return any(value in text for value in values if len(value) >= SURE or "@" in value)


def _texts(read: object) -> Iterator[tuple[str, str]]:
    """Every text and number of a message, with the name under which it stands."""
    waiting: list[tuple[str, object]] = [("", read)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, dict):
            waiting += value.items()
        elif isinstance(value, list):
            waiting += ((name, one) for one in value)
        elif isinstance(value, str | int | float):
            yield name, str(value)
