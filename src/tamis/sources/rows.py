"""Sequences of mappings, as columns of Python values of one type each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal

LARGEST = 2**63
UTC = timezone.utc  # noqa: UP017 (spelled for the type checker of Python 3.11)


def columns(rows: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    """The rows by column, in the order in which names appear; null where a row lacks a name."""
    names = dict.fromkeys(str(name) for row in rows for name in row)
    return {name: _alike([_known(row.get(name)) for row in rows]) for name in names}


def _known(value: object) -> object:
    """A value, null where it is what data frames write for a missing one: not even like itself."""
    return None if isinstance(value, float | datetime) and value != value else value  # noqa: PLR0124


def _alike(values: list[object]) -> list[object]:
    """The values, made of one type: as they are when they are, else as text."""
    kinds = {_kind(value) for value in values if value is not None}
    if len(kinds) == 1 and (kind := next(iter(kinds))) != "other":
        return [_utc(value) for value in values] if kind == "timestamp" else values
    return [None if value is None else _text(value) for value in values]


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer" if -LARGEST <= value < LARGEST else "other"
    if isinstance(value, str):
        return "text"
    if isinstance(value, datetime):
        return "timestamp"
    return "date" if isinstance(value, date) else "other"


def _utc(value: object) -> object:
    """An instant in UTC without its zone: no offset means UTC."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return str(_utc(value))
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))  # whole numbers with gaps become floats in data frames
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    return (
        json.dumps(value, default=str, ensure_ascii=False)
        if isinstance(value, Mapping | list | tuple)
        else str(value)
    )
