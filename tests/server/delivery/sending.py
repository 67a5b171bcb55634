"""Targets and senders at hand: a webhook at a receiver, on a clock that is set."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from sqlalchemy import select
from tests.server.delivery.receiver import LOOPBACK

from tamis.server.clock import Clock, micros
from tamis.server.delivery import outbox
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.client import HttpClient
from tamis.server.delivery.configuration import Configured, Targets
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.message import KINDS
from tamis.server.delivery.sender import Sender
from tamis.server.delivery.targets.webhook.target import Webhook
from tamis.server.store.database import Database
from tamis.server.store.tables import delivery

SECRET = b"a secret of twenty-four b"
WHSEC = f"whsec_{base64.b64encode(SECRET).decode()}"
QUICK = 0.4
"""Seconds that tests wait for a receiver that hangs."""


def http(seconds: float = QUICK, allowed: Sequence[str] = LOOPBACK) -> HttpClient:
    return HttpClient(Guard(allowed), seconds=seconds)


def webhook(address: str, clock: Clock, client: HttpClient | None = None) -> Webhook:
    return Webhook(Secret(f"{address}/hook"), (SECRET,), client or http(5.0), clock)


def configured(name: str, target: Any, **more: Any) -> Configured:
    return Configured(name, "webhook", target, frozenset(KINDS), **more)


def sender(database: Database, clock: Clock, *targets: Configured, seed: int = 7) -> Sender:
    """A sender to some targets; its jitter is drawn from a seed."""
    return Sender(database, clock, Targets({one.name: one for one in targets}), Random(seed))


def put(
    database: Database,
    clock: Clock,
    target: str,
    number: int,
    *,
    lead: int | None = None,
    payload: Mapping[str, Any] | None = None,
) -> str:
    """Put a message, `number` its cause; gives its key."""
    kind, cause = "status.changed", str(number)
    told = {"number": number} if payload is None else payload
    with database.write() as connection:
        outbox.put(connection, target, kind, lead, told, cause, at=micros(clock.now()))
    return outbox.key_of(target, kind, cause)


def states(database: Database) -> dict[str, str]:
    """The state of each row by its key."""
    o = delivery.outbox.c
    with database.read() as connection:
        rows = connection.execute(select(o.idempotency_key, o.state))
        return {row.idempotency_key: row.state for row in rows}


def row(database: Database, key: str) -> Any:
    with database.read() as connection:
        chosen = select(delivery.outbox).where(delivery.outbox.c.idempotency_key == key)
        return connection.execute(chosen).one()
