"""Manual points as scoring reads them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from tamis.server.store.among import among_given
from tamis.server.store.tables.people import adjustments


class Points(NamedTuple):
    """Points given to a dimension of a lead, in thousandths; days are numbers, null: no bound."""

    lead: int
    dimension: str
    points: int
    first_day: int | None
    last_day: int | None


COUNTING = select(*(adjustments.c[name] for name in Points._fields)).where(
    among_given(adjustments.c.lead),
    adjustments.c.model == bindparam("of"),
    adjustments.c.withdrawn_at.is_(None),
)


def points_of(connection: Connection, some: Collection[int], model: str) -> list[Points]:
    """What counts, or will or did count on some day, for leads under a model; withdrawn left out.

    Several entries of a lead and dimension add up.
    """
    rows = connection.execute(COUNTING, {"given": list(some), "of": model}).all()
    return [Points(*row) for row in rows]
