"""Answers: what a sender is told once everything is durable and scored."""

from __future__ import annotations

import msgspec

from tamis.server.ingest.message import Delivery, Item, Receipt, Rejected
from tamis.server.problems import Problem


class Refused(msgspec.Struct):
    """A message that was put aside: its place in the request, from 0, and why."""

    place: int
    message_id: str | None
    code: str
    reason: str


class Taken(msgspec.Struct):
    """What became of a request's messages: new, known by their ids already, put aside."""

    success: bool
    taken: int
    repeated: int
    quarantined: int
    rejected: list[Refused]


def answer(items: list[Item], receipt: Receipt) -> Taken:
    """The answer to several messages: those put aside are named, the others are in."""
    bad = [item for item in items if isinstance(item, Rejected)]
    bad = sorted((*bad, *receipt.refused), key=lambda item: item.place)
    refused = [refused_for(item) for item in bad]
    return Taken(
        success=True,
        taken=receipt.taken,
        repeated=receipt.repeated,
        quarantined=receipt.quarantined,
        rejected=refused,
    )


def refused_for(item: Rejected) -> Refused:
    """What the sender is told of a message put aside."""
    return Refused(item.place, item.message_id, item.code, item.reason)


def problem_of(refused: Refused) -> Problem:
    """The answer to a request whose one message was put aside: clients send it no more."""
    return Problem(400, refused.code, "Put aside in quarantine", refused.reason)


def refused_later() -> Problem:
    """The answer to a request whose one message does not fit what the live models declare."""
    reason = "a value is not of the type that a live model declares: see the quarantine"
    return Problem(400, "wrong-type", "Put aside in quarantine", reason)


def delivery(items: list[Item], who: str) -> Delivery:
    """What the intake takes, from a caller as `key:<id>` or a login."""
    return Delivery(items, who.removeprefix("key:") if who.startswith("key:") else None)
