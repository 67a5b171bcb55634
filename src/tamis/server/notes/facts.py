"""Facts of which a note is made; each is shown beside the sentences that it stands behind.

Grain: one thing that the store holds of one lead. Instants have an offset, days are local ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from tamis.model.spec import Model


class EventFact(Struct, frozen=True, tag="event", tag_field="fact"):
    """An event that counts: no machine's. Channel and format are what its properties say."""

    message_id: str
    name: str
    day: date
    channel: str | None = None
    format: str | None = None


class EventsFact(Struct, frozen=True, tag="events", tag_field="fact"):
    """Several events that are counted, by their message ids."""

    message_ids: tuple[str, ...]


class FieldFact(Struct, frozen=True, tag="field", tag_field="fact"):
    """The value of a field of the lead or of its account."""

    table: Literal["lead", "account"]
    name: str
    value: Any


class Contribution(Struct, frozen=True, tag="contribution", tag_field="fact"):
    """What a rule gave; `count` and `last_day` are null for rules that count no events."""

    dimension: str
    rule: str
    points: Decimal
    count: int | None = None
    last_day: date | None = None


class DimensionFact(Struct, frozen=True, tag="dimension", tag_field="fact"):
    """What a dimension came to, and the most that it can."""

    dimension: str
    value: Decimal
    most: Decimal


class ScoreFact(Struct, frozen=True, tag="score", tag_field="fact"):
    """A score that held from a day on; `entry` is that of its history, null: made for today."""

    day: date
    score: Decimal
    entry: int | None = None


class PlayFact(Struct, frozen=True, tag="play", tag_field="fact"):
    """The play that the model chose."""

    play: str


class OutcomeFact(Struct, frozen=True, tag="outcome", tag_field="fact"):
    """A deal that was won or lost."""

    outcome_id: str
    outcome: str
    day: date


class MeetingFact(Struct, frozen=True, tag="meeting", tag_field="fact"):
    """A meeting that somebody of ours recorded as held; `answer` is its number in the store."""

    answer: int
    day: date


class RefusalFact(Struct, frozen=True, tag="refusal", tag_field="fact"):
    """A refusal to be profiled; the day is null where it is not known."""

    day: date | None = None


Fact = (
    EventFact
    | EventsFact
    | FieldFact
    | Contribution
    | DimensionFact
    | ScoreFact
    | PlayFact
    | OutcomeFact
    | MeetingFact
    | RefusalFact
)


@dataclass(frozen=True, kw_only=True)
class NoteFacts:
    """All that a note may be made of; events, outcomes and scores stand the latest first.

    With a refusal there is nothing else.
    """

    model: Model
    today: date
    refusal: RefusalFact | None = None
    play: PlayFact | None = None
    fields: Sequence[FieldFact] = ()
    contributions: Sequence[Contribution] = ()
    dimensions: Sequence[DimensionFact] = ()
    events: Sequence[EventFact] = ()
    outcomes: Sequence[OutcomeFact] = ()
    meeting: MeetingFact | None = None
    scores: Sequence[ScoreFact] = ()

    def field(self, *names: tuple[str, str]) -> FieldFact | None:
        """The first known field of some, each with its table."""
        known = {(fact.table, fact.name): fact for fact in self.fields}
        return next((known[name] for name in names if name in known), None)


class Sentence(Struct, frozen=True):
    """A sentence, and the facts that it says: at least one."""

    text: str
    facts: tuple[Fact, ...]


class Note(Struct, frozen=True):
    """A note in a language, the most important first."""

    language: str
    sentences: tuple[Sentence, ...]
