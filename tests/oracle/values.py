"""Values as the oracle holds them: exact numbers, text, booleans, days, instants, and null.

A number is a Fraction whatever it came from, an instant an aware datetime in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Value = Fraction | str | bool | date | datetime | None
Row = dict[str, Any]


class OracleError(ValueError):
    """The model or the facts break a rule of the specification."""


def exact(number: float | Decimal | Fraction | str) -> Fraction:
    """The number as written: 0.4 in a YAML file is four tenths, not the nearest binary float."""
    if isinstance(number, Fraction):
        return number
    return Fraction(Decimal(str(number)))


def half_away(number: Fraction, places: int) -> Fraction:
    """The number with that many decimals, a half going away from zero (places < 0: tens ...)."""
    scale = Fraction(10) ** places
    units = (abs(number) * scale * 2 + 1) // 2
    return Fraction(units) / scale * (-1 if number < 0 else 1)


def limited(number: Fraction, low: Fraction, high: Fraction) -> Fraction:
    """The number, no lower than `low` and no higher than `high`."""
    return max(low, min(high, number))


def cents(number: Fraction) -> Decimal:
    """The number rounded half away from zero to 2 decimals, as results show it."""
    return Decimal(int(half_away(number, 2) * 100)).scaleb(-2)


def decimal(number: Fraction) -> Decimal:
    """The same number as a Decimal; points times weights need 9 decimals at most."""
    billionths = number * 10**9
    if billionths.denominator != 1:
        raise OracleError(f"{number} needs more than 9 decimals")
    return Decimal(int(billionths)).scaleb(-9)


def instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    """The instant in UTC: no offset means UTC, a date alone the start of that day in the zone."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(0), zone).astimezone(UTC)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def day_of(moment: date | datetime, zone: ZoneInfo) -> date:
    """The calendar day in the zone."""
    if isinstance(moment, datetime):
        return instant(moment, zone).astimezone(zone).date()
    return moment


def read(value: Any, kind: str, zone: ZoneInfo) -> Value:
    """A fact's value by its declared type; `number` is rounded to 6 decimals on reading."""
    if value is None:
        return None
    match kind:
        case "integer":
            return exact(value)
        case "number":
            return half_away(exact(value), 6)
        case "text":
            return str(value)
        case "boolean":
            return bool(value)
        case "date":
            return day_of(value, zone)
        case "timestamp":
            return instant(value, zone)
        case _:
            raise OracleError(f"unknown type {kind}")


def fold(text: str) -> str:
    """Lower case, code point by code point, one for one."""
    return "".join(letter.lower()[0] for letter in text)


def raised(text: str) -> str:
    """Upper case, code point by code point; a letter without a one-letter upper case stays."""
    return "".join(up if len(up := letter.upper()) == 1 else letter for letter in text)
