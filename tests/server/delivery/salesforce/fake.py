"""Salesforce on loopback: an organisation's records, by its public documents of the REST API.

Followed are the pages on the client-credentials flow, Query and Query More, sObject Describe,
sObject Collections (create, update, upsert by external id, delete; 200 of one), status codes and
the limit header. Records are updated and created one by one, as `allOrNone: false` says.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs

import requests
from requests.adapters import HTTPAdapter
from tests.server.delivery.crm.service import Answered, Asked, Service
from tests.server.delivery.salesforce.soql import MalformedError, read

MOST_OF_COLLECTION = 200
KEY, SECRET = "a-consumer-key", "a-consumer-secret"
PREFIXES = {
    "Lead": "00Q", "Contact": "003", "Account": "001", "Task": "00T", "Campaign": "701",
    "CampaignMember": "00v", "User": "005",
}  # fmt: skip
STANDARD: Mapping[str, Mapping[str, str]] = {
    "Lead": {
        "Email": "email", "FirstName": "string", "LastName": "string", "Company": "string",
        "Title": "string", "Country": "string", "OwnerId": "reference", "IsConverted": "boolean",
        "ConvertedContactId": "reference", "NumberOfEmployees": "int",
    },
    "Contact": {
        "Email": "email", "FirstName": "string", "LastName": "string", "Title": "string",
        "AccountId": "reference", "OwnerId": "reference",
    },
    "Account": {"Name": "string", "Industry": "picklist", "NumberOfEmployees": "int"},
    "Task": {
        "Subject": "combobox", "Description": "textarea", "WhoId": "reference",
        "OwnerId": "reference", "ActivityDate": "date", "Status": "picklist",
        "Priority": "picklist",
    },
    "Campaign": {"Name": "string"},
    "CampaignMember": {
        "CampaignId": "reference", "LeadId": "reference", "ContactId": "reference",
        "Status": "picklist",
    },
    "User": {"Username": "string"},
}  # fmt: skip
REQUIRED = {"Lead": ("LastName", "Company"), "Contact": ("LastName",), "Account": ("Name",)}
READ_ONLY = ("Id", "SystemModstamp", "IsConverted", "ConvertedContactId")


class FakeSalesforce(Service):
    """An organisation of Salesforce."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
        self.serial = count(1)
        self.page = 2000
        self.tokens: set[str] = set()
        self.logins = 0
        self.limit = (18, 15_000)
        self.locators: dict[str, tuple[str, list[Any]]] = {}
        self.objects: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in STANDARD}
        self.fields = {
            name: {
                one: _field(one, type_, updateable=one not in READ_ONLY)
                for one, type_ in {"Id": "id", "SystemModstamp": "datetime", **types}.items()
            }
            for name, types in STANDARD.items()
        }

    # ---------------------------------------------------------------- what a test arranges

    def field(self, object_: str, name: str, type_: str, **more: Any) -> None:
        """Define a field, or change one."""
        self.fields[object_][name] = _field(name, type_, **more)

    def put(self, object_: str, at: datetime | None = None, **values: Any) -> str:
        """Make a record, modified `at`; by default a second after the one before."""
        id_ = f"{PREFIXES[object_]}5g{next(self.serial):010d}AAA"
        self.objects[object_][id_] = dict.fromkeys(self.fields[object_]) | {"Id": id_}
        if object_ == "Lead":
            self.objects[object_][id_]["IsConverted"] = False
        self.change(object_, id_, at, **values)
        return id_

    def change(self, object_: str, id_: str, at: datetime | None = None, **values: Any) -> None:
        """Change a record, as somebody does in Salesforce."""
        self.now += timedelta(seconds=1)
        stamp = (at or self.now).isoformat(timespec="milliseconds").replace("+00:00", "+0000")
        self.objects[object_][id_] |= {**values, "SystemModstamp": stamp}

    def expire(self) -> None:
        """Let every session end."""
        self.tokens.clear()

    def session(self) -> requests.Session:
        """A session whose requests to any address of Salesforce come here."""
        session = requests.Session()
        session.mount("https://", _Loopback(self))
        return session

    # ---------------------------------------------------------------- what it answers

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/services/oauth2/token":
            return self._token(asked)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _error(401, "INVALID_SESSION_ID", "Session expired or invalid")
        answered = self._records(asked)
        self.limit = (self.limit[0] + 1, self.limit[1])
        usage = f"api-usage={self.limit[0]}/{self.limit[1]}"
        return Answered(
            answered.status, answered.body, {**answered.headers, "Sforce-Limit-Info": usage}
        )

    def _token(self, asked: Asked) -> Answered:
        given = parse_qs(asked.body.decode())
        basic = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if given.get("grant_type") != ["client_credentials"]:
            said = {
                "error": "unsupported_grant_type",
                "error_description": "grant type not supported",
            }
            return Answered(400, said)
        if asked.headers.get("authorization") != f"Basic {basic}":
            said = {"error": "invalid_client", "error_description": "invalid client credentials"}
            return Answered(401, said)
        self.logins += 1
        token = f"00D!session-{self.logins}"
        self.tokens.add(token)
        return Answered(
            200,
            {
                "access_token": token, "token_type": "Bearer", "signature": "s", "scope": "api",
                "instance_url": "https://acme.my.salesforce.com", "issued_at": "1763712000000",
                "id": "https://login.salesforce.com/id/00D/005",
            },
        )  # fmt: skip

    def _records(self, asked: Asked) -> Answered:
        parts = asked.path.strip("/").split("/")[3:]
        match asked.method, parts:
            case "GET", ["query"]:
                return self._query(asked.query["q"])
            case "GET", ["query", locator]:
                return self._more(locator)
            case "GET", ["sobjects", object_, "describe"] if object_ in self.fields:
                return Answered(
                    200, {"name": object_, "fields": list(self.fields[object_].values())}
                )
            case "POST", ["composite", "sobjects"]:
                return self._each(asked.body["records"], self._create)
            case "PATCH", ["composite", "sobjects"]:
                return self._each(asked.body["records"], self._update)
            case "DELETE", ["composite", "sobjects"]:
                return Answered(200, [self._delete(one) for one in asked.query["ids"].split(",")])
            case "PATCH", ["composite", "sobjects", object_, external]:
                known = self.fields.get(object_, {}).get(external)
                if known is None or not known["externalId"]:
                    said = f"Provided external ID field does not exist: {external}"
                    return _error(400, "NOT_FOUND", said)
                return self._each(asked.body["records"], lambda r: self._upsert(r, external))
            case _:
                return _error(404, "NOT_FOUND", "The requested resource does not exist")

    def _query(self, soql: str) -> Answered:
        try:
            query = read(soql)
        except MalformedError as error:
            return _error(400, "MALFORMED_QUERY", str(error))
        if query.object not in self.fields:
            said = f"sObject type '{query.object}' is not supported."
            return _error(400, "INVALID_TYPE", said)
        for name in query.named:
            if name not in self.fields[query.object]:
                said = f"No such column '{name}' on entity '{query.object}'."
                return _error(400, "INVALID_FIELD", said)
        found = [one for one in self.objects[query.object].values() if query.holds(one)]
        for name, backwards in reversed(query.order):
            found.sort(key=lambda one: (one[name] is not None, one[name] or ""), reverse=backwards)
        shown = [
            {"attributes": {"type": query.object}, **{name: one[name] for name in query.fields}}
            for one in found[: query.limit]
        ]
        return self._given(shown, len(shown), 0, f"0r8{next(self.serial):015d}")

    def _more(self, locator: str) -> Answered:
        name, _, place = locator.partition("-")
        if name not in self.locators:
            return _error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        _, records = self.locators[name]
        return self._given(records, len(records), int(place), name)

    def _given(self, records: list[Any], total: int, place: int, name: str) -> Answered:
        page = records[place : place + self.page]
        body: dict[str, Any] = {"totalSize": total, "done": True, "records": page}
        if place + self.page < total:
            self.locators[name] = (name, records)
            next_ = f"/services/data/v59.0/query/{name}-{place + self.page}"
            body |= {"done": False, "nextRecordsUrl": next_}
        return Answered(200, body)

    def _each(self, records: Sequence[Mapping[str, Any]], save: Any) -> Answered:
        if len(records) > MOST_OF_COLLECTION:
            said = f"record limit exceeded: {len(records)} of {MOST_OF_COLLECTION}"
            return _error(400, "LIMIT_EXCEEDED", said)
        return Answered(200, [save(one) for one in records])

    def _fault(self, object_: str, values: Mapping[str, Any]) -> dict[str, Any] | None:
        for name, value in values.items():
            known = self.fields[object_].get(name)
            if known is None:
                said = f"No such column '{name}' on sobject of type {object_}"
                return _refused("INVALID_FIELD", said, name)
            if value is None:
                continue
            if known["type"] == "double" and not isinstance(value, int | float):
                return _refused(
                    "JSON_PARSER_ERROR", f"Cannot deserialize {value!r} as double", name
                )
            if isinstance(value, str) and known["length"] and len(value) > known["length"]:
                said = f"{name}: data value too large (max length={known['length']})"
                return _refused("STRING_TOO_LONG", said, name)
        return None

    def _create(self, record: Mapping[str, Any]) -> dict[str, Any]:
        object_, values = _parted(record)
        fault = self._fault(object_, values)
        missing = [name for name in REQUIRED.get(object_, ()) if not values.get(name)]
        if missing:
            said = f"Required fields are missing: [{', '.join(missing)}]"
            fault = fault or _refused("REQUIRED_FIELD_MISSING", said, *missing)
        if object_ == "CampaignMember" and self._is_member(values):
            fault = _refused("DUPLICATE_VALUE", "Already a campaign member.")
        return fault or _saved(self.put(object_, **values))

    def _is_member(self, values: Mapping[str, Any]) -> bool:
        names = ("CampaignId", "LeadId", "ContactId")
        wanted = [values.get(name) for name in names]
        members = self.objects["CampaignMember"].values()
        return any([one.get(name) for name in names] == wanted for one in members)

    def _update(self, record: Mapping[str, Any]) -> dict[str, Any]:
        object_, values = _parted(record)
        id_ = str(values.pop("Id", None) or values.pop("id", None))
        if id_ not in self.objects[object_]:
            return _refused("ENTITY_IS_DELETED", "entity is deleted")
        if self.objects[object_][id_].get("IsConverted"):
            return _refused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        if fault := self._fault(object_, values):
            return fault
        self.change(object_, id_, **values)
        return _saved(id_)

    def _upsert(self, record: Mapping[str, Any], external: str) -> dict[str, Any]:
        object_, values = _parted(record)
        found = [
            id_
            for id_, one in self.objects[object_].items()
            if one.get(external) == values[external]
        ]
        if found:
            return {**self._update({**record, "Id": found[0]}), "created": False}
        return {**self._create(record), "created": True}

    def _delete(self, id_: str) -> dict[str, Any]:
        for records in self.objects.values():
            if records.pop(id_, None) is not None:
                return _saved(id_)
        return _refused("ENTITY_IS_DELETED", "entity is deleted")


