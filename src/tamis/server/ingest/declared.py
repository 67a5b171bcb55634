"""Declared fields: what live models say a value is, held against what clients send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from tamis.model.spec import Field
from tamis.server.clock import written
from tamis.server.ingest.message import AccountRow, Item, LeadRow, Message, Rejected
from tamis.server.models.versions import Version
from tamis.server.scoring.typed import UnreadableError, cell, value_in

UTC = ZoneInfo("UTC")
WRONG = "wrong-type"


@dataclass(frozen=True)
class Declared:
    """The fields that live models declare, with the types that values must have to be taken."""

    event: Mapping[str, str]
    lead: Mapping[str, str]
    account: Mapping[str, str]

    @classmethod
    def of(cls, versions: Sequence[Version]) -> Declared:
        """The fields of live versions; where two differ in type, neither is asked for."""
        return _declared(tuple(version.model.fields for version in versions))

    def refused(self, item: Item, place: int) -> Rejected | None:
        """Why an item cannot be taken: a declared field of another type; None: it can."""
        if isinstance(item, Message) and item.kind == "group":
            return self._refused(item, item.traits, self.account, "traits", place)
        if isinstance(item, Message) and item.kind == "identify":
            return self._refused(item, item.traits, self.lead, "traits", place)
        if isinstance(item, Message):
            return self._refused(item, item.properties, self.event, "properties", place)
        if isinstance(item, LeadRow):
            return self._refused(item, item.fields, self.lead, "fields", place)
        if isinstance(item, AccountRow):
            return self._refused(item, item.fields, self.account, "fields", place)
        return None

    def _refused(
        self,
        item: Message | LeadRow | AccountRow,
        values: Mapping[str, object],
        types: Mapping[str, str],
        where: str,
        place: int,
    ) -> Rejected | None:
        if not values:
            return None
        for name, type_ in types.items():
            value = value_in(values, name)
            if value is None:
                continue
            try:
                cell(value, type_, UTC)  # type: ignore[arg-type]
            except UnreadableError as error:
                shown = msgspec.json.encode(value).decode()[:60]
                reason = f"{where}.{name} is {shown}: {error}"
                return _rejected(item, reason, place)
        return None


@lru_cache(maxsize=8)
def _declared(models: tuple[tuple[Field, ...], ...]) -> Declared:
    found: dict[str, dict[str, str]] = {"event": {}, "lead": {}, "account": {}}
    for one in (one for fields in models for one in fields):
        known = found[one.table].setdefault(one.name, one.type)
        if known != one.type:
            found[one.table][one.name] = "text"
    typed = {
        table: {name: type_ for name, type_ in fields.items() if type_ != "text"}
        for table, fields in found.items()
    }
    return Declared(**typed)


def _rejected(item: Message | LeadRow | AccountRow, reason: str, place: int) -> Rejected:
    """The item put aside, written so that it can be sent again."""
    if isinstance(item, Message):
        person = item.user_id or item.anonymous_id
        again = _again(_call(item), "timestamp", item.at)
        return Rejected(
            again, WRONG, reason, item.received_at, item.kind, item.message_id, person, place
        )
    if isinstance(item, LeadRow):
        row = {"lead_id": item.lead_id, "account_id": item.account_id, "owner": item.owner}
        again = _again({**row, "fields": item.fields}, "at", item.at)
        return Rejected(again, WRONG, reason, item.at, "lead", None, item.lead_id, place)
    again = _again({"account_id": item.account_id, "fields": item.fields}, "at", item.at)
    return Rejected(again, WRONG, reason, item.at, "account", None, None, place)


def _again(said: Mapping[str, object], when: str, at: int) -> bytes:
    known = {name: value for name, value in said.items() if value is not None}
    return msgspec.json.encode({**known, when: written(at)})


def _call(item: Message) -> dict[str, object]:
    """The call as a client would make it."""
    filled = "traits" if item.kind in ("identify", "group") else "properties"
    return {
        "type": item.kind,
        "messageId": item.message_id,
        "userId": item.user_id,
        "anonymousId": item.anonymous_id,
        "previousId": item.previous_id,
        "groupId": item.account_id,
        "event": item.event if item.kind == "track" else None,
        filled: item.traits or item.properties,
        "context": item.context,
    }
