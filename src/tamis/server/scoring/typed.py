"""Values as clients send them, in the types that a model declares: for live and for export."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

import msgspec

from tamis.model.spec import Field, FieldType
from tamis.sources.text_cells import NO, YES

Cell = str | int | Decimal | bool | date | datetime | None

WHOLE = re.compile(r"[+-]?[0-9]{1,19}(\.0{0,2})?")
PLAIN = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOST = Decimal(10) ** 18
MICRO = Decimal("0.000001")
LOWEST, HIGHEST = -(2**63), 2**63 - 1
HUMP = re.compile(r"_([a-z0-9])")


class UnreadableError(ValueError):
    """A value that is not of the declared type; says which type was expected."""


def camel(name: str) -> str:
    """The name as JavaScript writes it.

    >>> camel("job_title")
    'jobTitle'
    """
    return HUMP.sub(lambda found: found[1].upper(), name)


def value_in(values: Mapping[str, object], name: str) -> object:
    """A field by its name, or by its name as JavaScript writes it; None: not known."""
    found = values.get(name)
    return values.get(camel(name)) if found is None else found


def cell(value: object, to: FieldType, zone: ZoneInfo) -> Cell:
    """A JSON value as a value of a type; None and empty text are not known.

    Numbers are rounded to 6 decimals, timestamps are in UTC without a zone of their own.
    Raises: UnreadableError.
    """
    if value is None or value == "":
        return None
    match to:
        case "text":
            return value if isinstance(value, str) else msgspec.json.encode(value).decode()
        case "integer":
            return _integer(value)
        case "number":
            return _number(value)
        case "boolean":
            return _boolean(value)
        case "date":
            return _date(value, zone)
        case "timestamp":
            return _timestamp(value, zone)


def _written(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return ""
    return str(value).strip()


def _integer(value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    written = _written(value)
    if WHOLE.fullmatch(written):
        number = int(written.partition(".")[0])
        if LOWEST <= number <= HIGHEST:
            return number
    message = "a whole number is expected"
    raise UnreadableError(message)


def _number(value: object) -> Decimal:
    written = _written(value)
    if PLAIN.fullmatch(written):
        try:
            number = Decimal(written).quantize(MICRO, ROUND_HALF_UP)
        except InvalidOperation:
            number = MOST
        if abs(number) < MOST:
            return number
    message = "a number is expected"
    raise UnreadableError(message)


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    written = _written(value).lower()
    if written in YES or written in NO:
        return written in YES
    message = "true or false is expected"
    raise UnreadableError(message)


def _date(value: object, zone: ZoneInfo) -> date:
    written = value.strip() if isinstance(value, str) else ""
    try:
        if DAY.fullmatch(written):
            return date.fromisoformat(written)
        if DAY.match(written):
            moment = datetime.fromisoformat(written)
            return moment.astimezone(zone).date() if moment.tzinfo else moment.date()
    except (ValueError, OverflowError):
        pass
    message = "a date is expected, as 2026-11-22"
    raise UnreadableError(message)


def _timestamp(value: object, zone: ZoneInfo) -> datetime:
    written = value.strip() if isinstance(value, str) else ""
    try:
        if DAY.fullmatch(written):
            midnight = datetime.combine(date.fromisoformat(written), time(), zone)
            return midnight.astimezone(UTC).replace(tzinfo=None)
        if DAY.match(written):
            moment = datetime.fromisoformat(written)
            return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        pass
    message = "a time is expected, as 2026-11-22T09:30:00Z"
    raise UnreadableError(message)


def cells(
    values: Mapping[str, object], fields: tuple[Field, ...], zone: ZoneInfo
) -> list[Cell] | None:
    """The declared fields of a row; None when one of them cannot be read."""
    try:
        return [cell(value_in(values, field.name), field.type, zone) for field in fields]
    except UnreadableError:
        return None
