"""What the routes of work read and answer; instants in ISO 8601, UTC, days as 2026-11-22."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

Login = Annotated[str, Meta(min_length=1, max_length=100)]


class Work(Struct):
    """A hand-off.

    Attributes:
        position: place among what waits in its queue, from 1; null: it does not wait.
        expected_day: when it is likely to be given to somebody, by the pace of the queue's last
            weeks; null: it does not wait, or the pace is not known.
        due_at: until when somebody responds; null: there is no service level.
        late: whether that has passed, and nobody has responded.
        score: of the lead when the play began to hold.
    """

    handoff: int
    model: str
    lead_id: str
    play: str
    queue: str
    state: str
    owner: str | None
    wanted: str | None
    fast_track: bool
    score: float | None
    cell: str | None
    made_at: str
    assigned_at: str | None
    due_at: str | None
    late: bool
    answered_at: str | None
    settled_at: str | None
    settled_by: str | None
    snoozed_until: str | None
    reason: str | None
    note: str
    position: int | None = None
    expected_day: date | None = None


class QueuePage(Struct):
    """Work of one queue and state, in order; `next` is the cursor of what follows, null: nothing.

    Positions count on from page to page: what was given meanwhile moves them on the next reading.
    """

    queue: str
    state: str
    work: list[Work]
    next: str | None = None


class OwnWork(Struct):
    """The open work of somebody, in order; `next` is the cursor of what follows, null: nothing."""

    owner: str
    work: list[Work]
    next: str | None = None


class Member(Struct):
    """Somebody whom a queue names.

    `state` is `works`, `away` (an absence today), `off` (outside of working hours), `full` (no room
    for more), `disabled`, or `unknown`: there is no such user. The last two get no work. `open` is
    their open work in all queues, `room` how much more this queue lets them have, null: any.
    """

    login: str
    state: str
    open: int
    room: int | None


class QueueAnswer(Struct):
    """A queue of one model: how it is described there, and how it is now.

    `waiting`, `assigned` and `accepted` count its hand-offs, those of other models whose queues
    have the same name among them. `limit` bounds a person's open work, null: nothing does. `pace`
    is how many a day were given to people in the last four weeks, null: too few to tell. `skipped`
    are logins that the model names and that get no work, with the reason.
    """

    queue: str
    model: str
    label: str
    assign: str
    limit: int | None
    escalate_to: str | None
    waiting: int
    assigned: int
    accepted: int
    pace: float | None
    people: list[Member]
    skipped: dict[str, str]


class Queues(Struct):
    """The queues that somebody sees.

    `unmanned` are queues, with the number that waits, of which work of a model waits that has no
    such queue any more; sales are not told of them.
    """

    queues: list[QueueAnswer]
    unmanned: dict[str, int]


class Assignment(Struct, forbid_unknown_fields=True):
    """Who gets the work."""

    to: Login


class Snooze(Struct, forbid_unknown_fields=True):
    """Until when work is out of the way; an instant with its offset, null: it is back now."""

    until: str | None


class NewAbsence(Struct, forbid_unknown_fields=True):
    """Days, both included, on which somebody does not work; `login` null: who asks."""

    first_day: date
    last_day: date
    login: Login | None = None
    about: Annotated[str, Meta(max_length=200)] = ""


class Absence(Struct):
    """Days, both included, on which somebody does not work.

    `about` is empty for who may not change it.
    """

    absence: int
    login: str
    first_day: date
    last_day: date
    about: str


class Absences(Struct):
    """Absences that are not over, by first day."""

    absences: list[Absence]
