"""Lines: waiting work that the same people may take, in its order, found without reading all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, Select, literal_column, select

from tamis.server.store.tables.work import handoffs
from tamis.server.work.handoffs import Handoff, handoff_of

H = handoffs.c
WAITS: Final = H.state == literal_column("'waiting'")
"""Written out: SQLite takes an index of some rows only where it sees that these are asked for."""
PLACE: Final = (H.queue, H.model, H.place, H.wanted)


FIRST: Final = select(*PLACE).where(WAITS).order_by(*PLACE).limit(1)


class Line(NamedTuple):
    """Of one queue and model, of one territory (-1: none), for one person (empty: for anybody)."""

    queue: str
    model: str
    place: int
    wanted: str


def lines(connection: Connection) -> Iterator[Line]:
    """The lines in which there is work, each found by one step in the index."""
    row: Row[Any] | None = _first(connection, FIRST)
    while row is not None:
        line = Line(row.queue, row.model, row.place, row.wanted)
        yield line
        row = _after(connection, line)


def _after(connection: Connection, line: Line) -> Row[Any] | None:
    """The next one: of the same place for somebody else, else of the next place, and so on.

    Step by step: to compare all four at once, SQLite would read the whole queue.
    """
    for depth in reversed(range(len(PLACE))):
        same = [PLACE[number] == line[number] for number in range(depth)]
        found = _first(connection, FIRST.where(*same, PLACE[depth] > line[depth]))
        if found is not None:
            return found
    return None


def _first(connection: Connection, chosen: Select[Any]) -> Row[Any] | None:
    return connection.execute(chosen).first()


def heads(connection: Connection, line: Line, number: int) -> list[Handoff]:
    """The first of a line, in order: whose turn is lower, then who came earlier."""
    mine = (H.queue == line.queue) & (H.model == line.model) & (H.place == line.place)
    chosen = select(handoffs).where(WAITS, mine, H.wanted == line.wanted)
    rows = connection.execute(chosen.order_by(H.turn, H.handoff).limit(number))
    return [handoff_of(row) for row in rows]
