"""What a transaction changed, of which scores are made anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Cause = Literal["events", "fields", "time", "model", "merge", "bots", "manual", "consent"]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that counts, of a known lead. `at` in microseconds, properties as they came."""

    lead: int
    event: str
    at: int
    properties: Mapping[str, object]
    event_key: int = 0


@dataclass
class Work:
    """What changed and why: `events` came, `fields` of leads changed, `recount` these leads.

    `messages` are the ids behind the changes of each lead, `joined` the ids of the leads that
    proved to be it.
    """

    cause: Cause = "events"
    events: list[NewEvent] = field(default_factory=list)
    fields: set[int] = field(default_factory=set)
    recount: set[int] = field(default_factory=set)
    messages: Mapping[int, list[str]] = field(default_factory=dict)
    joined: Mapping[int, list[str]] = field(default_factory=dict)

    @property
    def touched(self) -> set[int]:
        """Every lead whose scores are to be made anew."""
        return {event.lead for event in self.events} | self.fields | self.recount
