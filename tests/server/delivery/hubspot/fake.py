"""HubSpot on loopback: contacts, companies, their properties and lists, as its documents say.

Followed are the public pages on CRM search (10,000 results of a query, 200 of a page, one sort),
batches (100 of one, 207 for those that fail apart), properties, lists and usage limits. A batch
that is upserted by `email` is refused as a whole where one of it is wrong, as the pages say of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any

from tests.server.delivery.crm.service import Answered, Asked, Service

MOST_FOUND = 10_000
MOST_OF_PAGE = 200
MOST_OF_BATCH = 100
TOKEN = "pat-eu1-a-token"
MODIFIED = {"contacts": "lastmodifieddate", "companies": "hs_lastmodifieddate"}
NUMBERS = ("number",)


class FakeHubSpot(Service):
    """An account of HubSpot."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
        self.ids = count(101)
        self.objects: dict[str, dict[str, dict[str, Any]]] = {"contacts": {}, "companies": {}}
        self.lists: dict[str, set[str]] = {}
        self.properties = {kind: _standard(kind) for kind in self.objects}

    # ---------------------------------------------------------------- what a test arranges

    def property(self, kind: str, name: str, type_: str, **more: Any) -> None:
        """Define a property, or change one."""
        self.properties[kind][name] = _property(name, type_, **more)

    def put(self, kind: str, at: datetime | None = None, **values: Any) -> str:
        """Make a record, modified `at`; by default a second after the one before."""
        self.now += timedelta(seconds=1)
        record = str(next(self.ids))
        self.objects[kind][record] = {}
        self._set(kind, record, values, at or self.now)
        return record

    def change(self, kind: str, record: str, at: datetime | None = None, **values: Any) -> None:
        """Change a record, as somebody does in HubSpot."""
        self.now += timedelta(seconds=1)
        self._set(kind, record, values, at or self.now)

    def _set(self, kind: str, record: str, values: Mapping[str, Any], at: datetime) -> None:
        found = self.objects[kind][record]
        found |= {
            name: None if value in (None, "") else str(value) for name, value in values.items()
        }
        found |= {"hs_object_id": record, MODIFIED[kind]: _iso(at)}

    # ---------------------------------------------------------------- what it answers

    def answer(self, asked: Asked) -> Answered:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            said = "Authentication credentials not found."
            return _error(401, "INVALID_AUTHENTICATION", said)
        match asked.path.strip("/").split("/"):
            case ["crm", "v3", "objects", kind, "search"] if asked.method == "POST":
                return self._search(kind, asked.body)
            case ["crm", "v3", "objects", kind, "batch", "upsert"] if asked.method == "POST":
                return self._upsert(kind, asked.body["inputs"])
            case ["crm", "v3", "objects", kind, "batch", "read"] if asked.method == "POST":
                return self._read(kind, asked.body)
            case ["crm", "v3", "objects", kind, "batch", "update"] if asked.method == "POST":
                return self._update(kind, asked.body["inputs"])
            case ["crm", "v3", "properties", kind] if asked.method == "GET":
                return Answered(200, {"results": list(self.properties[kind].values())})
            case ["crm", "v3", "lists", list_, "memberships", "add-and-remove"]:
                return self._members(list_, asked.body)
            case _:
                return _error(404, "OBJECT_NOT_FOUND", "resource not found")

    def _search(self, kind: str, body: Mapping[str, Any]) -> Answered:
        limit, after = int(body.get("limit", 10)), int(body.get("after") or 0)
        if limit > MOST_OF_PAGE:
            return _error(400, "VALIDATION_ERROR", f"limit {limit} is over {MOST_OF_PAGE}")
        if after + limit > MOST_FOUND:
            return _error(400, "VALIDATION_ERROR", "paging past 10,000 results is not supported")
        sorts = body.get("sorts") or []
        if len(sorts) > 1:
            return _error(400, "VALIDATION_ERROR", "only one sort is supported")
        groups = body.get("filterGroups") or []
        found = [
            record
            for record in self.objects[kind].values()
            if not groups or any(_all_hold(record, group["filters"]) for group in groups)
        ]
        for sort in sorts:
            name = sort["propertyName"]
            found.sort(key=lambda record: _orderly(record.get(name)))
        page = found[after : after + limit]
        names = [*(body.get("properties") or []), "hs_object_id", MODIFIED[kind]]
        answer: dict[str, Any] = {
            "total": len(found),
            "results": [self._shown(kind, record, names) for record in page],
        }
        if after + limit < len(found):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return Answered(200, answer)

    def _shown(self, kind: str, record: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        at = record[MODIFIED[kind]]
        return {
            "id": record["hs_object_id"],
            "properties": {name: record.get(name) for name in names},
            "createdAt": at,
            "updatedAt": at,
            "archived": False,
        }

    def _upsert(self, kind: str, inputs: Sequence[Mapping[str, Any]]) -> Answered:
        if len(inputs) > MOST_OF_BATCH:
            return _too_many(len(inputs))
        unique = inputs[0].get("idProperty") or ""
        known = self.properties[kind].get(unique)
        if unique != "email" and (known is None or not known["hasUniqueValue"]):
            said = f"Unable to perform update/upsert by non-unique {unique} property."
            return _error(400, "VALIDATION_ERROR", said)
        faults = {one["id"]: fault for one in inputs if (fault := self._fault(kind, one))}
        if faults and unique == "email":
            return _error(400, "VALIDATION_ERROR", next(iter(faults.values())))
        done, wrong = [], []
        for one in inputs:
            if one["id"] in faults:
                wrong.append(_wrong("VALIDATION_ERROR", faults[one["id"]], one["id"]))
                continue
            record = self._by(kind, unique, one["id"])
            is_new = record is None
            record = record or self.put(kind)
            self.change(kind, record, **{unique: one["id"], **one["properties"]})
            shown = self._shown(kind, self.objects[kind][record], [unique, *one["properties"]])
            done.append({**shown, "new": is_new})
        return _batch(done, wrong)

    def _read(self, kind: str, body: Mapping[str, Any]) -> Answered:
        if len(body["inputs"]) > MOST_OF_BATCH:
            return _too_many(len(body["inputs"]))
        done, wrong = [], []
        for one in body["inputs"]:
            record = self._by(kind, body["idProperty"], one["id"])
            if record is None:
                said = "Could not get some objects, they may be deleted or not exist."
                wrong.append(_wrong("OBJECT_NOT_FOUND", said, one["id"]))
            else:
                done.append(self._shown(kind, self.objects[kind][record], body["properties"]))
        return _batch(done, wrong)

    def _update(self, kind: str, inputs: Sequence[Mapping[str, Any]]) -> Answered:
        if len(inputs) > MOST_OF_BATCH:
            return _too_many(len(inputs))
        for one in inputs:
            if fault := self._fault(kind, one):
                return _error(400, "VALIDATION_ERROR", fault)
        done, wrong = [], []
        for one in inputs:
            if one["id"] not in self.objects[kind]:
                said = "Could not get some objects, they may be deleted or not exist."
                wrong.append(_wrong("OBJECT_NOT_FOUND", said, one["id"]))
                continue
            self.change(kind, one["id"], **one["properties"])
            done.append(self._shown(kind, self.objects[kind][one["id"]], one["properties"]))
        return _batch(done, wrong)

    def _by(self, kind: str, unique: str, value: str) -> str | None:
        return next(
            (
                record
                for record, found in self.objects[kind].items()
                if (found.get(unique) or "").lower() == value.lower()
            ),
            None,
        )

    def _fault(self, kind: str, one: Mapping[str, Any]) -> str | None:
        for name, value in one["properties"].items():
            known = self.properties[kind].get(name)
            if known is None:
                return _not_valid(
                    name, f'Property "{name}" does not exist', "PROPERTY_DOESNT_EXIST"
                )
            if known["type"] in NUMBERS and value and not _is_number(value):
                return _not_valid(name, f"{value} was not a valid long.", "INVALID_LONG")
            options = [option["value"] for option in known["options"]]
            if known["type"] == "enumeration" and value and value not in options:
                said = f"{value} was not one of the allowed options: {options}"
                return _not_valid(name, said, "INVALID_OPTION")
        if one.get("idProperty") == "email" and "@" not in one["id"]:
            return _not_valid("email", f"Email address {one['id']} is invalid", "INVALID_EMAIL")
        return None

    def _members(self, list_: str, body: Mapping[str, Any]) -> Answered:
        if list_ not in self.lists:
            return _error(404, "OBJECT_NOT_FOUND", f"List does not exist with ID {list_}.")
        known = self.objects["contacts"]
        add, remove = body.get("recordIdsToAdd") or [], body.get("recordIdsToRemove") or []
        self.lists[list_] |= {one for one in add if one in known}
        self.lists[list_] -= set(remove)
        missing = [one for one in add if one not in known]
        said = {"recordsIdsAdded": add, "recordIdsRemoved": remove, "recordIdsMissing": missing}
        return Answered(200, said)


def limited(policy: str, seconds: int | None = None) -> Answered:
    """What HubSpot says when too much is asked, by a policy as DAILY or TEN_SECONDLY_ROLLING."""
    said = {"DAILY": "You have reached your daily limit."}
    body = {
        "status": "error",
        "message": said.get(policy, "You have reached your secondly limit."),
        "errorType": "RATE_LIMIT",
        "correlationId": "c033cdaa-2c40-4a64-ae48-b4cec88dad24",
        "policyName": policy,
    }
    return Answered(429, body, {} if seconds is None else {"Retry-After": str(seconds)})


def _standard(kind: str) -> dict[str, dict[str, Any]]:
    texts = {
        "contacts": ("firstname", "lastname", "jobtitle", "country", "hubspot_owner_id"),
        "companies": ("name", "domain", "industry", "country"),
    }[kind]
    numbers = {"contacts": ("associatedcompanyid",), "companies": ("numberofemployees",)}[kind]
    found = {name: _property(name, "string") for name in texts}
    found |= {name: _property(name, "number") for name in numbers}
    found["hs_object_id"] = _property("hs_object_id", "number", read_only=True, unique=True)
    found[MODIFIED[kind]] = _property(MODIFIED[kind], "datetime", read_only=True)
    if kind == "contacts":
        found["email"] = _property("email", "string")
        found["hs_email_optout"] = _property("hs_email_optout", "bool")
    return found


def _property(
    name: str,
    type_: str,
    *,
    read_only: bool = False,
    unique: bool = False,
    options: Sequence[str] = (),
) -> dict[str, Any]:
    return {
        "name": name,
        "label": name,
        "description": "",
        "groupName": "tamis",
        "type": type_,
        "fieldType": {"number": "number", "enumeration": "select"}.get(type_, "text"),
        "hasUniqueValue": unique,
        "options": [{"label": one, "value": one, "hidden": False} for one in options],
        "modificationMetadata": {
            "archivable": True, "readOnlyDefinition": False, "readOnlyValue": read_only
        },
    }  # fmt: skip


def _all_hold(record: Mapping[str, Any], filters: Sequence[Mapping[str, Any]]) -> bool:
    return all(_holds(record.get(one["propertyName"]), one) for one in filters)


def _holds(value: str | None, one: Mapping[str, Any]) -> bool:
    if value is None:
        return False
    mine, other = _orderly(value), _orderly(str(one.get("value")))
    return {
        "EQ": mine == other,
        "GT": mine > other,
        "GTE": mine >= other,
        "LT": mine < other,
        "LTE": mine <= other,
    }[one["operator"]]


@lru_cache(maxsize=100_000)
def _orderly(value: str | None) -> tuple[int, int, str]:
    """A value as it is compared: times and numbers by size; times are milliseconds in filters."""
    if value is None:
        return 0, 0, ""
    if value.isdigit():
        return 1, int(value), ""
    try:
        return 1, round(datetime.fromisoformat(value).timestamp() * 1000), ""
    except ValueError:
        return 2, 0, value.lower()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _not_valid(name: str, said: str, error: str) -> str:
    fault = {"isValid": False, "message": said, "error": error, "name": name}
    return f"Property values were not valid: {json.dumps([fault])}"


def _error(status: int, category: str, message: str) -> Answered:
    body = {
        "status": "error",
        "message": message,
        "correlationId": "aeb5f871",
        "category": category,
    }
    return Answered(status, body)


def _wrong(category: str, message: str, id_: str) -> dict[str, Any]:
    return {"status": "error", "category": category, "message": message, "context": {"ids": [id_]}}


def _too_many(number: int) -> Answered:
    return _error(400, "VALIDATION_ERROR", f"The maximum is {MOST_OF_BATCH} inputs, not {number}")


def _batch(done: Sequence[Any], wrong: Sequence[Any]) -> Answered:
    at = "2026-11-22T09:00:00.000Z"
    body: dict[str, Any] = {
        "status": "COMPLETE", "results": done, "startedAt": at, "completedAt": at
    }  # fmt: skip
    if wrong:
        return Answered(207, {**body, "numErrors": len(wrong), "errors": wrong})
    return Answered(200, body)
