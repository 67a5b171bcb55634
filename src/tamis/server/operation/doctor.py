"""The doctor: what is wrong with a server's store and settings, and what to do about it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, literal_column, select, text

from tamis.language import translator
from tamis.server.clock import Clock, day_number, day_of, instant_of, micros
from tamis.server.operation.backup import refuse_missing
from tamis.server.settings import Settings
from tamis.server.store import migrate
from tamis.server.store.database import Database
from tamis.server.store.tables import access, messages, models

HOUR = 3_600_000_000
DAY = 24 * HOUR
LEAST_SPACE = 1_000_000_000
"""Bytes that a disk should have free, whatever the size of the store."""
SLOW_CLOCK = timedelta(seconds=5)
OLDEST_POSTGRES = 15
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """What one check found; `todo` is empty where there is nothing to do."""

    check: str
    level: Level
    found: str
    todo: str = ""


@dataclass(frozen=True)
class Patient:
    """What is examined, and how to speak of it."""

    database: Database
    settings: Settings
    clock: Clock
    language: str = "en"

    @property
    def now(self) -> int:
        """The instant, in microseconds."""
        return micros(self.clock.now())

    @property
    def say(self) -> Callable[[str], str]:
        """The text in the reader's language."""
        return translator(self.language)


def examine(patient: Patient) -> list[Finding]:
    """Every check's finding, in the order in which one would look.

    Tables of another version are the only finding: what else is in them cannot be read.

    Raises:
        UserError: when there is no store, or it cannot be used now.
    """
    refuse_missing(patient.database)
    first = _tables(patient)
    if first.level is Level.ERROR:
        return [first]
    with patient.database.read() as connection:
        found = [one for check in CHECKS for one in check(patient, connection)]
    return [first, *found]


def _tables(patient: Patient) -> Finding:
    _ = patient.say
    found = migrate.state(patient.database)
    try:
        migrate.refuse_unless_current(found)
    except migrate.WrongStoreError as error:
        return Finding(
            "tables", Level.ERROR, str(error), _("Do what is said here, then ask again.")
        )
    said = _("The tables are of version {version}, as the program wants.")
    return Finding("tables", Level.OK, said.format(version=found.version))


def _integrity(patient: Patient, connection: Connection) -> Iterator[Finding]:
    _ = patient.say
    if not patient.database.is_sqlite:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
        if version < OLDEST_POSTGRES:
            said = _("PostgreSQL {version} is too old.").format(version=version)
            yield Finding("integrity", Level.ERROR, said, _("Move to PostgreSQL 15 or later."))
        return
    wrong = [row[0] for row in connection.execute(text("PRAGMA quick_check(5)"))]
    if wrong == ["ok"]:
        yield Finding("integrity", Level.OK, _("The file of the store is sound."))
        return
    yield Finding(
        "integrity",
        Level.ERROR,
        _("The file of the store is damaged: {found}").format(found="; ".join(wrong)),
        _("Stop the server, look at the disk, restore a copy with `tamis restore --force`."),
    )


