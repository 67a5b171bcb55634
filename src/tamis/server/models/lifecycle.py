"""The life of a version: draft, proposed, approved, active, retired; and in shadow beside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, or_, select, update

from tamis.server.clock import micros
from tamis.server.models import steps, stored, switched, tasks
from tamis.server.models.forms import Side
from tamis.server.models.said import said
from tamis.server.models.steps import SIDES, Maker, note
from tamis.server.models.stored import Stored
from tamis.server.models.tasks import Task
from tamis.server.problems import conflict
from tamis.server.store.tables.models import version_steps, versions

READY = ("approved", "retired")
"""States from which a version can become active: both sides have agreed to it."""


def propose(connection: Connection, maker: Maker, version: Stored, comment: str = "") -> None:
    """Ask marketing and sales to approve a draft. Raises: Problem 409."""
    _need(version, "proposed", "draft")
    _set(connection, version, state="proposed")
    note(connection, maker, version, "proposed", comment=said("comment", comment))


def approve(
    connection: Connection, maker: Maker, version: Stored, side: Side, comment: str = ""
) -> None:
    """Give a side's approval; with both the version is approved. Raises: Problem 409."""
    _need(version, "approved", "proposed")
    held = steps.approvals(steps.history(connection, version.version_key))
    given = {step.side: step.made_by for step in held}
    if side in given:
        detail = f"{given[side]} has approved {version.title} for {side} already"
        raise conflict(detail)
    note(connection, maker, version, "approved", comment=said("comment", comment), side=side)
    if {side, *given} == set(SIDES):
        _set(connection, version, state="approved")


def reject(connection: Connection, maker: Maker, version: Stored, side: Side, comment: str) -> None:
    """Send a version back to draft, with the reason; approvals fall. Raises: Problem 400, 409."""
    reason = said("comment", comment, required=True)
    _need(version, "rejected", "proposed", "approved")
    _refuse_open(connection, version)
    if version.shadow:
        shadow_off(connection, maker, version)
    _set(connection, version, state="draft")
    note(connection, maker, version, "rejected", comment=reason, side=side)


def comment(connection: Connection, maker: Maker, version: Stored, words: str) -> None:
    """Keep words about a version in its history; nothing else changes. Raises: Problem 400."""
    note(connection, maker, version, "commented", comment=said("comment", words, required=True))


# Activation --------------------------------------------------------------------------------------


def activate(connection: Connection, maker: Maker, version: Stored, comment: str = "") -> Task:
    """Ask the worker to score every lead by a version and then to switch.

    Raises: Problem 409, with who has yet to approve it.
    """
    _need_approvals(connection, version)
    _refuse_open(connection, version)
    for key, task in tasks.open_tasks(connection).items():
        other = stored.by_key(connection, key)
        if other.model == version.model and task.kind == "activate":
            detail = f"{other.title} is being activated: see task {task.task}"
            raise conflict(detail)
    note(connection, maker, version, "activating", comment=said("comment", comment))
    return tasks.ask(connection, micros(maker.at), maker.who, "activate", version.version_key)


def back(connection: Connection, maker: Maker, model: str, comment: str = "") -> Task:
    """Ask for the version that was active before to be so again. Raises: Problem 404, 409."""
    former = previous(connection, model)
    if former is None:
        detail = "no other version of this model has been active"
        raise conflict(detail)
    return activate(connection, maker, former, comment)


def previous(connection: Connection, model: str) -> Stored | None:
    """The version of a model that was active last, apart from the one that is."""
    known = {one.version_key: one for one in stored.of_model(connection, model)}
    chosen = (
        select(version_steps.c.version_key)
        .where(version_steps.c.version_key.in_(known), version_steps.c.action == "activated")
        .order_by(version_steps.c.step.desc())
    )
    keys = connection.execute(chosen).scalars().all()
    return next((known[key] for key in keys if known[key].state != "active"), None)


def switch(connection: Connection, version_key: int, at: datetime, who: str) -> None:
    """Make a version active whose scores are all there; the one before it is retired.

    Called by the worker at the end of a task `activate`, in the transaction that writes the last
    scores; whom the two judge otherwise gets an entry in the history. Raises: Problem 409 when the
    version is not approved any more.
    """
    version, maker = stored.by_key(connection, version_key), Maker(who, at)
    if version.state == "active":
        return
    _need_approvals(connection, version)
    former = stored.active(connection, version.model)
    if former:
        _retire(connection, maker, former, f"replaced by {version.number}")
    _set(connection, version, state="active", shadow=False, scored=True)
    note(connection, maker, version, "activated")
    before = former.version_key if former else None
    switched.tell(connection, version_key, before, micros(at))


