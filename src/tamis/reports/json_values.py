"""What reports give to programs: frozen data as values that JSON can write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path


def as_json_value(value: object) -> object:
    """A frozen dataclass as a mapping, or what it holds, as JSON can write it.

    Days and instants are in ISO 8601. Numbers become floats where they have decimals: exact sums
    are for the attributes.

    >>> as_json_value((Decimal("2.50"), Decimal("3.00"), date(2026, 11, 21), None))
    [2.5, 3, '2026-11-21', None]
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json_value(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [as_json_value(element) for element in value]
    return value
