"""Points that people gave leads by hand, as far as they count on the day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from tests.oracle.facts import required
from tests.oracle.values import OracleError, Row, exact


def manual(model: Row, rows: Iterable[Row], as_of: date) -> dict[tuple[str, str], Fraction]:
    """The sum of the points of each lead and dimension."""
    sums: dict[tuple[str, str], Fraction] = {}
    for row in rows:
        key, points = (required(row, "lead_id"), required(row, "dimension")), allowed(row)
        if key[1] not in model["dimensions"]:
            raise OracleError(f"there is no dimension {key[1]}")
        first, last = row.get("first_day") or date.min, row.get("last_day") or date.max
        if first <= as_of <= last:
            sums[key] = sums.get(key, Fraction(0)) + points
    return sums


def allowed(row: Row) -> Fraction:
    """The points of a row: at most 3 decimals, at most 10,000."""
    if row.get("points") is None:
        raise OracleError("a row without points")
    points = exact(row["points"])
    if (points * 1000).denominator != 1 or abs(points) > 10_000:
        raise OracleError(f"{points} cannot be given")
    return points