def retire(connection: Connection, maker: Maker, version: Stored, comment: str = "") -> None:
    """Take the active version out of use; the model then scores nobody. Raises: Problem 409."""
    _need(version, "retired", "active")
    _retire(connection, maker, version, said("comment", comment))


def _retire(connection: Connection, maker: Maker, version: Stored, comment: str) -> None:
    # Its scores stay, but nobody makes them anew: they are of the past from here on.
    _set(connection, version, state="retired", shadow=False, scored=False)
    note(connection, maker, version, "retired", comment=comment)


def out_of_use(connection: Connection, since: datetime) -> list[int]:
    """Keys of versions for which no scores are kept, and to which nothing was done since then."""
    v, s = versions.c, version_steps.c
    live = or_(v.state == "active", v.shadow, v.version_key.in_(tasks.being_made(connection)))
    lately = exists().where(s.version_key == v.version_key, s.at >= micros(since))
    known = exists().where(s.version_key == v.version_key)
    chosen = select(v.version_key).where(~live, known, ~lately).order_by(v.version_key)
    return list(connection.scalars(chosen))


# Shadow ------------------------------------------------------------------------------------------


def shadow(connection: Connection, maker: Maker, version: Stored, comment: str = "") -> Task:
    """Ask the worker to score every lead by a version beside the active one. Raises: 409."""
    _need(version, "run in shadow", "proposed", *READY)
    _refuse_open(connection, version)
    if version.shadow:
        detail = f"{version.title} runs in shadow already"
        raise conflict(detail)
    note(connection, maker, version, "shadowing", comment=said("comment", comment))
    return tasks.ask(connection, micros(maker.at), maker.who, "shadow", version.version_key)


def shadow_on(connection: Connection, version_key: int, at: datetime, who: str) -> None:
    """Count a version among the shadows: its scores are all there.

    Called by the worker at the end of a task `shadow`. Raises: Problem 409 when it cannot be.
    """
    version = stored.by_key(connection, version_key)
    if version.state == "active" or version.shadow:
        return
    _need(version, "run in shadow", "proposed", *READY)
    _set(connection, version, shadow=True, scored=True)
    note(connection, Maker(who, at), version, "shadowed")


def shadow_off(connection: Connection, maker: Maker, version: Stored, comment: str = "") -> None:
    """End a version's time in shadow. Raises: Problem 409."""
    if not version.shadow:
        detail = f"{version.title} does not run in shadow"
        raise conflict(detail)
    _set(connection, version, shadow=False, scored=False)
    note(connection, maker, version, "unshadowed", comment=said("comment", comment))


# Parts -------------------------------------------------------------------------------------------


def _need(version: Stored, done: str, *states: str) -> None:
    if version.state not in states:
        needed = " or ".join(states)
        detail = f"{version.title} is {version.state}: only what is {needed} can be {done}"
        raise conflict(detail)


def _need_approvals(connection: Connection, version: Stored) -> None:
    if version.state == "proposed":
        held = steps.approvals(steps.history(connection, version.version_key))
        given = {step.side for step in held}
        missing = " and ".join(side for side in SIDES if side not in given)
        detail = f"{version.title} lacks the approval of {missing}: only then can it be activated"
        raise conflict(detail)
    if version.state == "draft":
        detail = (
            f"{version.title} is a draft: propose it first; then {' and '.join(SIDES)} approve it, "
            "and it can be activated"
        )
        raise conflict(detail)
    _need(version, "activated", *READY)


def _refuse_open(connection: Connection, version: Stored) -> None:
    task = tasks.open_tasks(connection).get(version.version_key)
    if task:
        detail = f"{version.title} is being scored: see task {task.task}"
        raise conflict(detail)


def _set(connection: Connection, version: Stored, **values: Any) -> None:  # noqa: ANN401
    chosen = versions.c.version_key == version.version_key
    connection.execute(update(versions).where(chosen).values(values))
