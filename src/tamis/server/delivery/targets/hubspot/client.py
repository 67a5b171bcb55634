"""Requests to HubSpot, by its own client library; imported when it is first asked.

The library's packages raise exceptions that share no class. So what is no success becomes a fault
of ours where the library hands a request to urllib3, before it reads the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import hubspot
import urllib3
from hubspot.crm import lists, objects

from tamis.server.clock import Clock
from tamis.server.delivery.addresses import Guard, RefusedAddressError
from tamis.server.delivery.answered import NEVER, retry_after
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.crm.faults import LaterError, RefusedError
from tamis.server.delivery.crm.guarded import TO_ANSWER, TO_CONNECT, pool_manager

HOST: Final = "https://api.hubapi.com"
PAUSES: Final[Mapping[str, float]] = {"DAILY": 3600.0, "SECONDLY": 1.0}
"""Seconds of rest by the limit that was hit; the daily one ends at the account's midnight."""
PAUSE: Final = 10.0
REFUSED: Final = NEVER | {409}
"""Statuses that the same request gets again; 409 is of a value that another record has."""
NOT_VALID: Final = re.compile(r"Property values were not valid: (\[.*\])", re.DOTALL)
WORD: Final = re.compile(r"[A-Za-z0-9_.-]{1,100}")
Json = Mapping[str, Any]


class HubSpotClient:
    """An account of HubSpot, by the token of a private app.

    Every method raises LaterError or RefusedError; of neither the text holds what was sent.
    """

    def __init__(self, token: Secret, guard: Guard, clock: Clock, host: str = HOST) -> None:
        pool = _Pool(pool_manager(guard), clock)

        def made(package: Any, name: str, config: Json) -> Any:  # noqa: ANN401 (untyped)
            configuration = package.Configuration(host=config["host"])
            configuration.access_token = config["access_token"]
            client = package.ApiClient(configuration=configuration)
            client.rest_client.pool_manager = pool
            return getattr(package, name)(api_client=client)

        crm = hubspot.HubSpot(access_token=token.value, host=host, api_factory=made).crm
        self._search = crm.objects.search_api
        self._batches = crm.objects.batch_api
        self._properties = crm.properties.core_api
        self._lists = crm.lists.memberships_api

    def search(
        self, kind: str, names: Sequence[str], filters: Sequence[Json], sort: str, limit: int
    ) -> list[tuple[str, Json]]:
        """Records for which all filters hold, the least of `sort` first: ids and properties."""
        asked = objects.PublicObjectSearchRequest(
            filter_groups=[{"filters": list(filters)}],
            sorts=[{"propertyName": sort, "direction": "ASCENDING"}],
            properties=list(names),
            limit=limit,
        )
        found = self._search.do_search(kind, public_object_search_request=asked)
        return [(str(one.id), one.properties) for one in found.results]

    def properties(self, kind: str) -> dict[str, Any]:
        """The properties that a kind of record has, by name."""
        found = self._properties.get_all(kind)
        return {one.name: one for one in found.results}

    def known(self, kind: str, by: str, values: Sequence[str]) -> dict[str, str]:
        """The ids of records by a unique property, in lower case; who is not there is left out."""
        asked = objects.BatchReadInputSimplePublicObjectId(
            properties=[by],
            properties_with_history=[],
            id_property=by,
            inputs=[{"id": value} for value in values],
        )
        found = self._batches.read(kind, batch_read_input_simple_public_object_id=asked)
        return {str(one.properties.get(by) or "").lower(): str(one.id) for one in found.results}

    def update(self, kind: str, changes: Mapping[str, Json]) -> dict[str, str]:
        """Change records by their ids; gives why some could not be."""
        inputs = [{"id": id_, "properties": told} for id_, told in changes.items()]
        asked = objects.BatchInputSimplePublicObjectBatchInput(inputs=inputs)
        answer = self._batches.update(kind, batch_input_simple_public_object_batch_input=asked)
        done = {str(one.id) for one in answer.results}
        return _failed([id_ for id_ in changes if id_ not in done], answer)

    def upsert(self, kind: str, by: str, changes: Mapping[str, Json]) -> dict[str, str]:
        """Change records by a unique property, or make them; gives why some could not be."""
        inputs = [
            {"id": value, "idProperty": by, "properties": {**told, by: value}}
            for value, told in changes.items()
        ]
        asked = objects.BatchInputSimplePublicObjectBatchInputUpsert(inputs=inputs)
        answer = self._batches.upsert(
            kind, batch_input_simple_public_object_batch_input_upsert=asked
        )
        if not getattr(answer, "errors", None):
            return {}
        done = {str(one.properties.get(by) or "").lower() for one in answer.results}
        return _failed([value for value in changes if value.lower() not in done], answer)

    def members(self, list_: str, add: Sequence[str], remove: Sequence[str]) -> None:
        """Put records into a list, and take others out."""
        asked = lists.MembershipChangeRequest(
            record_ids_to_add=list(add), record_ids_to_remove=list(remove)
        )
        self._lists.add_and_remove(list_, membership_change_request=asked)


