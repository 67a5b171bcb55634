"""Values of a `values:` rule: what a text of the model means for a field of a type."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from tamis.model.document import DAY
from tamis.model.spec import FieldType

PLAIN_NUMBER = re.compile(r"[-+]?[0-9]{1,18}(\.[0-9]{1,6})?")
BOOLEANS = {"true": True, "false": False}

Value = str | Decimal | bool | date | datetime


def value_of(type_: FieldType, written: str) -> Value | None:
    """What is written, as a value of the type; None when it is none.

    A timestamp is in UTC and has no zone of its own, as in the chain: without an offset it is meant
    in UTC, a day alone is its midnight there.

    >>> value_of("timestamp", "2026-01-01T10+02:00"), value_of("date", "2026-02-30")
    (datetime.datetime(2026, 1, 1, 8, 0), None)
    """
    match type_:
        case "text":
            return written
        case "integer" | "number":
            return Decimal(written) if PLAIN_NUMBER.fullmatch(written) else None
        case "boolean":
            return BOOLEANS.get(written.lower())
        case "date":
            return _date(written)
        case "timestamp":
            return _timestamp(written)


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if DAY.fullmatch(written) else None
    except ValueError:
        return None


def _timestamp(written: str) -> datetime | None:
    try:
        if not DAY.match(written):
            return None
        instant = datetime.fromisoformat(written)
        return instant.astimezone(UTC).replace(tzinfo=None) if instant.tzinfo else instant
    except (ValueError, OverflowError):
        return None
