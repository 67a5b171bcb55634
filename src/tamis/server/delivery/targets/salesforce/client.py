"""Requests to Salesforce, by `simple-salesforce`; imported when it is first asked.

It logs in by the client-credentials flow of a connected app, and again when a session has ended,
which the library does by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceError

from tamis.server.delivery.addresses import Guard, RefusedAddressError
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.crm.faults import LaterError, RefusedError
from tamis.server.delivery.crm.guarded import TO_ANSWER, TO_CONNECT, through
from tamis.server.delivery.targets.salesforce.saving import PASSING, word

VERSION: Final = "59.0"
LIMIT: Final = "REQUEST_LIMIT_EXCEEDED"
REST: Final = 900.0
"""Seconds of rest when requests are used up: they are counted over the last 24 hours."""
SPARED: Final = 0.9
"""The share of an organisation's requests beyond which it is not read: people need the rest."""
T = TypeVar("T")
Json = Mapping[str, Any]


class SalesforceClient:
    """An organisation of Salesforce. `session` is what requests are made with; null: guarded.

    Every method raises LaterError or RefusedError; of neither the text holds what was sent.
    """

    def __init__(
        self,
        domain: str,
        key: Secret,
        secret: Secret,
        guard: Guard,
        session: requests.Session | None = None,
    ) -> None:
        self._domain, self._key, self._secret = domain, key, secret
        self._session = _bounded(session or _guarded(guard))

    @cached_property
    def _org(self) -> Salesforce:
        return Salesforce(
            consumer_key=self._key.value,
            consumer_secret=self._secret.value,
            domain=self._domain,
            version=VERSION,
            session=self._session,
        )

    def query(self, soql: str) -> Json:
        """The first page of what a query finds, at most 2,000 records."""
        found: Json = self._asked(lambda: self._org.query(soql))
        return found

    def more(self, next_: str) -> Json:
        """The next page of a query."""
        found: Json = self._asked(lambda: self._org.query_more(next_, identifier_is_url=True))
        return found

    def fields(self, object_: str) -> list[Json]:
        """The fields of an object, as it describes itself."""
        asked = f"sobjects/{object_}/describe"
        found = self._asked(lambda: self._org.restful(asked)) or {}
        return list(found.get("fields", []))

    def create(self, records: Sequence[Json]) -> list[Json]:
        """Make records; what became of each, in order."""
        return self._saved("POST", "composite/sobjects", records)

    def update(self, records: Sequence[Json]) -> list[Json]:
        """Change records by their `Id`; what became of each, in order."""
        return self._saved("PATCH", "composite/sobjects", records)

    def upsert(self, object_: str, unique: str, records: Sequence[Json]) -> list[Json]:
        """Change records by an external id, or make them; what became of each, in order."""
        return self._saved("PATCH", f"composite/sobjects/{object_}/{unique}", records)

    def delete(self, ids: Sequence[str]) -> list[Json]:
        """Delete records; what became of each, in order."""
        params = {"ids": ",".join(ids), "allOrNone": "false"}
        path = "composite/sobjects"
        return list(self._asked(lambda: self._org.restful(path, params, method="DELETE")) or [])

    def spare(self) -> None:
        """Raises: LaterError, when most of the organisation's requests of a day are used."""
        used = self._org.api_usage.get("api-usage") if "_org" in self.__dict__ else None
        if used is not None and used.total and used.used > SPARED * used.total:
            message = f"{used.used} of {used.total} requests are used: the rest is left to others"
            raise LaterError(message, REST)

    def _saved(self, method: str, path: str, records: Sequence[Json]) -> list[Json]:
        body = {"allOrNone": False, "records": list(records)}
        return list(self._asked(lambda: self._org.restful(path, method=method, json=body)) or [])

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except SalesforceAuthenticationFailed as error:
            message = f"Salesforce lets nobody in by this key and secret ({word(error.code)})"
            raise LaterError(message) from error
        except SalesforceError as error:
            raise _fault(error) from error
        except RefusedAddressError as error:
            raise LaterError(str(error)) from error
        except requests.RequestException as error:
            message = f"Salesforce did not answer ({type(error).__name__})"
            raise LaterError(message) from error


def _fault(error: SalesforceError) -> LaterError | RefusedError:
    # Declared to be bytes, it is what the answer was as JSON.
    said: Any = error.content
    said = said if isinstance(said, list) else []
    codes = [str(one.get("errorCode")) for one in said if isinstance(one, dict)]
    shown = ", ".join(word(code) for code in codes) or "no reason"
    reason = f"Salesforce answered {error.status}: {shown}"
    if LIMIT in codes or error.status in (429, 503):
        return LaterError(reason, REST, rest=True)
    if error.status in (401, 403, 408) or error.status >= 500 or PASSING & set(codes):
        return LaterError(reason)
    return RefusedError(reason)


def _guarded(guard: Guard) -> requests.Session:
    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:  # noqa: ANN401
            super().init_poolmanager(*args, **options)
            through(self.poolmanager, guard)

    session = requests.Session()
    # A proxy of the environment would connect where the guard does not look.
    session.trust_env = False
    session.mount("https://", Adapter())
    session.mount("http://", Adapter())
    return session


def _bounded(session: requests.Session) -> requests.Session:
    """A session whose requests end in time, and go nowhere else."""
    ask = session.request

    def request(*args: Any, **options: Any) -> requests.Response:  # noqa: ANN401
        given = {"timeout": (TO_CONNECT, TO_ANSWER), "allow_redirects": False, **options}
        return ask(*args, **given)

    session.request = request  # type: ignore[method-assign]
    return session
