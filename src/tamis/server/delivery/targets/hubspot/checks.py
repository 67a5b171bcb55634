"""What HubSpot's types of properties can take, for the check of a field map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tamis.server.delivery.crm.checks import CrmField
from tamis.server.delivery.crm.field_map import Type

TAKES: Final[Mapping[str, frozenset[Type]]] = {
    "number": frozenset(("number",)),
    # HubSpot keeps one and several lines in the same type of property.
    "string": frozenset(("text", "long text")),
}
"""What is written into properties by their type; which values an enumeration has is not known."""


def fields_of(properties: Mapping[str, Any]) -> dict[str, CrmField]:
    """Properties as HubSpot describes them, for the check."""
    return {name: _field(one) for name, one in properties.items()}


def _field(described: Any) -> CrmField:  # noqa: ANN401 (untyped)
    said = described.modification_metadata
    read_only = bool(said is not None and said.read_only_value) or bool(described.calculated)
    return CrmField(
        type=str(described.type),
        takes=TAKES.get(str(described.type), frozenset()),
        writable=not read_only,
        unique=bool(described.has_unique_value),
    )
