"""Queries in SOQL: values, which people write, are quoted by the library."""

from __future__ import annotations

from tamis.server.delivery.crm.field_map import FIELD


def query(fields: list[str], object_: str, where: str, *values: object, rest: str = "") -> str:
    """A query; each `{}` in `where` stands for a value.

    Raises: ValueError for a name that is none.
    """
    from simple_salesforce.format import format_soql  # noqa: PLC0415 (of the extra)

    for name in (*fields, object_):
        if not FIELD.fullmatch(name):
            message = f"`{name}` is no name in SOQL"
            raise ValueError(message)
    begin = f"SELECT {', '.join(fields)} FROM {object_}"  # noqa: S608 (names are checked)
    return f"{begin} WHERE {format_soql(where, *values)}{rest}"
