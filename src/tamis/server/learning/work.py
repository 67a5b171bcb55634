"""Trainings as work in the background: asked for in a row, taken by one server at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, insert, select, update

from tamis.server.learning.forms import Train
from tamis.server.models import tasks
from tamis.server.models.tasks import OPEN, Task
from tamis.server.problems import conflict
from tamis.server.store.tables.models import tasks as table

TRAIN: Final = "train"
"""The kind of the tasks."""
LEASE: Final = 60_000_000
"""Microseconds after which a training that says nothing is taken by another server."""
WHOLE: Final = 100
"""What `total` of a training is: its progress is in hundredths."""
T = table.c


@dataclass(frozen=True)
class Taken:
    """A training that this server does. `subject` is what the store said when it was taken."""

    task: int
    model: str
    asked: Train
    who: str


def ask(connection: Connection, at: int, who: str, model: str, asked: Train) -> Task:
    """Ask for a training. `at` in microseconds. Raises: Problem 409 while one is open."""
    held = open_of(connection, model)
    if held is not None:
        detail = f"the model is being learned: see task {held.task}"
        raise conflict(detail)
    subject = {"model": model, "asked": msgspec.to_builtins(asked), "stage": "", "leased_until": 0}
    row = {
        "kind": TRAIN,
        "subject": msgspec.json.encode(subject).decode(),
        "state": "waiting",
        "total": WHOLE,
        "asked_at": at,
        "asked_by": who,
    }
    made = connection.execute(insert(table).values(row).returning(T.task)).scalar_one()
    return tasks.read(connection, made)


def open_of(connection: Connection, model: str) -> Task | None:
    """The training of a model that waits or runs."""
    return next((one for one in _open(connection) if one.subject["model"] == model), None)


def latest_of(connection: Connection, model: str) -> Task | None:
    """The training of a model that was asked for last."""
    chosen = select(T.task, T.subject).where(T.kind == TRAIN).order_by(T.task.desc())
    for row in connection.execute(chosen):
        if msgspec.json.decode(row.subject)["model"] == model:
            return tasks.read(connection, row.task)
    return None


def _open(connection: Connection) -> list[Task]:
    chosen = select(T.task).where(T.kind == TRAIN, T.state.in_(OPEN)).order_by(T.task)
    return [tasks.read(connection, key) for key in connection.scalars(chosen)]


def take(connection: Connection, at: int) -> Taken | None:
    """Take the oldest training that nobody does; in the writer's transaction, so one server does.

    One that ran, and has said nothing for a minute, was cut short: it begins anew.
    """
    held = _open(connection)
    if any(one.state == "running" and one.subject["leased_until"] > at for one in held):
        # One at a time: a training needs much memory.
        return None
    if not held:
        return None
    first = held[0]
    _say(connection, first, at, done=0, stage="")
    asked = msgspec.convert(first.subject["asked"], Train)
    return Taken(first.task, first.subject["model"], asked, first.asked_by or "system")


def go_on(connection: Connection, taken: Taken, at: int, stage: str, share: float) -> bool:
    """Say how far it is; false when it is no longer to be done. `share` is from 0 to 1."""
    task = tasks.read(connection, taken.task)
    if task.state not in OPEN:
        return False
    _say(connection, task, at, done=round(share * WHOLE), stage=stage)
    return True


def _say(connection: Connection, task: Task, at: int, *, done: int, stage: str) -> None:
    subject = {**task.subject, "stage": stage, "leased_until": at + LEASE}
    _set(connection, task.task, subject=subject, state="running", done=done)


def let_go(connection: Connection, taken: Taken) -> None:
    """The server ends: the training waits for the next one."""
    task = tasks.read(connection, taken.task)
    if task.state in OPEN:
        subject = {**task.subject, "stage": "", "leased_until": 0}
        _set(connection, taken.task, subject=subject, state="waiting", done=0)


def settle(connection: Connection, taken: Taken, at: int, number: int | None, error: str) -> None:
    """It is done, or failed with a reason; `number` is that of the learned model."""
    task = tasks.read(connection, taken.task)
    subject = {**task.subject, "stage": "", "leased_until": 0, "number": number}
    state, done = ("failed", task.done) if error else ("done", WHOLE)
    _set(
        connection,
        taken.task,
        subject=subject,
        state=state,
        done=done,
        error=error,
        settled_at=at,
    )


def _set(connection: Connection, task: int, **values: Any) -> None:  # noqa: ANN401
    values["subject"] = msgspec.json.encode(values["subject"]).decode()
    connection.execute(update(table).where(T.task == task).values(values))


def is_waiting(connection: Connection, at: int) -> bool:
    """Whether there is a training to take: a look that costs others nothing."""
    return any(one.subject["leased_until"] <= at for one in _open(connection))


def asked_at(connection: Connection, task: int) -> int:
    """When a training was asked for, in microseconds."""
    return int(connection.execute(select(T.asked_at).where(T.task == task)).scalar_one())
