"""A server at work in this process, whose clock is set."""

from __future__ import annotations

import msgspec
from sqlalchemy import update
from tests.server.conftest import NOW
from tests.server.crash.client import messages
from tests.server.crash.facts import MODEL
from tests.server.scoring.live_store import LiveStore, live_store

from tamis.server.ingest import segment
from tamis.server.store.tables import models

TODAY = NOW.date()
ZONE = "Europe/Paris"


def at_work(url: str) -> LiveStore:
    """A server on an empty store, at noon of today, which then has a model."""
    made = live_store(url, MODEL.format(zone=ZONE), TODAY, ZONE)
    with made.database.write() as connection:
        connection.execute(update(models.versions).values(model="small"))
    return made


def send(store: LiveStore, name: str, count: int) -> None:
    """Messages of the weeks before today, some at a time."""
    found = list(messages(name, count, NOW))
    for start in range(0, count, 50):
        body = msgspec.json.encode({"batch": found[start : start + 50]})
        receipt = store.deliver(segment.batch_of(body, store.assembled.server.micros))
        assert (receipt.taken, receipt.quarantined) == (min(50, count - start), 0)
