"""Keys that the database gives out: whole numbers from 1 on."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select

LARGEST: Final = 2**63 - 1
"""The largest key there can be: the databases' drivers refuse larger numbers."""


def row_of(
    connection: Connection,
    chosen: Select[Any],
    column: Any,  # noqa: ANN401 (a column of any table)
    key: int,
) -> Row[Any] | None:
    """The row of a key, of those that a query chooses; None for none, whatever the number."""
    if not 0 < key <= LARGEST:
        return None
    return connection.execute(chosen.where(column == key)).first()


def highest(connection: Connection, column: Any) -> int:  # noqa: ANN401 (a column of any table)
    """The highest value of a key; 0 for none. There is one writer, so it is safe to count on."""
    found: int | None = connection.execute(_highest(column)).scalar()
    return found or 0


@cache
def _highest(column: Any) -> Select[Any]:  # noqa: ANN401
    return select(func.max(column))
