"""Trainings that nobody asks for by hand: what the policy of a model wants, told by the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, func, select

from tamis.server.learning import alarms, declared, stored, work
from tamis.server.learning.forms import Policy, Train
from tamis.server.store.tables.learning import learning_alarms
from tamis.server.store.tables.people import outcomes

if TYPE_CHECKING:
    from tamis.server.server import Server

DAY: Final = 86_400_000_000
AGAIN: Final = DAY
"""Microseconds after which a training that came to nothing is asked for again."""
SYSTEM: Final = "system"


def ask_where_due(server: Server, model: str) -> None:
    """Ask for a training of a model when its policy wants one."""
    with server.database.read() as connection:
        why = why_due(connection, model, server.micros)
    if not why:
        return
    with server.database.write() as connection:
        if why_due(connection, model, server.micros):
            work.ask(connection, server.micros, SYSTEM, model, Train(reason=why))


def why_due(connection: Connection, model: str, at: int) -> str:
    """Why a training of a model is due, in words; empty: none is. `at` in microseconds."""
    policy = declared.policy(connection, model)
    if policy == declared.NEVER_ASKED or work.open_of(connection, model) is not None:
        return ""
    task = work.latest_of(connection, model)
    if task is not None and at - work.asked_at(connection, task.task) < AGAIN:
        return ""
    trained = (one.made_at for one in stored.every(connection, model) if one.origin == "trained")
    last = max(trained, default=0)
    return (
        _by_alarm(connection, model, policy, last)
        or _by_conversions(connection, policy, last)
        or _by_days(policy, last, at)
    )


def _by_days(policy: Policy, last: int, at: int) -> str:
    if policy.every_days is None or at - last < policy.every_days * DAY:
        return ""
    return f"the policy: every {policy.every_days} days"


def _by_conversions(connection: Connection, policy: Policy, last: int) -> str:
    if policy.new_conversions is None:
        return ""
    o = outcomes.c
    won = select(func.count(func.distinct(o.lead))).where(o.outcome == "won", o.received_at > last)
    count = connection.scalar(won) or 0
    if count < policy.new_conversions:
        return ""
    return f"the policy: {count} conversions since the last training"


def _by_alarm(connection: Connection, model: str, policy: Policy, last: int) -> str:
    if not policy.on_alarm:
        return ""
    a = learning_alarms.c
    newer = select(a.alarm).where(a.model == model, a.raised_at > last, a.settled_at.is_(None))
    key = connection.scalar(newer.order_by(a.alarm).limit(1))
    if key is None:
        return ""
    return f"the policy: an alarm was raised ({alarms.find(connection, model, key).kind})"
