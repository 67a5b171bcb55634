"""Manual points given, listed and withdrawn; a withdrawn entry stays, and counts no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import Connection, Row, insert, select, update

from tamis.server import audit
from tamis.server.clock import day_in, day_number, day_of, micros, written
from tamis.server.identity.named import lead_named
from tamis.server.models import stored
from tamis.server.models.alerts import loaded
from tamis.server.models.said import refused, said
from tamis.server.models.steps import Maker
from tamis.server.problems import conflict, not_found
from tamis.server.store.keys import row_of
from tamis.server.store.tables.people import adjustments, leads
from tamis.sql.numbers import MILLI, scaled

if TYPE_CHECKING:
    from tamis.server.scoring.live import LiveScores

LIMIT = 10_000


class NewAdjustment(Struct, forbid_unknown_fields=True):
    """Points to add to a dimension: at most 10,000 either way, not 0, 3 decimals; and why.

    `last_day` is the last day on which they count, in the model's time zone; null: for good.
    """

    model: Annotated[str, Meta(max_length=200)]
    dimension: Annotated[str, Meta(max_length=200)]
    points: Annotated[float, Meta(ge=-LIMIT, le=LIMIT)]
    reason: Annotated[str, Meta(max_length=2_000)]
    last_day: date | None = None


class Adjustment(Struct):
    """Manual points of a lead; they count from `first_day` to `last_day`, unless withdrawn."""

    adjustment: int
    lead_id: str
    model: str
    dimension: str
    points: float
    reason: str
    made_by: str
    made_at: str
    first_day: date
    last_day: date | None
    withdrawn_at: str | None
    withdrawn_by: str | None


@dataclass(frozen=True)
class Giver:
    """Gives and withdraws points within a transaction, and has the lead's scores made anew."""

    connection: Connection
    maker: Maker
    scores: LiveScores

    def give(self, named: str, new: NewAdjustment) -> Adjustment:
        """Add points to a lead, named as for `lead_named`. Raises: Problem 400, 404, 409."""
        lead = lead_named(self.connection, named)
        first = self._first_day(new)
        row = {
            "lead": lead,
            "model": new.model,
            "dimension": new.dimension,
            "points": scaled(_points(new.points), MILLI),
            "reason": said("reason", new.reason, required=True),
            "made_by": self.maker.who,
            "made_at": micros(self.maker.at),
            "first_day": first,
            "last_day": _last_day(new.last_day, first),
        }
        made = insert(adjustments).values(row).returning(adjustments.c.adjustment)
        entry = self.connection.execute(made).scalar_one()
        self._settle("adjustment.give", entry, lead)
        return read(self.connection, entry)

    def withdraw(self, entry: int) -> Adjustment:
        """Take points back, from today on. Raises: Problem 404, 409."""
        found = read(self.connection, entry)
        if found.withdrawn_at is not None:
            detail = f"{found.withdrawn_by} has withdrawn these points already"
            raise conflict(detail)
        chosen = adjustments.c.adjustment == entry
        at = {"withdrawn_at": micros(self.maker.at), "withdrawn_by": self.maker.who}
        self.connection.execute(update(adjustments).where(chosen).values(at))
        self._settle("adjustment.withdraw", entry, lead_named(self.connection, found.lead_id))
        return read(self.connection, entry)

    def _settle(self, action: str, entry: int, lead: int) -> None:
        audit.record(self.connection, self.maker.at, self.maker.who, action, str(entry))
        self.scores.rescore(self.connection, [lead], "manual")

    def _first_day(self, new: NewAdjustment) -> int:
        """Today in the time zone of the model's active version, which has the dimension."""
        active = stored.active(self.connection, new.model)
        if active is None:
            detail = "no version of such a model is active"
            raise conflict(detail)
        model = loaded(active.yaml)
        if model.dimension(new.dimension) is None:
            names = ", ".join(dimension.name for dimension in model.dimensions)
            detail = "dimension"
            raise refused(detail, f"the active version has no such dimension: it has {names}")
        return day_number(day_in(model.timezone, self.maker.at))


def _points(written: float) -> Decimal:
    """The points as they were written: the shortest text of a float is what JSON had."""
    points = Decimal(repr(written))
    if not points.is_finite():
        # Bodies are read leniently: a text of a number is one, and `nan` is within all bounds.
        raise refused("points", "points are a number")
    if abs(points) > LIMIT:
        raise refused("points", f"points are at most {LIMIT} either way")
    if not points:
        raise refused("points", "0 points change nothing")
    if points != round(points, 3):
        raise refused("points", "points have at most 3 decimals")
    return points


def _last_day(last: date | None, first: int) -> int | None:
    if last is None:
        return None
    if day_number(last) < first:
        detail = "last_day"
        raise refused(detail, f"the last day is past: today is {day_of(first)}")
    return day_number(last)


# Reading -----------------------------------------------------------------------------------------


JOINED = select(adjustments, leads.c.lead_id).join(leads, leads.c.lead == adjustments.c.lead)


def read(connection: Connection, entry: int) -> Adjustment:
    """An entry, withdrawn or not. Raises: Problem 404."""
    row = row_of(connection, JOINED, adjustments.c.adjustment, entry)
    if row is None:
        detail = f"there are no manual points {entry}"
        raise not_found(detail)
    return _adjustment(row)


def of_lead(connection: Connection, named: str) -> list[Adjustment]:
    """Everything given to a lead, the latest first. Raises: Problem 404, 409."""
    chosen = JOINED.where(adjustments.c.lead == lead_named(connection, named))
    found = connection.execute(chosen.order_by(adjustments.c.adjustment.desc()))
    return [_adjustment(row) for row in found]


def _adjustment(row: Row[Any]) -> Adjustment:
    return Adjustment(
        row.adjustment,
        row.lead_id,
        row.model,
        row.dimension,
        row.points / MILLI,
        row.reason,
        row.made_by,
        written(row.made_at),
        day_of(row.first_day),
        None if row.last_day is None else day_of(row.last_day),
        None if row.withdrawn_at is None else written(row.withdrawn_at),
        row.withdrawn_by,
    )
