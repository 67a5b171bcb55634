"""How work reaches people and what was agreed on it: queues, hours, feedback, goals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from tamis.errors import Place
from tamis.model.lifecycle.spec import Milestone
from tamis.model.terms import NOWHERE, UNLABELLED, Expression, Label

Assign = Literal["round_robin", "capacity", "territory"]

ASSIGN: tuple[Assign, ...] = ("round_robin", "capacity", "territory")
REASONS = (
    "not_ideal_customer", "no_budget", "bad_data", "wrong_person", "timing", "duplicate",
    "competitor", "unreachable",
)  # fmt: skip
"""Reasons to reject a hand-off that every model knows; others are declared with their text."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, kw_only=True)
class Territory:
    """Leads for which the condition holds go to these people; `to` holds logins."""

    when: Expression
    to: tuple[str, ...]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Where hand-offs wait, and how people get them. `people` and `escalate_to` are logins.

    `limit` is the open work that one person takes at most (null: no limit). Of territories the
    first that holds is taken; leads of none go to the queue `otherwise` (null: they wait here for
    `people`).
    """

    name: str
    label: Label = UNLABELLED
    about: str = ""
    assign: Assign = "round_robin"
    people: tuple[str, ...] = ()
    limit: int | None = None
    escalate_to: str | None = None
    territories: tuple[Territory, ...] = ()
    otherwise: str | None = None
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def everyone(self) -> tuple[str, ...]:
        """All who may get work of the queue, each once."""
        named = (*self.people, *(login for territory in self.territories for login in territory.to))
        return tuple(dict.fromkeys(named))


class Hours(NamedTuple):
    """Working hours: minutes after midnight, the end not included; 0 <= start < end <= 1440."""

    start: int
    end: int


Week = tuple[tuple[Hours, ...], ...]
"""The working hours of each day from Monday to Sunday, in order; empty: nobody works."""
OFFICE: tuple[Hours, ...] = (Hours(9 * 60, 18 * 60),)


@dataclass(frozen=True, kw_only=True)
class Service:
    """Service levels. Shares are whole percents of a play's `respond_within` (null: never).

    `holidays` is an ISO country with an optional subdivision, `FR` or `DE-BY` (null: none).
    """

    week: Week = (OFFICE,) * 5 + ((),) * 2
    holidays: str | None = None
    remind: int | None = 50
    escalate: int | None = 100
    reassign: int | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to reject a hand-off; one of `REASONS` needs no label."""

    name: str
    label: Label = UNLABELLED
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """What sales may say of a hand-off.

    `false_positives` is the tolerated share of rejected hand-offs, in whole percents of those that
    were settled in the last `over` days (null: no alarm).
    """

    reasons: tuple[Reason, ...] = tuple(Reason(name) for name in REASONS)
    false_positives: int | None = None
    over: int = 30
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Goal:
    """So many leads are to reach a milestone each calendar month."""

    milestone: Milestone
    per_month: int
    place: Place = field(default=NOWHERE, compare=False)
