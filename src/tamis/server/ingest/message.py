"""A message: one call of a client, checked, in the words of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["track", "page", "screen", "identify", "group", "alias"]
Json = Mapping[str, object]


@dataclass(slots=True)
class Message:
    """One acknowledged call. `at` and `received_at` are microseconds since 1970-01-01 UTC.

    Attributes:
        message_id: the client's id, or one made here; counts once, ever.
        kind: which call it was.
        event: the name of the event; None for identify, group and alias.
        at: when it happened, by the client's clock set right by `sentAt`; never after
            `received_at` by more than a day.
        user_id: the id of a known person; None for an anonymous visitor.
        anonymous_id: the id of a visitor; at least one of the two is given.
        email: an address that identifies the person (lower case); from the traits of identify.
        previous_id: for alias: the id that means the same person as `user_id`.
        account_id: for group: the account of the person.
        traits: for identify: fields of the person; for group: fields of the account.
        properties: of the event; empty for others.
        context: what is kept of the client's context: `userAgent`, `ip` never.
    """

    message_id: str
    kind: Kind
    event: str | None
    at: int
    received_at: int
    user_id: str | None = None
    anonymous_id: str | None = None
    email: str | None = None
    previous_id: str | None = None
    account_id: str | None = None
    traits: Json = field(default_factory=dict)
    properties: Json = field(default_factory=dict)
    context: Json = field(default_factory=dict)
    source: str = "api"
    """What brought it: api, import."""


@dataclass(slots=True)
class LeadRow:
    """Fields of a lead, from `POST /v1/leads` or a file; a null value empties the field."""

    lead_id: str
    at: int
    fields: Json
    account_id: str | None = None
    owner: str | None = None
    source: str = "api"


@dataclass(slots=True)
class AccountRow:
    """Fields of an account, from `POST /v1/accounts` or a file."""

    account_id: str
    at: int
    fields: Json
    source: str = "api"


@dataclass(slots=True)
class OutcomeRow:
    """What became of a lead. `amount` is in millionths; the same `outcome_id` replaces."""

    outcome_id: str
    lead_id: str
    outcome: Literal["won", "lost"]
    at: int
    received_at: int
    amount: int | None = None


@dataclass(slots=True)
class Rejected:
    """Something that cannot be taken: kept in quarantine with the reason.

    `place` is its place in the request, from 0. `person` is an id or address found in it, by which
    a person's data can be erased. `code` is a short name in kebab-case.
    """

    message: bytes
    code: str
    reason: str
    received_at: int
    kind: str = ""
    message_id: str | None = None
    person: str | None = None
    place: int = 0


Item = Message | LeadRow | AccountRow | OutcomeRow | Rejected


@dataclass
class Delivery:
    """What one request brought, in its order: stored in one transaction with others, or not at all.

    `key_id` is the key it came with.
    """

    items: list[Item]
    key_id: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a delivery, once it is durable and scored.

    `taken` counts what is new, `repeated` what was known by its message id. `refused` are those of
    the quarantined that could be read, and say what no model can take.
    """

    taken: int
    repeated: int
    quarantined: int
    refused: tuple[Rejected, ...] = ()
