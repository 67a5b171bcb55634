"""The inventory: the events, pages and fields found in the data, and which rules look at them."""

from __future__ import annotations

from collections.abc import Mapping

from tamis.engines.base import Session
from tamis.model.spec import Table
from tamis.reports.inventory.columns import raw_columns
from tamis.reports.inventory.events import events, pages, raw_stream
from tamis.reports.inventory.found import (
    EventFound,
    FieldFound,
    Frequent,
    IdleRule,
    Inventory,
    PageFound,
)
from tamis.reports.inventory.measures import MOST_FREQUENT, measured_fields
from tamis.reports.inventory.modelled import Questions
from tamis.reports.inventory.shown import shown
from tamis.run import Result

__all__ = [
    "EventFound",
    "FieldFound",
    "Frequent",
    "IdleRule",
    "Inventory",
    "PageFound",
    "inventory",
    "inventory_of",
    "shown",
]

RAW: Mapping[str, Table] = {"leads": "lead", "accounts": "account", "events": "event"}


def inventory(result: Result) -> Inventory:
    """What the data of a result hold, and which rules of its model look at it.

    Fields are those that the model declares. It takes a few passes over the events.

    Raises: EngineError when the engine gives up.
    """
    return Questions(result).inventory()


def inventory_of(
    session: Session, tables: Mapping[str, str], most: int = MOST_FREQUENT
) -> Inventory:
    """What tables of a session hold, without a model.

    `tables` names the relation of `leads`, `accounts` and `events`, any of them left out; `most` is
    how many frequent values a field has at most. The type of a text column is told from what is
    written in it.

    Raises: EngineError when the engine gives up.
    """
    raw = {RAW[name]: relation for name, relation in tables.items()}
    columns = {kind: raw_columns(session, kind, relation) for kind, relation in raw.items()}
    fields = tuple(
        field
        for kind, relation in raw.items()
        for field in measured_fields(session, relation, columns[kind], most)
    )
    stream = raw_stream(raw["event"], columns["event"]) if "event" in raw else None
    if stream is None:
        return Inventory((), (), 0, fields)
    addresses = next((f.name for f in fields if f.table == "event" and f.addresses), None)
    address = next((seen.value for seen in columns["event"] if seen.name == addresses), None)
    found, in_all = pages(session, stream, address, ())
    return Inventory(tuple(events(session, stream)), found, in_all, fields)
