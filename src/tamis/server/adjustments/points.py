"""Manual points as scoring reads them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from tamis.server.store.among import among
from tamis.server.store.tables.people import adjustments


class Points(NamedTuple):
    """Points given to a dimension of a lead, in thousandths; days are numbers, null: no bound."""

    lead: int
    dimension: str
    points: int
    first_day: int | None
    last_day: int | None


def points_of(connection: Connection, some: Collection[int], model: str) -> list[Points]:
    """What counts, or will or did count on some day, for leads under a model; withdrawn left out.

    Several entries of a lead and dimension add up.
    """
    found: list[Points] = []
    chosen = select(*(adjustments.c[name] for name in Points._fields)).where(
        among(adjustments.c.lead, some),
        adjustments.c.model == model,
        adjustments.c.withdrawn_at.is_(None),
    )
    found += [Points(*row) for row in connection.execute(chosen)]
    return found
