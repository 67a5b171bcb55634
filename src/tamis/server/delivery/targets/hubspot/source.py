"""Contacts and companies of HubSpot in the order of their change, by its search.

A search gives 10,000 records at most, and its pages shift when a record changes meanwhile. So no
page is asked for by its number: each search begins at the time where the one before ended. Of one
millisecond there may be more records than a page has, as after an import: these go by their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from tamis.server.clock import micros
from tamis.server.delivery.crm.field_map import ObjectMap
from tamis.server.delivery.crm.reading import Page, Place
from tamis.server.delivery.crm.records import Record

if TYPE_CHECKING:
    from tamis.server.delivery.targets.hubspot.client import HubSpotClient

MODIFIED: Final[Mapping[str, str]] = {
    "contacts": "lastmodifieddate",
    "companies": "hs_lastmodifieddate",
}
ID: Final = "hs_object_id"
PAGE: Final = 200
LEAD: Final = "hubspot:"
"""What the id of a lead begins with whom HubSpot knows by no e-mail: its numbers are not ours."""
KNOWN_AS: Final = "hubspot_id"
Found = Sequence[tuple[str, Mapping[str, Any]]]


class HubSpotSource:
    """Reads an account; a place is a millisecond, and the last id read of it where it has many."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client
        self._types: dict[str, dict[str, str]] = {}

    def start(self, at: int) -> Place:
        """The place before everything that changed at an instant or later."""
        return {"at": at // 1000}

    def page(self, object_: ObjectMap, place: Place) -> Page:
        """The records from a place on. Raises: LaterError, RefusedError."""
        at = int(place["at"])
        if "id" in place:
            return self._of_one_moment(object_, at, str(place["id"]))
        modified = MODIFIED[object_.name]
        found = self._search(object_, [_filter(modified, "GTE", at)], modified)
        records = self._records(object_, found)
        if len(found) < PAGE:
            return Page(records, None)
        # The last moment may go on behind the page: it is read as a whole, by the next.
        last = records[-1].at
        before = [one for one in records if one.at < last]
        next_ = {"at": last // 1000} | ({} if before else {"id": "0"})
        return Page(before, next_)

    def _of_one_moment(self, object_: ObjectMap, at: int, last: str) -> Page:
        moment = _filter(MODIFIED[object_.name], "EQ", at)
        found = self._search(object_, [moment, _filter(ID, "GT", last)], ID)
        records = self._records(object_, found)
        if len(found) < PAGE:
            return Page(records, {"at": at + 1})
        return Page(records, {"at": at, "id": found[-1][0]})

    def _search(self, object_: ObjectMap, filters: Sequence[Any], sort: str) -> Found:
        names = {named.name for named in object_.read.values()} | {MODIFIED[object_.name]}
        names |= {object_.id.name} if object_.id is not None else set()
        return self._client.search(object_.name, sorted(names), filters, sort, PAGE)

    def _records(self, object_: ObjectMap, found: Found) -> list[Record]:
        types, modified = self._types_of(object_.name), MODIFIED[object_.name]
        return [
            Record(
                id=id_,
                name=f"{LEAD}{id_}" if object_.role == "lead" else id_,
                at=micros(datetime.fromisoformat(str(values[modified]))),
                values={name: typed(types.get(name, ""), one) for name, one in values.items()},
                known_as={KNOWN_AS: id_},
                also=(f"{LEAD}{id_}",) if object_.role == "lead" else (),
            )
            for id_, values in found
        ]

    def _types_of(self, kind: str) -> dict[str, str]:
        if kind not in self._types:
            known = self._client.properties(kind)
            self._types[kind] = {name: str(one.type) for name, one in known.items()}
        return self._types[kind]


def typed(type_: str, value: str | None) -> Any:  # noqa: ANN401 (as JSON has it)
    """A value, which HubSpot hands out as text, in the type that its property has.

    >>> typed("number", "120"), typed("number", "2.5"), typed("bool", "true"), typed("string", "7")
    (120, 2.5, True, '7')
    """
    if value is None or value == "":
        return None
    read: Mapping[str, Callable[[str], Any]] = {"number": _number, "bool": lambda v: v == "true"}
    return read[type_](value) if type_ in read else value


def _number(value: str) -> int | float | str:
    try:
        number = float(value)
    except ValueError:
        return value
    # An id has more digits than a float can hold.
    return int(value) if value.lstrip("-").isdigit() else number


def _filter(name: str, operator: str, value: object) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": str(value)}
