"""What Salesforce's types of fields can take, for the check of a field map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tamis.server.delivery.crm.checks import CrmField
from tamis.server.delivery.crm.field_map import Type

TASK: Final = "Task"
NUMBERS: Final = frozenset[Type](("number",))
TEXTS: Final = frozenset[Type](("text", "long text"))
TAKES: Final[Mapping[str, frozenset[Type]]] = {
    "double": NUMBERS,
    "percent": NUMBERS,
    "currency": NUMBERS,
    "string": frozenset(("text",)),
    "textarea": TEXTS,
    "email": frozenset(("text",)),
    "id": frozenset(),
}
"""What is written into fields by their type. A whole number takes no score, which has decimals."""


def fields_of(described: Sequence[Mapping[str, Any]]) -> dict[str, CrmField]:
    """Fields as an object describes them, for the check."""
    return {str(one["name"]): _field(one) for one in described}


def _field(one: Mapping[str, Any]) -> CrmField:
    return CrmField(
        type=str(one["type"]),
        takes=TAKES.get(str(one["type"]), frozenset()),
        writable=bool(one.get("updateable")),
        unique=bool(one.get("externalId")),
        length=int(one.get("length") or 0),
    )
