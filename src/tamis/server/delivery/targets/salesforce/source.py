"""Leads, contacts and accounts of Salesforce in the order of their change, by queries in SOQL.

A query is paged by its own locator, which lives for two days at most; behind it, or after a
restart, a new query begins after the record read last, by time and id.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from tamis.server.clock import instant_of, micros
from tamis.server.delivery.crm.faults import RefusedError
from tamis.server.delivery.crm.field_map import ObjectMap
from tamis.server.delivery.crm.reading import Page, Place
from tamis.server.delivery.crm.records import Record
from tamis.server.delivery.targets.salesforce.soql import query

if TYPE_CHECKING:
    from tamis.server.delivery.targets.salesforce.client import SalesforceClient

OWN: Final = ("Id", "SystemModstamp")
CONVERTED: Final = ("IsConverted", "ConvertedContactId")
KNOWN_AS: Final = {
    "Lead": "salesforce_lead_id",
    "Contact": "salesforce_contact_id",
    "Account": "salesforce_account_id",
}


class SalesforceSource:
    """Reads an organisation; a place is a time and the id read last of it, and a locator."""

    def __init__(self, client: SalesforceClient) -> None:
        self._client = client

    def start(self, at: int) -> Place:
        """The place before everything that changed at an instant or later."""
        return {"at": at // 1_000_000}

    def page(self, object_: ObjectMap, place: Place) -> Page:
        """The records from a place on. Raises: LaterError, RefusedError."""
        self._client.spare()
        found = self._found(object_, place)
        records = [_record(object_, one) for one in found["records"]]
        if found.get("done", True) or not records:
            return Page(records, None)
        last = records[-1]
        next_ = {"at": last.at // 1_000_000, "id": last.id, "next": found["nextRecordsUrl"]}
        return Page(records, next_)

    def _found(self, object_: ObjectMap, place: Place) -> Any:  # noqa: ANN401 (as JSON has it)
        if "next" in place:
            try:
                return self._client.more(str(place["next"]))
            except RefusedError:
                # The locator is no more; what was read is known all the same.
                pass
        return self._client.query(query_from(object_, place))


def query_from(object_: ObjectMap, place: Place) -> str:
    """What asks for the records of an object from a place on, the earliest change first."""
    names = {named.name for named in object_.read.values()} | set(OWN)
    names |= {object_.id.name} if object_.id is not None else set()
    names |= set(CONVERTED) if object_.name == "Lead" else set()
    at = instant_of(int(place["at"]) * 1_000_000)
    where = "SystemModstamp >= {}"
    values: list[object] = [at]
    if "id" in place:
        where = "SystemModstamp > {} OR (SystemModstamp = {} AND Id > {})"
        values = [at, at, str(place["id"])]
    order = " ORDER BY SystemModstamp ASC, Id ASC"
    return query(sorted(names), object_.name, where, *values, rest=order)


def _record(object_: ObjectMap, found: dict[str, Any]) -> Record:
    id_ = str(found["Id"])
    known_as = {KNOWN_AS[object_.name]: id_}
    values = {name: value for name, value in found.items() if name != "attributes"}
    if values.get("IsConverted"):
        # It is a contact now, which is read as well: what the lead says holds no more.
        known_as |= {KNOWN_AS["Contact"]: str(values["ConvertedContactId"] or "")}
        says_who = [object_.id, object_.read.get("email")]
        values = {one.name: values[one.name] for one in says_who if one is not None}
    at = datetime.fromisoformat(str(found["SystemModstamp"]).replace("+0000", "+00:00"))
    also = tuple(known_as.values()) if object_.role == "lead" else ()
    return Record(id_, id_, micros(at), values, known_as, tuple(one for one in also if one))