def _failed(which: Sequence[str], answer: Any) -> dict[str, str]:  # noqa: ANN401 (untyped)
    """Why some of a batch could not be: by the ids that errors name, else by all of them."""
    errors = getattr(answer, "errors", None) or []
    by_id: dict[str, str] = {}
    for one in errors:
        reason = f"HubSpot: {_told({'category': one.category, 'message': one.message})}"
        by_id |= dict.fromkeys((one.context or {}).get("ids", ()), reason)
    otherwise = "HubSpot: not among what was written"
    return {id_: by_id.get(id_, otherwise) for id_ in which}


class _Pool:
    """What the library sends with: urllib3 behind the guard, whose failures are ours."""

    def __init__(self, manager: urllib3.PoolManager, clock: Clock) -> None:
        self._manager, self._clock = manager, clock
        self._timeout = urllib3.Timeout(connect=TO_CONNECT, read=TO_ANSWER)

    def request(self, method: str, url: str, **options: Any) -> Any:  # noqa: ANN401
        """Make a request. Raises: LaterError, RefusedError."""
        options |= {"timeout": self._timeout, "redirect": False, "retries": False}
        try:
            response = self._manager.request(method, url, **options)
        except RefusedAddressError as error:
            raise LaterError(str(error)) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            message = f"HubSpot did not answer ({type(error).__name__})"
            raise LaterError(message) from error
        if not 200 <= response.status < 300:
            raise _fault(response, self._clock)
        return response


def _fault(response: urllib3.BaseHTTPResponse, clock: Clock) -> LaterError | RefusedError:
    status, body = response.status, _json(response.data)
    body = body if isinstance(body, dict) else {}
    headers = {name.lower(): value for name, value in response.headers.items()}
    wait = retry_after(headers, clock)
    if status == 429:
        policy = str(body.get("policyName", ""))
        seconds = PAUSES.get(policy, PAUSE) if wait is None else wait
        limit = f" ({policy})" if WORD.fullmatch(policy) else ""
        return LaterError(f"HubSpot was asked too much{limit}", seconds, rest=True)
    if status in (401, 403):
        reason = f"HubSpot answered {status}: look at the token and its scopes"
        return LaterError(reason, wait)
    reason = f"HubSpot answered {status}: {_told(body)}"
    return RefusedError(reason) if status in REFUSED else LaterError(reason, wait)


def _told(body: Json) -> str:
    """What is wrong, in the words that are codes: a message may hold what was sent."""
    found = NOT_VALID.search(str(body.get("message") or ""))
    faults = _json(found[1].encode()) if found else []
    said = [f"{one.get('error')} of `{one.get('name')}`" for one in faults if isinstance(one, dict)]
    category = str(body.get("category") or "")
    return ", ".join(dict.fromkeys(said)) or (category if WORD.fullmatch(category) else "no reason")


def _json(raw: bytes) -> Any:  # noqa: ANN401 (whatever it is)
    try:
        return json.loads(raw)
    except ValueError:
        return {}
