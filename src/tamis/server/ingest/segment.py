"""Segment: its HTTP tracking API, from bytes to messages; nothing here waits or stores.

A batch is taken apart first, each message staying in bytes; then each is read alone, so that one
which cannot be read leaves its neighbours as they are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress

import msgspec

from tamis.server.ingest import limits, traits, values
from tamis.server.ingest.bodies import Unreadable, objects, split
from tamis.server.ingest.faults import Fault, of_decoding, refuse_size, rejected
from tamis.server.ingest.message import Item, Message

Json = dict[str, object]
Id = str | int | None


class Call(msgspec.Struct, rename="camel"):
    """One call, as clients write it; what is not named here is not read."""

    type: str | None = None
    message_id: Id = None
    user_id: Id = None
    anonymous_id: Id = None
    previous_id: Id = None
    group_id: Id = None
    timestamp: str | None = None
    original_timestamp: str | None = None
    sent_at: object = None
    event: str | None = None
    name: object = None
    category: object = None
    traits: Json | None = None
    properties: Json | None = None
    context: Json | None = None


class Batch(msgspec.Struct, rename="camel"):
    """Several calls, each still in bytes."""

    batch: list[msgspec.Raw]
    sent_at: object = None
    context: object = None


CALL = msgspec.json.Decoder(Call)
BATCH = msgspec.json.Decoder(Batch)


def call_of(kind: str | None, body: bytes, received_at: int) -> Item:
    """The one call of a request to `/v1/<kind>`, or why it cannot be taken.

    Without a kind, the call's own `type` says it.
    """
    return _item(body, 0, received_at, kind=kind)


def batch_of(body: bytes, received_at: int, *, past: bool = False) -> list[Item]:
    """The calls of a request to `/v1/batch`, in order, each with its fault if it has one.

    Args:
        body: the request's, unpacked.
        received_at: the server's clock, in microseconds.
        past: for `/v1/import`: times are taken as written, no clock is set right.

    Raises:
        Unreadable: when the request is no batch.
    """
    batch = _batch(body, received_at)
    sent_at = None if past else batch.sent_at
    context = batch.context if isinstance(batch.context, dict) else None
    return [
        _item(bytes(raw), place, received_at, sent_at=sent_at, context=context, past=past)
        for place, raw in enumerate(batch.batch)
    ]


def _batch(body: bytes, received_at: int) -> Batch:
    try:
        batch = BATCH.decode(body)
    except (ValueError, RecursionError) as error:
        batch = _loosely(body, error, received_at)
    if len(batch.batch) > limits.MESSAGES:
        fault = Fault("too-many", f"a request has at most {limits.MESSAGES} messages: split it")
        raise Unreadable(rejected(body, fault, received_at, "batch"))
    return batch


def _loosely(body: bytes, error: Exception, received_at: int) -> Batch:
    """A batch in which a message is no strict JSON: taken apart all the same."""
    found = objects(body)
    if isinstance(found, dict) and isinstance(found.get("batch"), list):
        return Batch(split(found["batch"]), found.get("sentAt"), found.get("context"))
    fault = of_decoding(error, body)
    if fault.code == "wrong-type":
        fault = Fault("no-batch", "the body is an object with `batch`, a list of messages")
    raise Unreadable(rejected(body, fault, received_at, "batch")) from error


def _item(
    raw: bytes,
    place: int,
    received_at: int,
    *,
    kind: str | None = None,
    sent_at: object = None,
    context: Json | None = None,
    past: bool = False,
) -> Item:
    """One call; what the batch says of its sending goes before what the call says."""
    try:
        refuse_size(raw)
        call = _call(raw)
        kind = kind or call.type
        sent_at = None if past else sent_at or call.sent_at
        return _message(call, kind or "", received_at, sent_at, context)
    except Fault as fault:
        return rejected(raw, fault, received_at, _kind(kind, raw), place)


def _kind(kind: str | None, raw: bytes) -> str:
    if kind is None:
        found = objects(raw)
        kind = str(found.get("type", "")) if isinstance(found, dict) else ""
    return kind if kind in KINDS else "call"


def _call(raw: bytes) -> Call:
    try:
        call = CALL.decode(raw)
        if values.ESCAPED_NUL in raw:
            values.refuse_nul(msgspec.to_builtins(call))
    except (ValueError, RecursionError) as error:
        raise of_decoding(error, raw) from error
    return call


def _message(
    call: Call, kind: str, received_at: int, sent_at: object, context: Json | None
) -> Message:
    making = KINDS.get(kind)
    if making is None:
        known = ", ".join(KINDS)
        raise Fault("unknown-type", f"`type` is `{kind[:40]}`: there is {known}")
    kept = call.context if call.context is not None else context
    message = Message(
        message_id=values.identifier(call.message_id, "messageId") or _made_id(),
        kind=kind,  # type: ignore[arg-type]
        event=None,
        at=_time(call, received_at, sent_at),
        received_at=received_at,
        user_id=values.identifier(call.user_id, "userId"),
        anonymous_id=values.identifier(call.anonymous_id, "anonymousId"),
        context=traits.kept_context(kept) if kept else {},
    )
    making(message, call)
    if message.user_id is None and message.anonymous_id is None:
        raise Fault("no-id", "there is neither `userId` nor `anonymousId`")
    return message


def _made_id() -> str:
    return "made-" + os.urandom(16).hex()


def _time(call: Call, received_at: int, sent_at: object) -> int:
    """When it happened: the client's clock is off by as much as it was when it sent."""
    text = call.timestamp or call.original_timestamp
    if not text:
        return received_at
    at = values.instant(text, "timestamp")
    if type(sent_at) is str:
        # A moment of sending that cannot be read tells nothing of the clock.
        with suppress(Fault):
            at += received_at - values.instant(sent_at, "sentAt")
    values.refuse_time(at, received_at)
    return at


def _track(message: Message, call: Call) -> None:
    if not call.event or call.event.isspace():
        raise Fault("no-event", "a track call names its `event`")
    if len(call.event) > limits.NAME:
        raise Fault("name-too-long", f"`event` has more than {limits.NAME} characters")
    message.event = call.event
    message.properties = traits.with_campaign(_checked(call.properties), _context(message))


def _page(message: Message, call: Call) -> None:
    message.event = "page_view" if message.kind == "page" else "screen_view"
    context = _context(message)
    found = traits.of_page(_checked(call.properties), call.name, call.category, context)
    message.properties = traits.with_campaign(found, context)


def _identify(message: Message, call: Call) -> None:
    given = _checked(call.traits)
    message.traits = traits.fields(given)
    message.email = traits.address(given.get("email"))


def _group(message: Message, call: Call) -> None:
    message.account_id = values.identifier(call.group_id, "groupId")
    if message.account_id is None:
        raise Fault("no-group", "a group call names its `groupId`")
    message.traits = traits.fields(_checked(call.traits))


def _alias(message: Message, call: Call) -> None:
    message.previous_id = values.identifier(call.previous_id, "previousId")
    if message.previous_id is None or message.user_id is None:
        raise Fault("no-alias", "an alias call names its `previousId` and its `userId`")


def _checked(given: Json | None) -> Json:
    if not given:
        return {}
    values.refuse_values(given)
    return given


def _context(message: Message) -> Json:
    return message.context  # type: ignore[return-value]


KINDS: Mapping[str, Callable[[Message, Call], None]] = {
    "track": _track,
    "page": _page,
    "screen": _page,
    "identify": _identify,
    "group": _group,
    "alias": _alias,
}
"""What each kind of call adds to a message."""
