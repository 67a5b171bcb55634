"""Places in the history of scores: its entries are numbered as they come."""

from __future__ import annotations

from sqlalchemy import Connection, select

from tamis.server.store.keys import highest
from tamis.server.store.tables.scoring import score_history


def latest_entry(connection: Connection) -> int:
    """The latest entry of the history; 0 for none."""
    return highest(connection, score_history.c.entry)


def entry_before(connection: Connection, instant: int) -> int:
    """The entry up to which all are earlier than an instant (microseconds); 0 for none.

    Found by halving, for entries rise as time goes on: where a clock was set back, nearly so.
    """
    h = score_history.c
    low, high = 0, latest_entry(connection)
    while low < high:
        middle = (low + high + 1) // 2
        at = select(h.at).where(h.entry >= middle).order_by(h.entry).limit(1)
        found = connection.scalar(at)
        low, high = (middle, high) if found is not None and found < instant else (low, middle - 1)
    return low
