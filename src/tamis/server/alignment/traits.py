"""What leads have in common: source, campaign, product, owner; as `DEFINITIONS` say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from tamis.server.alignment.histories import Handoff
from tamis.server.read.answering import json_of
from tamis.server.store.tables.messages import events
from tamis.server.store.tables.people import lead_values, leads

SOURCES, CAMPAIGNS, PRODUCT = ("source", "lead_source"), ("campaign",), "product"
E, V = events.c, lead_values.c


@dataclass(frozen=True)
class Traits:
    """By lead; a lead that has none is in none."""

    source: Mapping[int, str] = field(default_factory=dict)
    campaign: Mapping[int, str] = field(default_factory=dict)
    product: Mapping[int, str] = field(default_factory=dict)
    owner: Mapping[int, str] = field(default_factory=dict)


def traits(connection: Connection, handoffs: Sequence[Handoff], last: int) -> Traits:
    """The traits of all leads, by what was known at an instant."""
    return Traits(
        sources(connection, last),
        _first(connection, "utm_campaign", CAMPAIGNS, last),
        _products(connection, last),
        _owners(connection, handoffs),
    )


def sources(connection: Connection, last: int) -> Mapping[int, str]:
    """The source of every lead that has one."""
    return _first(connection, "utm_source", SOURCES, last)


def _first(
    connection: Connection, said: str, fields: Sequence[str], last: int
) -> Mapping[int, str]:
    """The earliest of what events say by a property and of what fields hold."""
    found: dict[int, tuple[int, int, str]] = {}
    values = select(V.lead, V.at, V.value).where(V.field.in_(fields), V.at <= last)
    for lead, at, value in connection.execute(values.order_by(V.at, V.field)):
        text = _text(json_of(value))
        if text and lead not in found:
            found[lead] = (at, 0, text)
    for lead, at, text in _of_events(connection, said, last):
        mine = (at, 1, text)
        if text and (lead not in found or mine < found[lead]):
            found[lead] = mine
    return {lead: text for lead, (_, _, text) in found.items()}


def _of_events(connection: Connection, name: str, last: int) -> list[tuple[int, int, str]]:
    """What the first event of each lead that has a property says in it."""
    place = func.row_number().over(partition_by=E.lead, order_by=(E.at, E.event_key))
    says = in_json(connection, E.properties, name)
    ranked = (
        select(E.lead, E.at, says.label("said"), place.label("place"))
        .where(_counting(name, last), says != "")
        .subquery()
    )
    r = ranked.c
    rows = connection.execute(select(r.lead, r.at, r.said).where(r.place == 1))
    return [(lead, at, str(said).strip()) for lead, at, said in rows]


def _products(connection: Connection, last: int) -> Mapping[int, str]:
    says = in_json(connection, E.properties, PRODUCT)
    counted = (
        select(E.lead, says.label("said"), func.count().label("n"))
        .where(_counting(PRODUCT, last), says != "")
        .group_by(E.lead, says)
    )
    found: dict[int, tuple[int, str]] = {}
    for lead, said, count in connection.execute(counted):
        mine = (-count, str(said))
        found[lead] = min(found.get(lead, mine), mine)
    products = {lead: said for lead, (_, said) in found.items()}
    latest = select(V.lead, V.value).where(V.field == PRODUCT, V.at <= last).order_by(V.at)
    fields = {lead: _text(json_of(value)) for lead, value in connection.execute(latest)}
    return {**{lead: text for lead, text in fields.items() if text}, **products}


def _counting(name: str, last: int) -> ColumnElement[bool]:
    # Looking for the name as text is quicker than to read every object.
    held = E.properties.contains(f'"{name}":', autoescape=True)
    return E.lead.is_not(None) & E.bot.is_(None) & (E.at <= last) & held


def in_json(connection: Connection, column: ColumnElement[str], name: str) -> ColumnElement[Any]:
    """A property of a JSON object in a column, as text; null without it."""
    if connection.dialect.name == "sqlite":
        return func.json_extract(column, f'$."{name}"')
    text: ColumnElement[Any] = cast(column, JSONB)[name].astext
    return text


def _owners(connection: Connection, handoffs: Sequence[Handoff]) -> Mapping[int, str]:
    """Of hand-offs in the order in which they were made, the latest."""
    sellers = select(leads.c.lead, leads.c.owner).where(leads.c.owner.is_not(None))
    found: dict[int, str] = dict(connection.execute(sellers).all())
    return found | {one.lead: one.owner for one in handoffs if one.owner}


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""