def _disk(patient: Patient, _connection: Connection) -> Iterator[Finding]:
    _ = patient.say
    path = patient.database.path
    if path is None:
        return
    free, size = shutil.disk_usage(path.parent).free, path.stat().st_size
    said = _("{free} MB are free on the store's disk; the store has {size} MB.")
    said = said.format(free=free // 1_000_000, size=size // 1_000_000)
    wanted = max(LEAST_SPACE, size)
    level = Level.OK if free >= wanted else Level.WARNING
    if free < wanted // 10:
        level = Level.ERROR
    todo = _("Make room, or move the store to a larger disk: a full one stops ingest.")
    yield Finding("disk", level, said, "" if level is Level.OK else todo)


def _clock(patient: Patient, connection: Connection) -> Iterator[Finding]:
    _ = patient.say
    latest = [
        connection.scalar(select(column).order_by(key.desc()).limit(1))
        for column, key in (
            (messages.events.c.received_at, messages.events.c.event_key),
            (access.audit.c.at, access.audit.c.entry),
        )
    ]
    last = max((one for one in latest if one is not None), default=None)
    ahead = timedelta(0) if last is None else instant_of(last) - patient.clock.now()
    if ahead <= SLOW_CLOCK:
        yield Finding("clock", Level.OK, _("The clock is not behind what was received."))
        return
    said = _("The clock is {seconds} seconds before the last thing that was received.")
    yield Finding(
        "clock",
        Level.ERROR,
        said.format(seconds=int(ahead.total_seconds())),
        _("Set the clock right and keep it so with NTP: scores depend on the day."),
    )


def _tasks(patient: Patient, connection: Connection) -> Iterator[Finding]:
    _ = patient.say
    table = models.tasks.c
    failed = _failed(connection)
    for kind, version, error in failed:
        what = {"version": version, "kind": kind, "error": error}
        todo = _(
            "Mend the cause that is named, then ask again: "
            "`tamis models {kind} {version} --as LOGIN`; or give it up with `tamis models reject`."
        )
        yield Finding(
            "tasks",
            Level.ERROR,
            _("`{version}`: the task `{kind}` failed: {error}").format(**what),
            todo.format(**what),
        )
    late = _count(
        connection, table.state.in_(["waiting", "running"]), table.asked_at < patient.now - HOUR
    )
    if late:
        yield Finding(
            "tasks",
            Level.WARNING,
            _("{count} tasks have waited or run for more than an hour.").format(count=late),
            _("See that the server runs, and what its log says of background work."),
        )
    if not failed and not late:
        yield Finding("tasks", Level.OK, _("No task failed or is late."))


def _failed(connection: Connection) -> list[tuple[str, str, str]]:
    """Kind, version and error of the tasks that failed and that nothing has overtaken since.

    A later task of the kind for the same model overtakes one; so does a version that is active
    now, or a draft again.
    """
    v, t = models.versions.c, models.tasks.c
    known = connection.execute(select(v.version_key, v.model, v.number, v.state)).all()
    versions = {one.version_key: one for one in known}
    last = {}
    for task in connection.execute(select(t.kind, t.subject, t.state, t.error).order_by(t.task)):
        if one := versions.get(json.loads(task.subject).get("version_key")):
            last[task.kind, one.model] = task, one
    return [
        (task.kind, f"{one.model}/{one.number}", task.error)
        for task, one in last.values()
        if task.state == "failed" and one.state not in ("active", "draft")
    ]


def _models(patient: Patient, connection: Connection) -> Iterator[Finding]:
    _ = patient.say
    table = models.versions
    active = connection.execute(
        select(table).where(table.c.state == "active").order_by(table.c.model)
    ).all()
    if not active:
        yield Finding(
            "models",
            Level.WARNING,
            _("No model is active: nothing is scored."),
            _("Put a model in with `tamis models`, have it approved and activate it."),
        )
    today = day_number(patient.clock.now().date())
    for version in active:
        yield from _turn(patient, version, today)
        yield from _review(patient, version, today)


def _turn(patient: Patient, version: Any, today: int) -> Iterator[Finding]:  # noqa: ANN401 (a row)
    _ = patient.say
    # Somewhere it may still be the day before.
    if version.day is not None and version.day >= today - 1:
        said = _("`{model}` has the scores of {day}.")
        yield Finding("turn", Level.OK, said.format(model=version.model, day=day_of(version.day)))
        return
    said = _("`{model}` has not had the turn of the day since {day}.")
    since = _("it became active") if version.day is None else str(day_of(version.day))
    yield Finding(
        "turn",
        Level.ERROR,
        said.format(model=version.model, day=since),
        _("See that the server runs; it catches up by itself. Its log says what holds it."),
    )


def _review(patient: Patient, version: Any, today: int) -> Iterator[Finding]:  # noqa: ANN401 (a row)
    _ = patient.say
    if version.review_day is None or version.review_day >= today:
        return
    said = _("`{model}` was to be reviewed on {day} by {owner}.")
    yield Finding(
        "reviews",
        Level.WARNING,
        said.format(model=version.model, day=day_of(version.review_day), owner=version.owner),
        _("Hold the review, and set the day of the next one."),
    )


def _quarantine(patient: Patient, connection: Connection) -> Iterator[Finding]:
    _ = patient.say
    table = messages.quarantine.c
    waiting = table.state == "waiting"
    total = _count(connection, waiting)
    if not total:
        yield Finding("quarantine", Level.OK, _("No message waits in quarantine."))
        return
    new = _count(connection, waiting, table.received_at >= patient.now - DAY)
    often = connection.execute(
        select(table.code, func.count().label("n"))
        .where(waiting)
        .group_by(table.code)
        .order_by(literal_column("n").desc(), table.code)
        .limit(1)
    ).one()
    said = _("{count} messages wait in quarantine, {new} since yesterday; most often: {code}.")
    yield Finding(
        "quarantine",
        Level.WARNING if new else Level.OK,
        said.format(count=total, new=new, code=often.code),
        _("Read them with `tamis quarantine list`, mend the client, then replay or drop them."),
    )


def _people(patient: Patient, connection: Connection) -> Iterator[Finding]:
    _ = patient.say
    table = access.users.c
    if _count(
        connection, table.role == "admin", table.disabled.is_(False), table.password.is_not(None)
    ):
        return
    yield Finding(
        "people",
        Level.WARNING,
        _("No administrator can log in."),
        _("Open the link that the server printed at its first start, or use `tamis user add`."),
    )


def _keys(patient: Patient, connection: Connection) -> Iterator[Finding]:
    _ = patient.say
    table = access.keys.c
    unused = connection.scalars(
        select(table.name)
        .where(
            table.last_used.is_(None),
            table.revoked_at.is_(None),
            table.made_at < patient.now - 30 * DAY,
        )
        .order_by(table.name)
    ).all()
    if unused:
        said = _("Keys of more than 30 days that nobody ever used: {names}.")
        yield Finding(
            "keys",
            Level.WARNING,
            said.format(names=", ".join(unused)),
            _("Revoke them with `tamis key revoke`."),
        )


def _settings(patient: Patient, _connection: Connection) -> Iterator[Finding]:
    _ = patient.say
    settings = patient.settings
    if settings.secure or settings.host in LOOPBACK:
        yield Finding("settings", Level.OK, _("Nobody can overhear passwords and keys."))
        return
    said = _("The server listens at {host}, and TAMIS_SECURE is not set.")
    yield Finding(
        "settings",
        Level.WARNING,
        said.format(host=settings.host),
        _("Put a proxy with HTTPS before it and set TAMIS_SECURE=true: keys go in the clear."),
    )


def _count(connection: Connection, *where: Any) -> int:  # noqa: ANN401 (conditions of SQLAlchemy)
    return int(connection.scalar(select(func.count()).where(*where)) or 0)


CHECKS: Sequence[Callable[[Patient, Connection], Iterator[Finding]]] = (
    _integrity,
    _disk,
    _clock,
    _tasks,
    _models,
    _quarantine,
    _people,
    _keys,
    _settings,
)
