"""Records of a CRM as they are read, and the rows of leads and accounts that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec

from tamis.server.clock import written
from tamis.server.delivery.crm.field_map import FieldMap, ObjectMap, Role
from tamis.server.ingest import rows
from tamis.server.ingest.message import AccountRow, Item, LeadRow, Message
from tamis.server.ingest.traits import address

KINDS: Mapping[Role, str] = {"lead": "leads", "account": "accounts"}
OWN = ("account_id", "owner")
"""Parts of a lead's row that are no fields."""
SOURCE = "crm"


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the CRM holds it.

    Attributes:
        id: the CRM's own.
        name: our id of it, where nothing in it says another one.
        at: when it last changed, in microseconds.
        values: by the CRM's names, with the types that JSON has.
        known_as: fields of ours that say which record of the CRM a lead or account is.
        also: ids that are the same person, whatever its e-mail becomes; none of accounts.
    """

    id: str
    name: str
    at: int
    values: Mapping[str, Any]
    known_as: Mapping[str, str] = field(default_factory=dict)
    also: Sequence[str] = ()


def row_of(map_: FieldMap, object_: ObjectMap, record: Record, received_at: int) -> Item:
    """The row that a record makes, by the road of `POST /v1/leads`: or why it cannot be taken.

    It holds since the record last changed; one that is read again says the same again.
    """
    said = {ours: record.values.get(named.name) for ours, named in object_.read.items()}
    if map_.empty == "keep":
        said = {ours: value for ours, value in said.items() if value not in (None, "")}
    body: dict[str, Any] = {"at": written(record.at), f"{object_.role}_id": _id(object_, record)}
    if object_.role == "lead":
        body |= {name: said.pop(name) for name in OWN if name in said}
        body["owner"] = map_.login_of(body.get("owner"))
    body["fields"] = {**said, **record.known_as}
    item = rows.row_of(KINDS[object_.role], msgspec.json.encode(body), received_at)
    if isinstance(item, LeadRow | AccountRow):
        item.source = SOURCE
    return item


def links_of(object_: ObjectMap, record: Record, received_at: int) -> list[Item]:
    """That the record's own ids are the lead that its row is of: once for each id of ours.

    So a lead stays the same one when its e-mail is changed over there, or comes to be known.
    """
    name = _id(object_, record)
    return [
        Message(
            message_id=_link_id(name, other),
            kind="alias",
            event=None,
            at=min(record.at, received_at),
            received_at=received_at,
            user_id=name,
            previous_id=other,
            source=SOURCE,
        )
        for other in record.also
        if other != name
    ]


def _link_id(name: str, other: str) -> str:
    return f"crm_{blake2b(msgspec.json.encode([name, other]), digest_size=16).hexdigest()}"


def _id(object_: ObjectMap, record: Record) -> str:
    """Our id of a record: the one it holds, else a lead's e-mail, else one made of the record's."""
    own = record.values.get(object_.id.name) if object_.id is not None else None
    if own not in (None, ""):
        return str(own)
    named = object_.read.get("email") if object_.role == "lead" else None
    email = address(record.values.get(named.name)) if named is not None else None
    return email or record.name
