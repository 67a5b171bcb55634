"""The machine of statuses: where a lead stands and what is said of it give the steps it makes.

Pure: no store, no clock. Instants are microseconds; `at` is never before the lead's latest row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from tamis.model.lifecycle.spec import MILESTONES, Lifecycle, Status, Step

Cause = Literal["score", "marketing", "sales", "system", "merge"]
Entry = Literal["inbound", "outbound"]

DAY = 86_400_000_000
MEETING_HELD = "meeting_held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a lead stands. `cause` made its latest step, `last_at` is its latest row of history.

    `decided` is the status in which a person or an outcome put it last (null: none did): a score
    does not take it back beyond. `firm` says that they took it back or out to where it stands.
    `called` says whether teleprospecting spoke with it before.
    """

    status: str
    entry: Entry
    since: int
    cause: Cause
    last_at: int
    kind: str | None = None
    decided: str | None = None
    firm: bool = False
    held: bool = False
    called: bool = False


class Move(NamedTuple):
    """A row of the history. `before` null: it came in; equal to `after`: a milestone alone.

    `passed`: the status was skipped, or left at the same instant.
    """

    before: str | None
    after: str
    kind: str | None
    milestone: str | None
    passed: bool
    cause: Cause
    at: int


@dataclass(frozen=True, slots=True)
class Said:
    """What holds of a lead: `bits` as `Lifecycle.holds` reads them; the questions with a yes."""

    bits: int | None = None
    answered: frozenset[str] = frozenset()


class Reaction(NamedTuple):
    """Where a lead stands then, by which rows; `look_at`: a step may be due with nothing new."""

    standing: Standing
    moves: tuple[Move, ...]
    look_at: int | None = None


def enter(lifecycle: Lifecycle, entry: Entry, at: int, *, called: bool = False) -> Reaction:
    """A lead that has just come: the first status."""
    first = lifecycle.first
    standing = Standing(
        status=first.name, entry=entry, since=at, cause="system", last_at=at, called=called
    )
    kind = kind_of(first, standing)
    return Reaction(replace(standing, kind=kind), (_row(None, first, kind, "system", at),))


def step_to(
    lifecycle: Lifecycle,
    standing: Standing,
    to: str,
    cause: Cause,
    at: int,
    *,
    kind: str | None = None,
) -> Reaction:
    """A step, whoever makes it: the rows of what it skips, then its own. `kind` null: derived."""
    at = max(at, standing.last_at)
    moves, before = [], standing.status
    for name in (*lifecycle.passed(standing.status, to), to):
        status = _status(lifecycle, name)
        of = kind if kind in status.kinds else kind_of(status, standing)
        moves.append(_row(before, status, of, cause, at, passed=name != to))
        before = name
    by_score = cause == "score"
    then = replace(
        standing,
        status=to,
        kind=moves[-1].kind,
        since=at,
        cause=cause,
        last_at=at,
        decided=standing.decided if by_score else to,
        firm=not by_score and not is_forward(lifecycle, standing.status, to),
    )
    return Reaction(then, tuple(moves))


def by_score(lifecycle: Lifecycle, standing: Standing, said: Said, at: int) -> Reaction:
    """What a score does: forward as far as it goes, else back; nothing to a lead that is held."""
    if standing.held:
        return Reaction(standing, ())
    at = max(at, standing.last_at)
    moved = _run(lifecycle, standing, said, at, _forward)
    if not moved.moves:
        moved = _run(lifecycle, standing, said, at, _back)
    return moved._replace(look_at=_look_at(lifecycle, moved.standing, said, at))


def meeting(lifecycle: Lifecycle, standing: Standing, cause: Cause, at: int) -> Reaction:
    """A meeting was held: its milestone, where the lead stands."""
    at = max(at, standing.last_at)
    status = _status(lifecycle, standing.status)
    row = _row(status.name, status, standing.kind, cause, at)._replace(milestone=MEETING_HELD)
    return Reaction(replace(standing, last_at=at), (row,))


def place(lifecycle: Lifecycle, standing: Standing, milestone: str | None, at: int) -> Reaction:
    """A lead whose status the model has no more: the furthest with a milestone it had reached."""
    at = max(at, standing.last_at)
    to = _last_reached(lifecycle, milestone)
    kind = kind_of(to, standing)
    then = replace(
        standing,
        status=to.name, kind=kind, since=at, cause="system", last_at=at, decided=None, firm=False,
    )  # fmt: skip
    return Reaction(then, (_row(standing.status, to, kind, "system", at),))


