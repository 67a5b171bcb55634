"""Slices: what was read of a file and is stored in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from tamis.server.bots.detector import Detector
from tamis.server.ingest.declared import Declared
from tamis.server.ingest.message import (
    AccountRow,
    Item,
    LeadRow,
    Message,
    OutcomeRow,
    Rejected,
)

ENCODER = msgspec.json.Encoder()
EMPTY = "{}"
Good = Message | LeadRow | AccountRow | OutcomeRow
"""An item that can be taken."""


class Event(NamedTuple):
    """A message as its row of `events` has it, beside its key and its lead."""

    message_id: str
    kind: str
    event: str | None
    at: int
    received_at: int
    user_id: str | None
    anonymous_id: str | None
    properties: str
    context: str
    bot: str | None = None
    bot_by: str | None = None


@dataclass
class Slice:
    """Some rows of a file; `position` is where the next slice begins.

    `events` say nothing of who somebody is beyond their ids; `items` do: identify, group and alias
    calls, and rows of leads, accounts and outcomes.
    """

    position: int
    events: list[Event] = field(default_factory=list)
    items: list[Good] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)

    def add(self, item: Item, place: str, declared: Declared, detector: Detector) -> None:
        """Put an item where it belongs; `place` is where it stands in the file."""
        bad = item if isinstance(item, Rejected) else declared.refused(item, 0)
        if bad is not None:
            bad.reason = f"{place}: {bad.reason}"
            self.rejected.append(bad)
        elif isinstance(item, Message) and item.event is not None:
            self.events.append(event_of(item, detector.declared(item)))
        elif not isinstance(item, Rejected):
            self.items.append(item)


def event_of(message: Message, bot: str | None = None) -> Event:
    """The row of a message."""
    return Event(
        message.message_id,
        message.kind,
        message.event,
        message.at,
        message.received_at,
        message.user_id,
        message.anonymous_id,
        ENCODER.encode(message.properties).decode() if message.properties else EMPTY,
        ENCODER.encode(message.context).decode() if message.context else EMPTY,
        bot,
    )
