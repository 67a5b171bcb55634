"""Messages to HubSpot: what is known of a lead onto its contact, and members into lists."""

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
from tamis.server.delivery.targets.hubspot.checks import fields_of
from tamis.server.delivery.targets.hubspot.source import LEAD, HubSpotSource

if TYPE_CHECKING:
    from tamis.server.delivery.targets.hubspot.client import HubSpotClient

BATCH: Final = 100
EMAIL: Final = "email"
NOBODY: Final = "HubSpot has no contact of this lead, and the field map has no `create`"
TWICE: Final = "another message for the same contact is on its way"
Changes = Mapping[str, Mapping[str, Any]]
Write = Callable[[Changes], Mapping[str, str]]


class HubSpotTarget:
    """An account of HubSpot, as a map says. `client` is made when it is first needed."""

    def __init__(self, client: Callable[[], HubSpotClient], map_: FieldMap, every: int) -> None:
        self._client, self.map, self.every = client, map_, every
        writes = any(one.write for one in map_.objects.values())
        told = {"score.changed", "status.changed"} if writes else set()
        self.kinds = frozenset(told | set(AUDIENCE if map_.audiences else ()))
        self._together = Together(self.send_many, BATCH)

    def source(self) -> HubSpotSource:
        """What the account is read by."""
        return HubSpotSource(self._client())

    def checked(self) -> list[Problem]:
        """What of the map the account lacks or types otherwise.

        Raises: LaterError, RefusedError.
        """
        return check(self.map, lambda kind: fields_of(self._client().properties(kind)))

    def send(self, message: Message) -> Result:
        """Deliver a message, with others that wait."""
        return self._together.send(message)

    def send_many(self, messages: Sequence[Message]) -> list[Result]:
        """Deliver some messages, of which no two are of one lead; a result for each."""
        results: dict[int, Result] = {}
        kinds: defaultdict[str, list[Message]] = defaultdict(list)
        for message in messages:
            kinds[message.kind if message.kind in (TEST, *AUDIENCE) else "record"].append(message)
        for kind, some in kinds.items():
            try:
                results |= self._send(kind, some)
            except LaterError as later:
                again = Retry(str(later), later.seconds, later.rest)
                results |= {one.entry: again for one in some if one.entry not in results}
            except RefusedError as refused:
                results |= {one.entry: Refused(str(refused)) for one in some}
        return [results[one.entry] for one in messages]

    def _send(self, kind: str, some: Sequence[Message]) -> dict[int, Result]:
        if kind == TEST:
            self._client().properties("contacts")
            return {one.entry: Sent() for one in some}
        if kind in AUDIENCE:
            return self._members(kind, some)
        results = self._contacts(some)
        self._companies(some)
        return results

    # ---------------------------------------------------------------- contacts

    def _contacts(self, some: Sequence[Message]) -> dict[int, Result]:
        contacts = self.map.objects.get("contacts")
        if contacts is None or not contacts.write:
            return {one.entry: Sent() for one in some}
        known = self._ids(contacts, some)
        results: dict[int, Result] = {}
        by_id: dict[str, Message] = {}
        new: list[Message] = []
        for one in some:
            id_ = known.get(one.entry)
            if id_ is None:
                new.append(one)
            elif id_ in by_id:
                # Two leads of ours are one contact there: it holds what is told last.
                results[one.entry] = Retry(TWICE)
            else:
                by_id[id_] = one
        results |= self._written(contacts, by_id, lambda c: self._client().update("contacts", c))
        return results | self._made(contacts, new)

    def _ids(self, contacts: ObjectMap | None, some: Sequence[Message]) -> dict[int, str]:
        """The ids of contacts that are there, by the numbers of the messages."""
        found = {
            one.entry: _lead_id(one).removeprefix(LEAD)
            for one in some
            if _lead_id(one).startswith(LEAD)
        }
        if contacts is not None and contacts.id is not None:
            found |= self._by(contacts.id.name, some, _lead_id, found)
        return found | self._by(EMAIL, some, _email, found)

    def _by(
        self,
        unique: str,
        some: Sequence[Message],
        said: Callable[[Message], str],
        found: Mapping[int, str],
    ) -> dict[int, str]:
        asked = {one.entry: said(one) for one in some if one.entry not in found and said(one)}
        if not asked:
            return {}
        known = self._client().known("contacts", unique, sorted(set(asked.values())))
        return {
            entry: known[value.lower()] for entry, value in asked.items() if value.lower() in known
        }

    def _made(self, contacts: ObjectMap, new: Sequence[Message]) -> dict[int, Result]:
        """Make contacts that are not there, by their e-mails or else by our ids."""
        results: dict[int, Result] = {}
        by: defaultdict[str, dict[str, Message]] = defaultdict(dict)
        more: dict[int, Mapping[str, Any]] = {}
        for one in new:
            unique = EMAIL if _email(one) else contacts.id.name if contacts.id else ""
            value = _email(one) or _lead_id(one)
            if contacts.create is None or not unique or not value:
                results[one.entry] = Refused(NOBODY)
            elif value in by[unique]:
                results[one.entry] = Retry(TWICE)
            else:
                try:
                    more[one.entry] = of_new(contacts.create, one.payload)
                    by[unique][value] = one
                except KeyError as missing:
                    reason = f"a new contact needs {missing.args[0]}, which is not known"
                    results[one.entry] = Refused(reason)
        for unique, some in by.items():
            results |= self._written(contacts, some, self._upserting(unique), more)
        return results

    def _upserting(self, unique: str) -> Write:
        return lambda changes: self._client().upsert("contacts", unique, changes)

    def _written(
        self,
        object_: ObjectMap,
        some: Mapping[str, Message],
        write: Write,
        more: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> dict[int, Result]:
        changes = {
            key: as_text({**(more or {}).get(one.entry, {}), **self._told(object_, one)})
            for key, one in some.items()
        }
        failed = in_parts(write, changes) if changes else {}
        return {
            one.entry: Refused(failed[key]) if key in failed else Sent()
            for key, one in some.items()
        }

    def _told(self, object_: ObjectMap, one: Message) -> dict[str, Any]:
        own = {object_.id.name: _lead_id(one)} if object_.id is not None else {}
        return own | values_of(object_, one.payload)

    # ---------------------------------------------------------------- companies

    def _companies(self, some: Sequence[Message]) -> None:
        """Tell companies the score that their leads make, where messages speak of it.

        A company that is not there is passed over: its leads' contacts are told all the same.
        """
        companies = self.map.objects.get("companies")
        told = {
            str(account["account_id"]): as_text(values_of(companies, account))
            for one in some
            if companies is not None
            and companies.write
            and isinstance(account := one.payload.get("account"), Mapping)
            and account.get("account_id")
        }
        if not told or companies is None:
            return
        if companies.id is not None:
            known = self._client().known("companies", companies.id.name, sorted(told))
            told = {known[id_.lower()]: one for id_, one in told.items() if id_.lower() in known}
        told = {id_: one for id_, one in told.items() if id_.isdigit()}
        if told:
            in_parts(lambda changes: self._client().update("companies", changes), told)

    # ---------------------------------------------------------------- lists

    def _members(self, kind: str, some: Sequence[Message]) -> dict[int, Result]:
        """Put contacts into lists, or take them out; who is no contact is in no list."""
        results: dict[int, Result] = {}
        known = self._ids(self.map.objects.get("contacts"), some)
        lists: defaultdict[str, list[Message]] = defaultdict(list)
        for one in some:
            list_ = self.map.audiences.get(str(one.payload.get("audience")))
            if list_ is None:
                results[one.entry] = Refused("the field map names no list for this audience")
            elif one.entry not in known:
                absent = Refused("HubSpot has no contact of this lead")
                results[one.entry] = absent if kind == AUDIENCE[0] else Sent()
            else:
                lists[list_].append(one)
        for list_, members in lists.items():
            ids = sorted({known[one.entry] for one in members})
            add, remove = (ids, []) if kind == AUDIENCE[0] else ([], ids)
            self._client().members(list_, add, remove)
            results |= {one.entry: Sent() for one in members}
        return results


def in_parts(write: Write, changes: Changes) -> dict[str, str]:
    """Write a batch; where it is refused whole, its halves, down to the records at fault.

    Raises: LaterError, when some of it may be in: writing it again changes nothing.
    """
    try:
        return dict(write(changes))
    except RefusedError as refused:
        if len(changes) == 1:
            return dict.fromkeys(changes, str(refused))
    keys = list(changes)
    middle = len(keys) // 2
    halves = (keys[:middle], keys[middle:])
    return {
        key: reason
        for half in halves
        for key, reason in in_parts(write, {key: changes[key] for key in half}).items()
    }


def as_text(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as HubSpot takes them: as text, empty for none."""
    return {name: "" if value is None else str(value) for name, value in values.items()}


def _lead_id(message: Message) -> str:
    return str(message.payload.get("lead_id") or "")


def _email(message: Message) -> str:
    return str(message.payload.get("email") or message.payload.get("address") or "")