def kind_of(status: Status, standing: Standing) -> str | None:
    """The first kind of a status; the second of a lead that teleprospecting brought.

    >>> mql = Status(name="mql", kinds=("mkg", "tkg"))
    >>> lead = Standing(status="lead", entry="outbound", since=0, cause="score", last_at=0)
    >>> kind_of(mql, lead)
    'tkg'
    """
    if len(status.kinds) > 1 and (standing.called or standing.entry == "outbound"):
        return status.kinds[1]
    return status.kinds[0] if status.kinds else None


def is_forward(lifecycle: Lifecycle, before: str, after: str) -> bool:
    """Whether a step goes on towards a sale; coming back from off the path does."""
    path = lifecycle.path
    return after in path and (before not in path or path.index(before) < path.index(after))


def missing(step: Step, answered: frozenset[str]) -> tuple[str, ...]:
    """The questions of a step that have not been answered by yes."""
    return tuple(question for question in step.needs if question not in answered)


# What a score may do -----------------------------------------------------------------------------


Found = tuple[str, int]
"""The status that a score takes a lead to, and since when it may."""
Finder = Callable[[Lifecycle, Standing, Said], Iterator[Found]]


def _run(lifecycle: Lifecycle, standing: Standing, said: Said, at: int, find: Finder) -> Reaction:
    """Step after step at one instant, no status twice; those left at once are passed."""
    moves: list[Move] = []
    seen = {standing.status}
    while to := _due(find(lifecycle, standing, said), seen, at):
        seen.add(to)
        standing, rows, _ = step_to(lifecycle, standing, to, "score", at)
        moves = [*(move._replace(passed=True) for move in moves), *rows]
    return Reaction(standing, tuple(moves))


def _due(found: Iterator[Found], seen: set[str], at: int) -> str | None:
    return next((to for to, since in found if since <= at and to not in seen), None)


def _forward(lifecycle: Lifecycle, standing: Standing, said: Said) -> Iterator[Found]:
    """Steps that hold, in the order of the file."""
    for step in lifecycle.steps_from(standing.status, "score"):
        if (
            lifecycle.holds(step, "when", said.bits)
            and not missing(step, said.answered)
            and _respects_people(lifecycle, standing, step)
        ):
            yield step.to, standing.since + step.after * DAY


def _back(lifecycle: Lifecycle, standing: Standing, said: Said) -> Iterator[Found]:
    """Steps by which the score came here, that it may take back."""
    if standing.cause != "score":
        return
    for step in lifecycle.steps_into(standing.status):
        holds = lifecycle.holds(step, "when", said.bits)
        if holds or not lifecycle.holds(step, "back", said.bits):
            continue
        to = step.sources[0]
        if not _undoes(lifecycle, standing, to) and not _returns(lifecycle, to, standing, said):
            yield to, standing.since + step.stay * DAY


def _returns(lifecycle: Lifecycle, source: str, standing: Standing, said: Said) -> bool:
    """Whether another step would lead right back."""
    return any(
        step.to == standing.status and lifecycle.holds(step, "when", said.bits)
        for step in lifecycle.steps_from(source, "score")
    )


def _respects_people(lifecycle: Lifecycle, standing: Standing, step: Step) -> bool:
    """Whether a score may make a step without undoing what a person decided.

    Where it would, the model must say so: by a step out of just this status, and, on the way to a
    sale, `after` how many days.
    """
    if not standing.firm and not _undoes(lifecycle, standing, step.to):
        return True
    is_named = standing.status in step.sources
    return is_named and (step.after > 0 or standing.status not in lifecycle.path)


def _undoes(lifecycle: Lifecycle, standing: Standing, to: str) -> bool:
    path, decided = lifecycle.path, standing.decided
    if decided is None or decided not in path:
        return False
    return to not in path or path.index(to) < path.index(decided)


def _look_at(lifecycle: Lifecycle, standing: Standing, said: Said, at: int) -> int | None:
    found = (*_forward(lifecycle, standing, said), *_back(lifecycle, standing, said))
    return min((since for _, since in found if since > at), default=None)


# Rows --------------------------------------------------------------------------------------------


def _row(
    before: str | None,
    status: Status,
    kind: str | None,
    cause: Cause,
    at: int,
    *,
    passed: bool = False,
) -> Move:
    return Move(before, status.name, kind, status.milestone, passed, cause, at)


def _status(lifecycle: Lifecycle, name: str) -> Status:
    found = lifecycle.status(name)
    assert found is not None, name
    return found


def _last_reached(lifecycle: Lifecycle, milestone: str | None) -> Status:
    reached = MILESTONES[: MILESTONES.index(milestone) + 1] if milestone in MILESTONES else ()
    path = [status for status in lifecycle.statuses if status.is_on_path]
    return next((one for one in reversed(path) if one.milestone in reached), lifecycle.first)
