"""Alarms of the market: raised once each, until somebody has looked at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Row, insert, select, update

from tamis.server.clock import day_number, micros, written
from tamis.server.delivery import outbox
from tamis.server.learning.forms import AlarmKind, Figure, LearningAlarm, SettleAlarm
from tamis.server.models.said import is_plain, said
from tamis.server.models.steps import Maker
from tamis.server.problems import conflict, not_found
from tamis.server.store.keys import row_of
from tamis.server.store.tables.learning import learning_alarms
from tamis.server.work.telling import NOBODY, Tell

A = learning_alarms.c
MESSAGE: Final = "alarm"
"""The kind of messages in the outbox, as for every alarm of the server."""


class Noticed(Struct, frozen=True):
    """Something that moved, as `forms.LearningAlarm` says; `what` in a sentence."""

    kind: AlarmKind
    field: str | None
    since: date | None
    before: Figure
    now: Figure
    asked: Literal["missing", "at_least", "value", "other"] | None
    bound: float | None
    value: str | None
    part: Literal["all", "best"]
    chance: float
    todo: Literal["look", "name_value", "check_source", "recalibrate", "retrain"]
    what: str


def raise_all(
    connection: Connection, model: str, noticed: Sequence[Noticed], at: int, tell: Tell = NOBODY
) -> list[LearningAlarm]:
    """Raise what is not raised already, and tell targets of it; gives what is new.

    `at` is the instant in microseconds.
    """
    held = {(one.kind, one.field, one.part) for one in listed(connection, model)}
    return [
        _raise(connection, model, one, at, tell)
        for one in noticed
        if (one.kind, one.field, one.part) not in held
    ]


def _raise(connection: Connection, model: str, one: Noticed, at: int, tell: Tell) -> LearningAlarm:
    row = {
        "model": model,
        "kind": one.kind,
        "field": one.field or "",
        "part": one.part,
        "since_day": None if one.since is None else day_number(one.since),
        "details": msgspec.json.encode(one).decode(),
        "raised_at": at,
    }
    made = insert(learning_alarms).values(row).returning(A.alarm)
    key = connection.execute(made).scalar_one()
    payload = {
        "model": model,
        "alarm": f"learning-{one.kind}",
        "field": one.field,
        "since": None if one.since is None else one.since.isoformat(),
        "todo": one.todo,
        "note": one.what,
    }
    for target in tell(MESSAGE):
        cause, line = f"learning-{key}-{at}", f"alarm {model}"
        outbox.put(connection, target, MESSAGE, None, payload, cause, at=at, line=line)
    return find(connection, model, key)


def listed(connection: Connection, model: str, *, settled: bool = False) -> list[LearningAlarm]:
    """The alarms of a model, the last one first; with `settled` those looked at too."""
    if not is_plain(model):
        return []
    chosen = select(learning_alarms).where(A.model == model).order_by(A.alarm.desc())
    if not settled:
        chosen = chosen.where(A.settled_at.is_(None))
    return [_alarm(row) for row in connection.execute(chosen)]


def find(connection: Connection, model: str, key: int) -> LearningAlarm:
    """An alarm of a model. Raises: Problem 404."""
    row = row_of(connection, select(learning_alarms), A.alarm, key)
    if row is None or row.model != model:
        detail = "there is no such alarm"
        raise not_found(detail)
    return _alarm(row)


def settle(
    connection: Connection, maker: Maker, model: str, key: int, answer: SettleAlarm
) -> LearningAlarm:
    """Somebody has looked at an alarm: it may be raised again. Raises: Problem 404, 409."""
    if find(connection, model, key).settled_at is not None:
        detail = "somebody has looked at this alarm already"
        raise conflict(detail)
    values = {
        "settled_at": micros(maker.at),
        "settled_by": maker.who,
        "comment": said("comment", answer.comment),
    }
    connection.execute(update(learning_alarms).where(A.alarm == key).values(values))
    return find(connection, model, key)


def settle_all(connection: Connection, maker: Maker, model: str, comment: str) -> None:
    """What moved is explained: as when a change of market was declared."""
    for one in listed(connection, model):
        settle(connection, maker, model, one.alarm, SettleAlarm(comment))


def _alarm(row: Row[Any]) -> LearningAlarm:
    told = msgspec.json.decode(row.details, type=Noticed)
    return LearningAlarm(
        alarm=row.alarm,
        model=row.model,
        kind=told.kind,
        field=told.field,
        since=None if told.since is None else told.since.isoformat(),
        before=told.before,
        now=told.now,
        asked=told.asked,
        bound=told.bound,
        value=told.value,
        part=told.part,
        chance=told.chance,
        todo=told.todo,
        what=told.what,
        raised_at=written(row.raised_at),
        settled_at=None if row.settled_at is None else written(row.settled_at),
        settled_by=row.settled_by,
        comment=row.comment,
    )
