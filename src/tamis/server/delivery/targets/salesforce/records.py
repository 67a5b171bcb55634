"""Which record of Salesforce a lead is: by its id there, by ours, else by the e-mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tamis.server.delivery.crm.field_map import FieldMap
from tamis.server.delivery.message import Message
from tamis.server.delivery.targets.salesforce.soql import query
from tamis.server.store.database import slices

if TYPE_CHECKING:
    from tamis.server.delivery.targets.salesforce.client import SalesforceClient

PREFIXES: Final[Mapping[str, str]] = {"003": "Contact", "00Q": "Lead"}
"""What the ids of records begin with. A contact goes before a lead: leads become contacts."""
VALUES: Final = 100
"""Values of one query: an address that is asked for has 16,384 characters at most."""
Found = tuple[str, str]
"""The object of a record, and its id."""


def records_of(
    client: SalesforceClient, map_: FieldMap, messages: Sequence[Message]
) -> dict[int, Found]:
    """The records of leads that are there, by the numbers of the messages."""
    found = {one.entry: own for one in messages if (own := _own(lead_id(one)))}
    for name in PREFIXES.values():
        object_ = map_.objects.get(name)
        if object_ is None:
            continue
        if object_.id is not None:
            left = {one.entry: lead_id(one) for one in messages if one.entry not in found}
            found |= _by(client, name, object_.id.name, left)
        left = {one.entry: email(one) for one in messages if one.entry not in found}
        found |= _by(client, name, "Email", left)
    return found


def _own(id_: str) -> Found | None:
    """A lead whom Salesforce alone knows has its id there."""
    is_id = len(id_) == 18 and id_.isalnum() and id_[:3] in PREFIXES
    return (PREFIXES[id_[:3]], id_) if is_id else None


def _by(
    client: SalesforceClient, name: str, field: str, wanted: Mapping[int, str]
) -> dict[int, Found]:
    where = f"{field} IN {{}}" + (" AND IsConverted = false" if name == "Lead" else "")
    known: dict[str, str] = {}
    for values in slices(sorted({value for value in wanted.values() if value}), VALUES):
        # Of several with one e-mail, the one that changed last.
        order = " ORDER BY SystemModstamp ASC"
        found = client.query(query(["Id", field], name, where, values, rest=order))
        known |= {str(one[field] or "").lower(): str(one["Id"]) for one in found["records"]}
    return {
        entry: (name, known[value.lower()])
        for entry, value in wanted.items()
        if value and value.lower() in known
    }


def lead_id(message: Message) -> str:
    """Our id of the lead; empty: the message names none."""
    return str(message.payload.get("lead_id") or "")


def email(message: Message) -> str:
    """The e-mail of the lead; empty: the message names none."""
    found: Any = message.payload.get("email") or message.payload.get("address")
    return str(found or "")
