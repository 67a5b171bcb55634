"""Reading the store for the copy: a range of keys at a time, each as one transaction sees it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from tamis.model.spec import Model
from tamis.server.read.export_facts import facts
from tamis.server.read.export_tables import Cells, Exported
from tamis.server.store.database import Database, slices
from tamis.server.store.tables import messages, models, people

E: Final = messages.events.c
KEY: Final = "tamis__lead"
"""The column of leads that holds the store's own key: ids change when two leads prove one."""
TIMES: Final = 4_294_967_291
FACTORS: Final = 997
"""Remainders keep the sums of a part within 64 bits, whatever the values."""


@dataclass(frozen=True)
class Read:
    """Rows of a range of keys: what they come to as cells, and a mark of what the store held."""

    mark: str
    cells: Sequence[Cells]


def tables_of(model: Model) -> Mapping[str, Exported]:
    """The tables of the copy, as a batch with the model reads them; leads have their key too."""
    found = dict(facts(model))
    return {**found, "leads": _keyed(found["leads"])}


def _keyed(leads: Exported) -> Exported:
    def made(rows: Sequence[Row[Any]], connection: Connection) -> Iterator[Cells]:
        for row, cells in zip(rows, leads.made(rows, connection), strict=True):
            yield [row.lead, *cells]

    return replace(leads, columns=[(KEY, "integer"), *leads.columns], made=made)


def ranged(table: Exported, number: int, size: int) -> Exported:
    """A table's rows whose keys are of one part."""
    (key,) = table.key
    within = (key >= number * size) & (key < (number + 1) * size)
    return replace(table, query=table.query.where(within))


def parts_of(connection: Connection, table: Exported, size: int) -> list[int]:
    """The numbers of the parts in which a table has rows; the first always."""
    (key,) = table.key
    found = connection.scalars(select(key // size).distinct())
    return sorted({0, *map(int, found)})


def rows_of(database: Database, table: Exported) -> Read:
    """The rows of a part, with a mark made of all that was read."""
    (key,) = table.key
    with database.read() as connection:
        rows = connection.execute(table.query.order_by(key)).all()
        cells = list(table.made(rows, connection))
    said = hashlib.sha256()
    for row in rows:
        said.update(repr(tuple(row)).encode())
    return Read(said.hexdigest()[:24], cells)


def event_marks(connection: Connection, size: int) -> dict[int, str]:
    """A mark of each part of the events that are of leads: of whom, when, and which are machines'.

    What an event says never changes. Both questions are answered from indexes alone.
    """
    part = (E.event_key // size).label("part")
    sums = (
        func.sum(E.event_key),
        func.sum(E.at % TIMES),
        func.sum(E.lead * (E.event_key % FACTORS + 1)),
    )
    of_leads = select(part, func.count(), *sums).where(E.lead.is_not(None)).group_by(part)
    bots = select(part, func.count(), func.sum(E.event_key)).where(E.bot.is_not(None))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for number, *counted in connection.execute(of_leads):
        found[int(number)] += map(int, counted)
    marks: dict[int, list[int]] = defaultdict(list, {number: [0] for number in found} | {0: [0]})
    for number, *counted in connection.execute(bots.group_by(part)):
        marks[int(number)] = [*map(int, counted)]
    return {
        number: "-".join(map(str, (*found.get(number, ()), *of_bots)))
        for number, of_bots in marks.items()
        if number in found or not number
    }


def parts_with(connection: Connection, leads: Collection[int], size: int) -> set[int]:
    """The parts that hold events of some leads."""
    found: set[int] = set()
    for some in slices(leads):
        parts = select(E.event_key // size).where(E.lead.in_(some)).distinct()
        found.update(map(int, connection.scalars(parts)))
    return found


def store_of(connection: Connection) -> str:
    """What tells a store from another one at the same place: when its first model was made."""
    made = models.versions.c.made_at
    return str(connection.scalar(select(func.min(made))) or 0)


def erasures(connection: Connection) -> str:
    """What tells whether a person was erased since: how many were, and the latest instant."""
    erased = people.erased.c
    number, latest = connection.execute(
        select(func.count(), func.max(erased.at)).select_from(people.erased)
    ).one()
    return f"{number}/{latest or 0}"
