"""Standings in the store: read for many leads at once, written together with their history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from tamis.server.delivery import takers
from tamis.server.delivery.outbox import OfLead
from tamis.server.lifecycle.machine import Cause, Reaction, Standing
from tamis.server.models.versions import Version
from tamis.server.store.among import among_given
from tamis.server.store.database import all_set, run_many
from tamis.server.store.keys import highest
from tamis.server.store.tables.lifecycle import status_history, statuses

S, H = statuses.c, status_history.c
TOLD = "status.changed"
KEPT = ("status", "kind", "entry", "since", "cause", "decided", "firm")
"""Columns of `statuses` that are fields of `Standing` under the same name."""
STOOD = (
    select(
        *(S[name] for name in ("lead", *KEPT, "held_by", "look_at", "step")),
        H.at.label("last_at"),
        H.milestone,
    )
    .join(status_history, H.step == S.step)
    .where(S.model == bindparam("of_model"), among_given(S.lead))
)
NEW = insert(statuses)
CHANGED = (*KEPT, "look_at", "step")
CHANGE = (
    update(statuses)
    # Compare and set: whoever comes second changes nothing, and begins again.
    .where(S.model == bindparam("of_model"), S.lead == bindparam("of"), S.step == bindparam("was"))
    .values({name: bindparam(name) for name in CHANGED})
)
HISTORY = insert(status_history)


@dataclass(frozen=True, slots=True)
class Stood:
    """What the store has of a lead's standing; `step` is its latest row of history.

    `milestone` is that row's.
    """

    standing: Standing
    step: int
    look_at: int | None
    milestone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What stands beside a row: who made it (null: no person), why, and the verdict behind it."""

    made_by: str | None = None
    reason: str = ""
    entry: int | None = None
    score: int | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A lead that stands elsewhere now: told to whoever follows; `before` null: it came in.

    `step` is the row of history by which it stands there.
    """

    model: str
    lead: int
    before: str | None
    after: str
    cause: Cause
    at: int
    step: int


@dataclass(frozen=True, slots=True)
class Change:
    """A lead that moves, or is to be looked at otherwise; `was` null: it had no standing."""

    lead: int
    was: Stood | None
    then: Reaction
    why: Why = Why()


def standings(connection: Connection, model: str, leads: Collection[int]) -> dict[int, Stood]:
    """Where leads stand in a model; those without a status are left out."""
    if not leads:
        return {}
    rows = connection.execute(STOOD, {"of_model": model, "given": list(leads)}).mappings()
    return {
        row["lead"]: Stood(
            Standing(
                **{name: row[name] for name in KEPT},
                last_at=row["last_at"],
                held=row["held_by"] is not None,
            ),
            row["step"],
            row["look_at"],
            row["milestone"],
        )
        for row in rows
    }


def write(
    connection: Connection, version: Version, changes: Sequence[Change], at: int
) -> list[Moved]:
    """Write changes and their history; gives the leads that stand elsewhere now.

    Targets that are told of statuses are told so, each of each step once. `at` is now, in
    microseconds: a step may have a time of its own, as that of an outcome.

    Raises: StoreError where a lead does not stand as it was read any more.
    """
    if not changes:
        return []
    step = highest(connection, H.step)
    history: list[dict[str, Any]] = []
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    moved: list[Moved] = []
    for change in changes:
        for move in change.then.moves:
            step += 1
            history.append(_history_row(version, step, change, move._asdict()))
        last = step if change.was is None or change.then.moves else change.was.step
        row = _row(change.then, last)
        if change.was is None:
            new.append({"model": version.name, "lead": change.lead, **row})
        else:
            found = {"of_model": version.name, "of": change.lead, "was": change.was.step}
            changed.append(row | found)
        before = None if change.was is None else change.was.standing.status
        if before != row["status"]:
            now = change.then.standing
            moved.append(
                Moved(version.name, change.lead, before, now.status, now.cause, now.since, step)
            )
    run_many(connection, HISTORY, history)
    run_many(connection, NEW, new)
    all_set(run_many(connection, CHANGE, changed), len(changed))
    takers.tell_of_leads(connection, TOLD, [_told(one) for one in moved], at)
    return moved


def _told(one: Moved) -> OfLead:
    """What targets are told; the rest of the record is filled in when the message is sent."""
    payload = {"model": one.model, "status": one.after, "before": one.before}
    return OfLead(one.lead, payload, f"{one.model}-{one.step}-{one.at}")


def _row(then: Reaction, step: int) -> dict[str, Any]:
    kept = {name: getattr(then.standing, name) for name in KEPT}
    return kept | {"look_at": then.look_at, "step": step}


def _history_row(
    version: Version, step: int, change: Change, move: dict[str, Any]
) -> dict[str, Any]:
    why = {name: getattr(change.why, name) for name in Why.__slots__}
    own = {"step": step, "model": version.name, "lead": change.lead}
    return own | {"version_key": version.version_key} | move | why
