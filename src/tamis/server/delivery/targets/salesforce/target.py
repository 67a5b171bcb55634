"""Messages to Salesforce: onto leads and contacts, hand-offs as tasks, members into campaigns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from tamis.errors import Problem
from tamis.server.delivery.crm.checks import check
from tamis.server.delivery.crm.faults import LaterError, RefusedError
from tamis.server.delivery.crm.field_map import FieldMap, ObjectMap
from tamis.server.delivery.crm.together import Together
from tamis.server.delivery.crm.told import of_new, values_of
from tamis.server.delivery.message import AUDIENCE, TEST, Message, Refused, Result, Retry, Sent
from tamis.server.delivery.targets.salesforce.campaigns import members
from tamis.server.delivery.targets.salesforce.checks import TASK, fields_of
from tamis.server.delivery.targets.salesforce.records import Found, records_of
from tamis.server.delivery.targets.salesforce.saving import Json, saved
from tamis.server.delivery.targets.salesforce.source import SalesforceSource
from tamis.server.delivery.targets.salesforce.tasks import tasks

if TYPE_CHECKING:
    from tamis.server.delivery.targets.salesforce.client import SalesforceClient

BATCH: Final = 200
HANDOFF: Final = "handoff.assigned"
NOBODY: Final = "Salesforce has no record of this lead, and the field map has no `create`"
TWICE: Final = "another message for the same record is on its way"


class SalesforceTarget:
    """An organisation of Salesforce, as a map says. `client` is made when it is first needed."""

    def __init__(self, client: Callable[[], SalesforceClient], map_: FieldMap, every: int) -> None:
        self._client, self.map, self.every = client, map_, every
        writes = any(one.write for one in map_.objects.values())
        kinds = {"score.changed", "status.changed"} if writes else set()
        kinds |= {HANDOFF} if map_.tasks else set()
        self.kinds = frozenset(kinds | set(AUDIENCE if map_.audiences else ()))
        self._together = Together(self.send_many, BATCH)

    def source(self) -> SalesforceSource:
        """What the organisation is read by."""
        return SalesforceSource(self._client())

    def checked(self) -> list[Problem]:
        """What of the map the organisation lacks or types otherwise.

        Raises: LaterError, RefusedError.
        """
        return check(self.map, lambda name: fields_of(self._client().fields(name)), TASK)

    def send(self, message: Message) -> Result:
        """Deliver a message, with others that wait."""
        return self._together.send(message)

    def send_many(self, messages: Sequence[Message]) -> list[Result]:
        """Deliver some messages, of which no two are of one lead; a result for each."""
        results: dict[int, Result] = {}
        kinds: defaultdict[str, list[Message]] = defaultdict(list)
        for message in messages:
            apart = (TEST, HANDOFF, *AUDIENCE)
            kinds[message.kind if message.kind in apart else "record"].append(message)
        for kind, some in kinds.items():
            try:
                results |= self._send(kind, some)
            except LaterError as later:
                again = Retry(str(later), later.seconds, later.rest)
                results |= {one.entry: again for one in some}
            except RefusedError as refused:
                results |= {one.entry: Refused(str(refused)) for one in some}
        return [results[one.entry] for one in messages]

    def _send(self, kind: str, some: Sequence[Message]) -> dict[int, Result]:
        client = self._client()
        if kind == TEST:
            client.fields("Lead")
            return {one.entry: Sent() for one in some}
        known = records_of(client, self.map, some)
        if kind in AUDIENCE:
            return members(client, self.map, kind, some, known)
        if kind == HANDOFF:
            return tasks(client, self.map, some, known)
        results = self._records(client, some, known)
        self._accounts(client, some)
        return results

    def _records(
        self, client: SalesforceClient, some: Sequence[Message], known: Mapping[int, Found]
    ) -> dict[int, Result]:
        """Tell records that are there, and make others."""
        changes: dict[str, tuple[Message, Json]] = {}
        results: dict[int, Result] = {}
        for one in some:
            if one.entry not in known:
                continue
            name, id_ = known[one.entry]
            if id_ in changes:
                results[one.entry] = Retry(TWICE)
            elif name in self.map.objects:
                told = _told(self.map.objects[name], one)
                changes[id_] = one, {"attributes": {"type": name}, "Id": id_, **told}
            else:
                results[one.entry] = Refused(f"the field map writes no {name}")
        results |= saved(client.update, list(changes.values()))
        new = [one for one in some if one.entry not in known]
        return results | self._made(client, new)

    def _made(self, client: SalesforceClient, new: Sequence[Message]) -> dict[int, Result]:
        """Make records by our ids, which are external ids there: a second time finds the first."""
        object_ = next(
            (one for one in self.map.leads if one.create is not None and one.id is not None), None
        )
        if object_ is None or object_.create is None or object_.id is None:
            return {one.entry: Refused(NOBODY) for one in new}
        results: dict[int, Result] = {}
        changes: list[tuple[Message, Json]] = []
        for one in new:
            try:
                more = of_new(object_.create, one.payload)
            except KeyError as missing:
                reason = f"a new {object_.name} needs {missing.args[0]}, which is not known"
                results[one.entry] = Refused(reason)
                continue
            record = {"attributes": {"type": object_.name}, **more, **_told(object_, one)}
            changes.append((one, record))
        name, unique = object_.name, object_.id.name
        return results | saved(lambda records: client.upsert(name, unique, records), changes)

    def _accounts(self, client: SalesforceClient, some: Sequence[Message]) -> None:
        """Tell accounts the score that their leads make, where messages speak of it.

        An account that is not there is passed over: its leads are told all the same.
        """
        object_ = self.map.objects.get("Account")
        if object_ is None or not object_.write:
            return
        told = {
            str(account["account_id"]): values_of(object_, account)
            for one in some
            if isinstance(account := one.payload.get("account"), Mapping)
            and str(account.get("account_id") or "").startswith("001")
        }
        records = [
            {"attributes": {"type": "Account"}, "Id": id_, **one} for id_, one in told.items()
        ]
        if records:
            client.update(records)


def _told(object_: ObjectMap, one: Message) -> dict[str, Any]:
    own = {object_.id.name: one.payload.get("lead_id")} if object_.id is not None else {}
    return own | values_of(object_, one.payload)
