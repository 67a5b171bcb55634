"""What feedback over HTTP holds: one structure for each body and answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from tamis.server.work.answers import Work

Scalar = str | int | float | bool | None
Name = Annotated[str, Meta(min_length=1, max_length=256)]
Text = Annotated[str, Meta(max_length=2_000)]


class Acceptance(Struct, forbid_unknown_fields=True):
    """Sales accept a hand-off; `facts` are fields of the lead as they really are, null: empty."""

    note: Text = ""
    facts: dict[Name, Scalar] = {}


class Rejection(Struct, forbid_unknown_fields=True):
    """Sales reject a hand-off for one of the model's reasons."""

    reason: Name
    note: Text = ""
    facts: dict[Name, Scalar] = {}


class Answered(Struct):
    """What became of an answer of sales: the hand-off, and the lead's status (null: no lifecycle).

    `corrected` are the fields whose value changed.
    """

    work: Work
    status: str | None
    corrected: list[str]


class Share(Struct):
    """`count` of `of`, with its interval at 95 per cent; null without any."""

    count: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class RejectedOne(Struct):
    """A rejection; `rules` are those that had given most, with their points."""

    handoff: int
    lead_id: str
    queue: str
    play: str
    cell: str | None
    score: Decimal | None
    reason: str | None
    note: str
    rejected_at: str
    rejected_by: str | None
    rules: list[tuple[str, Decimal]]


class CellRejections(Struct):
    """Rejections of a cell (null: none), by reason, most first."""

    cell: str | None
    rejected: Share
    reasons: dict[str, int]


class RuleRejections(Struct):
    """What a rule had to do with rejections, over the hand-offs to which it had given points.

    `excess` are rejections beyond what so many hand-offs would have at the share of all: rules
    that misled most come first. `points` is what it gave to rejected ones on average.
    """

    rule: str
    dimension: str
    rejected: Share
    excess: float
    points: Decimal


class Tolerance(Struct):
    """The share of rejections in the last days beside what the model tolerates.

    `tolerated` null: the model agrees on none. `since` when the alarm was raised; null: none is.
    """

    rejected: Share
    tolerated: float | None
    over_days: int
    since: str | None


class FalsePositives(Struct):
    """Rejections of a period, grouped by cell and by rule, and the latest one by one.

    `known` counts hand-offs whose parts are kept, `late` those whose parts are of a later day than
    the hand-off.
    """

    model: str
    first: str
    last: str
    rejected: Share
    tolerance: Tolerance
    by_cell: list[CellRejections]
    by_rule: list[RuleRejections]
    known: int
    late: int
    rejections: list[RejectedOne]


class FalseNegative(Struct):
    """A lead that was won though the model had never handed it over before.

    `best_score` is the highest that it had up to the win (null: none), `cell` the last one then.
    """

    lead_id: str
    won_at: str
    amount: float | None
    best_score: Decimal | None
    cell: str | None


class FalseNegatives(Struct):
    """Wins of a period that the model had not handed over, those of the lowest scores first."""

    model: str
    first: str
    last: str
    missed: Share
    leads: list[FalseNegative]


class FieldQuality(Struct):
    """A field over the leads of a source; all but `leads` count leads.

    `missing`: nothing is known. `invalid`: what is known is not of the declared type. `corrected`:
    somebody corrected it after another value. `stale`: the value is older than `fresh_days`.
    """

    source: str | None
    field: str
    leads: int
    missing: int
    invalid: int
    corrected: int
    stale: int
    fresh_days: int


class Quarantined(Struct):
    """Messages put aside in the last `days`, by kind, reason and field (null: of no one field)."""

    kind: str
    code: str
    field: str | None
    count: int


class Quality(Struct):
    """How good the data are that a model asks for, by source and field; null: of all sources."""

    model: str
    fields: list[FieldQuality]
    quarantined: list[Quarantined]
    days: int
