"""Hand-offs as tasks: one for each, whoever it is assigned to by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tamis.server.delivery.crm.field_map import FieldMap
from tamis.server.delivery.crm.told import LONGEST
from tamis.server.delivery.message import Message, Refused, Result
from tamis.server.delivery.targets.salesforce.records import Found
from tamis.server.delivery.targets.salesforce.saving import saved

if TYPE_CHECKING:
    from tamis.server.delivery.targets.salesforce.client import SalesforceClient

SUBJECT: Final = 255


def tasks(
    client: SalesforceClient,
    map_: FieldMap,
    some: Sequence[Message],
    known: Mapping[int, Found],
) -> dict[int, Result]:
    """Make a task for each hand-off, or change the one that is there."""
    assert map_.tasks is not None
    unique = map_.tasks.id.name
    results: dict[int, Result] = {
        one.entry: Refused("Salesforce has no record of this lead")
        for one in some
        if one.entry not in known
    }
    changes = [
        (one, {**_task(map_, one, known[one.entry][1]), unique: _id(one)})
        for one in some
        if one.entry in known
    ]
    return results | saved(lambda records: client.upsert("Task", unique, records), changes)


def _id(one: Message) -> str:
    """The hand-off, where the message names it; else the message, which is sent under one key."""
    handoff = one.payload.get("handoff")
    return f"handoff-{handoff}" if handoff is not None else one.key


def _task(map_: FieldMap, one: Message, who: str) -> dict[str, Any]:
    """A task for a salesperson: what to do with whom, until when, and why."""
    assert map_.tasks is not None
    told = one.payload
    subject = " - ".join(str(told[key]) for key in ("play", "name") if told.get(key))
    lines = [str(told["note"])] if told.get("note") else [str(r) for r in told.get("reasons", [])]
    task: dict[str, Any] = {
        "attributes": {"type": "Task"},
        "Subject": (subject or "Tamis")[:SUBJECT],
        "Description": "\n".join(lines)[:LONGEST],
        "WhoId": who,
        **map_.tasks.values,
    }
    if told.get("due_at"):
        task["ActivityDate"] = str(told["due_at"])[:10]
    if owner := map_.people.get(str(told.get("owner"))):
        task["OwnerId"] = owner
    return task
