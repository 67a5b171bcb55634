"""What people declare: a change of market on a day, and when a model is learned anew."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from tamis.server.clock import day_number, day_of, micros, written
from tamis.server.learning.forms import DeclareChange, MarketChange, Policy
from tamis.server.models.said import is_plain, refused, said
from tamis.server.models.steps import Maker
from tamis.server.problems import not_found
from tamis.server.store.keys import row_of
from tamis.server.store.tables.learning import learning_policies, learning_watch, market_changes

C, P = market_changes.c, learning_policies.c
NEVER_ASKED = Policy()
"""The policy of a model for which nobody has set one."""


def declare(
    connection: Connection, maker: Maker, model: str, change: DeclareChange, today: date
) -> MarketChange:
    """Declare that the market changed on a day; the watch begins anew. Raises: Problem 400."""
    if change.day > today:
        raise refused("day", "a change of market is of today, or of a day before")
    row = {
        "model": model,
        "day": day_number(change.day),
        "about": said("about", change.about, required=True),
        "made_at": micros(maker.at),
        "made_by": maker.who,
    }
    made = insert(market_changes).values(row).returning(C.market_change)
    key = connection.execute(made).scalar_one()
    forget_watch(connection, model)
    return _change(row_of(connection, select(market_changes), C.market_change, key))


def withdraw(connection: Connection, maker: Maker, model: str, key: int) -> None:
    """Take a declared change back. Raises: Problem 404."""
    row = row_of(connection, select(market_changes), C.market_change, key)
    if row is None or row.model != model or row.withdrawn_at is not None:
        detail = "there is no such change of market"
        raise not_found(detail)
    chosen = update(market_changes).where(C.market_change == key)
    connection.execute(chosen.values(withdrawn_at=micros(maker.at), withdrawn_by=maker.who))
    forget_watch(connection, model)


def changes(connection: Connection, model: str) -> list[MarketChange]:
    """The changes of market that hold, the last one first."""
    if not is_plain(model):
        return []
    holding = select(market_changes).where(C.model == model, C.withdrawn_at.is_(None))
    rows = connection.execute(holding.order_by(C.day.desc(), C.market_change.desc()))
    return [_change(row) for row in rows]


def since(connection: Connection, model: str) -> date | None:
    """The day from which the market is as it is: that of the last change; None: none is known."""
    found = changes(connection, model)
    return date.fromisoformat(found[0].day) if found else None


def forget_watch(connection: Connection, model: str) -> None:
    """Let the watch of a model begin anew."""
    connection.execute(delete(learning_watch).where(learning_watch.c.model == model))


def _change(row: Row[Any] | None) -> MarketChange:
    assert row is not None, "it was written in this transaction"
    return MarketChange(
        row.market_change,
        row.model,
        day_of(row.day).isoformat(),
        row.about,
        written(row.made_at),
        row.made_by,
    )


# Policies ----------------------------------------------------------------------------------------


def policy(connection: Connection, model: str) -> Policy:
    """When a model is learned anew without being asked."""
    if not is_plain(model):
        return NEVER_ASKED
    row = connection.execute(select(learning_policies).where(P.model == model)).first()
    if row is None:
        return NEVER_ASKED
    return Policy(
        row.every_days,
        row.new_conversions,
        row.on_alarm,
        row.recalibrate,
        row.horizon,
        msgspec.json.decode(row.allowed, type=list[str]),
        row.drop_suspects,
    )


def set_policy(connection: Connection, maker: Maker, model: str, wanted: Policy) -> Policy:
    """Put a policy in the place of the one before. Raises: Problem 400."""
    row = {
        "model": model,
        "every_days": wanted.every_days,
        "new_conversions": wanted.new_conversions,
        "on_alarm": wanted.on_alarm,
        "recalibrate": wanted.recalibrate,
        "horizon": wanted.horizon,
        "allowed": msgspec.json.encode([said("allowed", one) for one in wanted.allowed]).decode(),
        "drop_suspects": wanted.drop_suspects,
        "made_at": micros(maker.at),
        "made_by": maker.who,
    }
    connection.execute(delete(learning_policies).where(P.model == model))
    connection.execute(insert(learning_policies).values(row))
    return policy(connection, model)
