"""Work in the background: asked for in a row, done by the worker of scoring."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select

from tamis.server.clock import written
from tamis.server.problems import not_found
from tamis.server.store.keys import row_of
from tamis.server.store.tables.models import tasks

OPEN = ("waiting", "running")
MAKING = ("activate", "shadow")
"""The kinds of task at whose end a version is live; while they are open it has scores already."""


class Task(msgspec.Struct):
    """Work in the background: `done` of `total` leads; `error` says why it failed.

    `state` is waiting, running, done or failed; `subject` says what it is about.
    """

    task: int
    kind: str
    subject: dict[str, Any]
    state: str
    done: int
    total: int
    asked_at: str
    asked_by: str | None
    settled_at: str | None
    error: str


def ask(connection: Connection, at: int, who: str, kind: str, version_key: int) -> Task:
    """Ask for a version to be made live. `at` in microseconds."""
    subject = msgspec.json.encode({"version_key": version_key}).decode()
    row = {"kind": kind, "subject": subject, "state": "waiting", "asked_at": at, "asked_by": who}
    made = connection.execute(insert(tasks).values(row).returning(tasks.c.task)).scalar_one()
    return read(connection, made)


def read(connection: Connection, task: int) -> Task:
    """A task. Raises: Problem 404."""
    row = row_of(connection, select(tasks), tasks.c.task, task)
    if row is None:
        detail = f"there is no task {task}"
        raise not_found(detail)
    return _task(row)


def latest(connection: Connection, limit: int) -> list[Task]:
    """The latest tasks, the last one first."""
    chosen = select(tasks).order_by(tasks.c.task.desc()).limit(limit)
    return [_task(row) for row in connection.execute(chosen)]


IS_MAKING = tasks.c.state.in_(OPEN) & tasks.c.kind.in_(MAKING)
BEING_MADE = select(tasks.c.subject).where(IS_MAKING)


def open_tasks(connection: Connection) -> dict[int, Task]:
    """The tasks that make a version live and are not settled, by the version's key."""
    found = [_task(row) for row in connection.execute(select(tasks).where(IS_MAKING))]
    return {task.subject["version_key"]: task for task in found}


def being_made(connection: Connection) -> list[int]:
    """The keys of versions on their way to being live."""
    found = connection.execute(BEING_MADE).scalars()
    return [msgspec.json.decode(subject)["version_key"] for subject in found]


def _task(row: Row[Any]) -> Task:
    return Task(
        row.task,
        row.kind,
        msgspec.json.decode(row.subject),
        row.state,
        row.done,
        row.total,
        written(row.asked_at),
        row.asked_by,
        None if row.settled_at is None else written(row.settled_at),
        row.error,
    )
