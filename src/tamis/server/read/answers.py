"""What is answered: the shapes of the read API, from which its description is made.

Scores and amounts are JSON numbers, exact decimals: a score has two decimals. Instants are ISO 8601
in UTC, days are ISO dates.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from msgspec import UNSET, Struct, UnsetType

Fields = dict[str, Any]


class Verdict(Struct, kw_only=True):
    """What a model says of a lead on a day; an excluded lead has null almost everywhere."""

    model: str
    version: int
    as_of: date
    excluded: bool
    score: Decimal | None
    dimensions: dict[str, Decimal]
    grades: dict[str, str]
    cell: str | None
    temperature: str | None
    stage: str | None
    play: str | None
    known: Decimal | None
    changed_at: str | None


class ScoredLead(Verdict, kw_only=True):
    """A lead in a list, with its verdict."""

    lead_id: str
    account_id: str | None
    owner: str | None
    fields: Fields | UnsetType = UNSET


class LeadPage(Struct):
    """Some leads; `next` is the cursor of the next ones, null at the end.

    `resume`, in a list by change, is what `changed_since` takes to get what changes later.
    """

    leads: list[ScoredLead]
    next: str | None = None
    resume: str | None = None


class Part(Struct):
    """What a rule gave a lead, or a cap or range took. The points of a dimension add up."""

    dimension: str
    rule: str
    points: Decimal
    group: str | None = None
    count: int | None = None
    last_day: date | None = None


class NextStage(Struct):
    """The nearest stage that a higher score alone would bring, and the points missing to it."""

    stage: str
    points: Decimal


class Judged(Verdict, kw_only=True):
    """A verdict with its reasons."""

    parts: list[Part]
    next_stage: NextStage | None


class Identity(Struct):
    """An id by which a person is known: `user`, `email` or `anonymous`."""

    kind: str
    value: str
    since: str


class Account(Struct):
    """An account with its fields."""

    account_id: str
    fields: Fields


class Consent(Struct):
    """What a person agreed to or refused."""

    purpose: str
    given: bool
    at: str
    source: str


class Adjustment(Struct):
    """Points given by hand, whose last day is null when they do not expire."""

    adjustment: int
    model: str
    dimension: str
    points: Decimal
    reason: str
    made_by: str
    made_at: str
    first_day: date
    last_day: date | None
    withdrawn_at: str | None


class Lead(Struct, kw_only=True):
    """A lead: who it is and what every active model says of it."""

    lead_id: str
    account_id: str | None
    owner: str | None
    opted_out: bool
    first_at: str
    last_at: str
    fields: Fields
    account: Account | None
    identities: list[Identity]
    consents: list[Consent]
    adjustments: list[Adjustment]
    verdicts: list[Judged]


class Cause(Struct):
    """An event behind a change."""

    message_id: str
    event: str | None
    at: str | None


class Change(Struct, kw_only=True):
    """A change of a lead's verdict, with what caused it."""

    entry: int
    lead_id: str
    at: str
    day: date
    model: str
    version: int
    cause: str
    score_before: Decimal | None
    score_after: Decimal | None
    delta: Decimal | None
    before: Fields
    after: Fields
    events: list[Cause]


class History(Struct):
    """Changes of a lead, the latest first."""

    changes: list[Change]
    next: str | None = None


class Moment(Struct, kw_only=True):
    """Something that happened: `type` is `event` or `outcome`.

    `bot` says why an event is held to be a machine's and does not count; null: it counts.
    """

    type: str
    at: str
    name: str
    id: str
    kind: str | None = None
    properties: Fields | None = None
    bot: str | None = None
    amount: Decimal | None = None


class Timeline(Struct):
    """What happened, the latest first."""

    moments: list[Moment]
    next: str | None = None


class ScoredAccount(Struct, kw_only=True):
    """An account, and the score that its leads make where the model has a section `accounts:`.

    `leads` are its leads that are not excluded.
    """

    account_id: str
    model: str
    version: int
    as_of: date
    leads: int
    score: Decimal | None
    best_lead_id: str | None
    fields: Fields | None


class AccountPage(Struct):
    """Some accounts; `next` is the cursor of the next ones, null at the end."""

    accounts: list[ScoredAccount]
    next: str | None = None


class AccountWithLeads(ScoredAccount, kw_only=True):
    """An account with its leads, in the order of calling; the first thousand of them."""

    people: list[ScoredLead]


class Grid(Struct, kw_only=True):
    """How many leads are where; the name is empty for none."""

    model: str
    version: int
    as_of: date
    leads: int
    excluded: int
    cells: dict[str, int]
    stages: dict[str, int]
    plays: dict[str, int]
    temperatures: dict[str, int]
