"""What is asked and answered about statuses over HTTP: one structure for each body."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=2_000)]


class NewMove(Struct, forbid_unknown_fields=True):
    """A step: `to` a status, from the one that was `seen`.

    `answers` are recorded with it, `reason` must be given where a lead is lost or recycled, `kind`
    is one of the status where it has kinds (null: the one that fits where the lead came from).
    """

    to: Name
    seen: Name
    model: Name | None = None
    reason: Text = ""
    kind: Name | None = None
    answers: dict[Name, bool] = {}


class NewAnswer(Struct, forbid_unknown_fields=True):
    """An answer to a question of the lifecycle: yes or no, and a note; the latest one holds."""

    question: Name
    yes: bool
    model: Name | None = None
    note: Text = ""


class NewHold(Struct, forbid_unknown_fields=True):
    """A hold: scores do not move the lead until it is released."""

    model: Name | None = None
    reason: Text = ""


class Answer(Struct):
    """An answer that was recorded."""

    question: str
    label: str
    yes: bool
    note: str
    at: str
    made_by: str


class Step(Struct):
    """A row of the history; `before` null: it came in. `passed`: skipped at the same instant.

    `cause` is score, marketing, sales, system or merge; `version` the model's that was in use.
    """

    at: str
    before: str | None
    after: str
    kind: str | None
    milestone: str | None
    passed: bool
    cause: str
    made_by: str | None
    reason: str
    version: int
    score: Decimal | None
    cell: str | None


class Next(Struct):
    """A step that the caller may make, and the questions that must be answered by yes before."""

    to: str
    label: str
    missing: list[str]
    reason_needed: bool


class Standing(Struct):
    """Where a lead stands; `entry` is inbound or outbound, `held_by` null where scores move it.

    `look_at` is when a score may move it with nothing new; null: not so.
    """

    lead_id: str
    model: str
    status: str
    label: str
    kind: str | None
    entry: str
    since: str
    cause: str
    held_by: str | None
    held_reason: str | None
    look_at: str | None


class LeadStatus(Standing):
    """The same of one lead with all that led there, the earliest first; latest answers; steps."""

    answers: list[Answer]
    next: list[Next]
    history: list[Step]


class Count(Struct):
    """How many leads stand in a status."""

    status: str
    label: str
    milestone: str | None
    closed: bool
    leads: int


class StatusPage(Struct):
    """Leads by status, those first that have stood there longest; `counts` on the first page."""

    model: str
    counts: list[Count] | None
    leads: list[Standing]
    next: str | None = None
