"""What a CRM is told: of which type the field must be that takes it, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tamis.server.delivery.crm.field_map import Named, ObjectMap, Role, Type

Writing = Callable[[Any], Any]
ACTIONS = 10
"""Actions that stand on a record, the latest first."""
LONGEST = 30_000
"""Characters of a long text: what both CRMs take with room to spare."""

TOLD: Mapping[Role, Mapping[str, Type]] = {
    "lead": {
        "lead_id": "text",
        "model": "text",
        "score": "number",
        "cell": "text",
        "stage": "text",
        "status": "text",
        "play": "text",
        "reasons": "long text",
        "actions": "long text",
    },
    "account": {
        "account_id": "text",
        "score": "number",
        "leads": "number",
    },
}
"""Everything that a map may write of a lead and of an account, by the name that it has there."""


def values_of(object_: ObjectMap, payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a record is told, by the CRM's fields; what a message does not speak of is left alone.

    Numbers stay numbers, everything else is text; null empties the field.
    """
    return {
        named.name: _written(TOLD[object_.role][ours], payload[ours])
        for ours, named in object_.write.items()
        if ours in payload
    }


def of_new(create: Mapping[str, Named], payload: Mapping[str, Any]) -> dict[str, Any]:
    """What a new record gets besides: of what the message tells, else of the lead's `fields` in it.

    Raises: KeyError for what neither knows.
    """
    known = {**(payload.get("fields") or {}), **payload}
    found = {named.name: known.get(ours) for ours, named in create.items()}
    missing = [ours for ours, named in create.items() if found[named.name] in (None, "")]
    if missing:
        raise KeyError(", ".join(missing))
    return found


def _written(type_: Type, value: Any) -> Any:  # noqa: ANN401 (as JSON has it)
    if value is None or type_ == "number":
        return value
    if isinstance(value, list | tuple):
        lines = [_line(one) for one in value[:ACTIONS]]
        return "\n".join(lines)[:LONGEST]
    return str(value)


def _line(one: Any) -> str:  # noqa: ANN401
    """A reason as it stands; an action with its time, to the minute."""
    if isinstance(one, Mapping):
        at = str(one.get("at", ""))[:16].replace("T", " ")
        return f"{at} {one.get('what', '')}".strip()
    return str(one)
