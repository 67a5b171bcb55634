"""What a rule gave before its own cap is told, to the last decimal, where somebody asks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.server.scoring.live_store import LiveStore, live_store

from tamis.server.clock import micros
from tamis.server.ingest.message import Message

DAY = date(2026, 11, 22)
MODEL = """
tamis: 1
name: random
fields: {event: {channel: text}}
dimensions:
  activity:
    decay: {half_life: 30d}
    rules:
      - {id: demo, event: demo, points: 8, cap: 10}
      - {id: page, event: page, points: 2, cap: 10}
      - {id: visits, event: page, frequency: {1: 1, 2: 9}, cap: 4}
score: {sum: [activity], range: [0, 100]}
"""


def parts(store: LiveStore) -> dict[str, Any]:
    with store.database.read() as connection:
        scores = store.assembled.server.scores
        return {row["rule"]: row for row in scores.explain(connection, 1, 1, caps=True)}


def test_points_before_a_cap_are_those_after_decay(sqlite_url: str) -> None:
    store = live_store(sqlite_url, MODEL, DAY, "UTC")
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    deeds = [("demo", 0), ("demo", 30), ("page", 60), ("page", 0)]
    store.deliver(
        [
            Message(f"m{place}", "track", name, at, at, user_id="u-1")
            for place, (name, age) in enumerate(deeds)
            for at in [micros(noon - timedelta(days=age))]
        ]
    )
    found = parts(store)
    demo, page, visits = (found[name] for name in ("demo", "page", "visits"))
    assert (demo["points"], demo["uncapped"]) == (Decimal(10), Decimal(12))
    assert (page["points"], page["uncapped"]) == (Decimal("2.5"), None)
    assert (visits["points"], visits["uncapped"]) == (Decimal(4), Decimal(9))
    store.assembled.close()