def limited(status: int = 503) -> Answered:
    """What Salesforce says when an organisation has used up its requests."""
    said = "TotalRequests Limit exceeded."
    return Answered(status, [{"message": said, "errorCode": "REQUEST_LIMIT_EXCEEDED"}])


class _Loopback(HTTPAdapter):
    """Sends what is meant for Salesforce to the fake, by the path it has."""

    def __init__(self, fake: FakeSalesforce) -> None:
        super().__init__()
        self._fake = fake

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        assert request.url is not None
        host, _, rest = request.url.removeprefix("https://").partition("/")
        assert host.endswith(".salesforce.com"), host
        request.url = f"{self._fake.address}/{rest}"
        return super().send(request, *args, **options)


def _field(
    name: str,
    type_: str,
    *,
    updateable: bool = True,
    external_id: bool = False,
    length: int = 0,
) -> dict[str, Any]:
    return {
        "name": name, "label": name, "type": type_, "length": length, "updateable": updateable,
        "createable": updateable, "externalId": external_id, "unique": external_id,
        "nillable": True, "filterable": type_ != "textarea",
    }  # fmt: skip


def _parted(record: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    values = dict(record)
    return str(values.pop("attributes")["type"]), values


def _saved(id_: str) -> dict[str, Any]:
    return {"id": id_, "success": True, "errors": []}


def _refused(code: str, message: str, *fields: str) -> dict[str, Any]:
    return {
        "success": False,
        "errors": [{"statusCode": code, "message": message, "fields": list(fields)}],
    }


def _error(status: int, code: str, message: str) -> Answered:
    return Answered(status, [{"message": message, "errorCode": code}])
