"""A message to a target, what becomes of sending it, and what a target is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

TEST = "test"
"""A message that `tamis targets test` sends: a target tries its connection and changes nothing."""
AUDIENCE = ("audience.added", "audience.removed")
KINDS: tuple[str, ...] = (
    "score.changed",
    "status.changed",
    "handoff.assigned",
    "handoff.settled",
    "deadline.reminded",
    "deadline.escalated",
    "deadline.reassigned",
    "play.fired",
    "alarm",
    *AUDIENCE,
)
"""What messages may be about, beside `test`. `docs/server/delivery.md` says what each has in it."""


@dataclass(frozen=True)
class Message:
    """One row of the outbox on its way.

    Attributes:
        entry: the row's number; of two messages of one lead, the greater is the later.
        target: name of the target, as in `targets.yaml`.
        kind: one of `KINDS`, or `test`.
        lead: the lead's key in the store; null: it is of no lead.
        payload: what is told, as JSON has it.
        key: the idempotency key: the same on every attempt, and of no other message.
        at: when it was put into the outbox, in microseconds.
        attempt: 1 the first time.
    """

    entry: int
    target: str
    kind: str
    lead: int | None
    payload: Mapping[str, Any]
    key: str
    at: int
    attempt: int = 1


@dataclass(frozen=True)
class Sent:
    """The target has it."""


@dataclass(frozen=True)
class Retry:
    """The target has not got it, or did not say; it is sent again with the same key.

    `after` are seconds before which to try is of no use, null: as the backoff has it. With `rest`
    nothing else is sent to the target before either, as when it says that the rate is too high.
    """

    reason: str
    after: float | None = None
    rest: bool = False


@dataclass(frozen=True)
class Refused:
    """The target will never take it as it is: the message goes to the dead letters at once."""

    reason: str


Result = Sent | Retry | Refused


class Target(Protocol):
    """Another system that is told what happens.

    `send` is called by several threads at once, and must end within `outbox.LONGEST_ATTEMPT`. What
    it says as a reason is stored and shown: no secret, nothing of a person. An exception counts as
    `Retry`.
    """

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of messages that it can take."""

    def send(self, message: Message) -> Result:
        """Deliver a message; one of kind `test` changes nothing over there."""
