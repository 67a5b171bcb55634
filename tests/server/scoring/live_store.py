"""A store at work in a test: one model, deliveries, days that pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import insert, select

from tamis.server.assemble import Assembled, assemble
from tamis.server.clock import SetClock, micros
from tamis.server.ingest.message import Delivery, Item, Receipt
from tamis.server.settings import Settings
from tamis.server.store.database import Database
from tamis.server.store.tables import messages, models, scoring

Row = dict[str, Any]


@dataclass
class LiveStore:
    """A store with an active model, at noon of a day in the model's zone."""

    assembled: Assembled
    clock: SetClock
    zone: ZoneInfo
    version: int = 1

    @property
    def database(self) -> Database:
        return self.assembled.server.database

    def deliver(self, items: Sequence[Item]) -> Receipt:
        return self.assembled.server.intake.write([Delivery(list(items))])[0]

    def day(self, day: date, *, turn: bool = True) -> None:
        """It is noon of a day; its turn is made, unless the server sleeps."""
        self.clock.instant = datetime.combine(day, time(12), self.zone).astimezone(UTC)
        if turn:
            self.assembled.background.work_off()

    def scores(self) -> list[Row]:
        """The stored scores as a batch hands them out, in the order of calling."""
        s = scoring.scores
        with self.database.read() as connection:
            rows = connection.execute(
                select(s)
                .where(s.c.version_key == self.version)
                .order_by(s.c.excluded, s.c.turn, s.c.lead_id)
            ).mappings()
            return [shown(row) for row in rows]

    def current(self) -> list[Row]:
        """The scores made anew, as a reader gets those that are due."""
        s = scoring.scores.c
        with self.database.read() as connection:
            leads = connection.execute(
                select(s.lead)
                .where(s.version_key == self.version)
                .order_by(s.excluded, s.turn, s.lead_id)
            ).scalars()
            made = self.assembled.server.scores.current(connection, self.version, list(leads))
        return [
            shown(row)
            for row in sorted(made, key=lambda r: (r["excluded"], r["turn"], r["lead_id"]))
        ]

    def parts(self, lead_id: str) -> list[Row]:
        s = scoring.scores.c
        with self.database.read() as connection:
            lead = connection.execute(select(s.lead).where(s.lead_id == lead_id)).scalars().first()
            return self.assembled.server.scores.explain(connection, self.version, lead)

    def bots(self) -> set[str]:
        """The ids of the messages that are held to be a machine's."""
        e = messages.events.c
        with self.database.read() as connection:
            return set(connection.execute(select(e.message_id).where(e.bot.is_not(None))).scalars())


def live_store(url: str, yaml: str, day: date, zone: str) -> LiveStore:
    """A store whose tables are there, with a model that is active at once."""
    clock = SetClock(datetime(2000, 1, 1, tzinfo=UTC))
    assembled = assemble(Settings(store=url, engine_memory="256MB"), clock)
    store = LiveStore(assembled, clock, ZoneInfo(zone))
    store.day(day, turn=False)
    with store.database.write() as connection:
        connection.execute(
            insert(models.versions).values(
                model="random", number=1, yaml=yaml, state="active", scored=True, owner="ann",
                measures="[]", relies_on="[]", made_at=micros(clock.now()), made_by="ann",
            )
        )  # fmt: skip
    return store


def shown(row: Mapping[str, Any]) -> Row:
    """A stored score in the columns and types of a batch."""
    dimensions = msgspec.json.decode(row["dimensions"])
    grades = msgspec.json.decode(row["grades"])
    return {
        "lead_id": row["lead_id"],
        "excluded": row["excluded"],
        **{name: Decimal(value) / 100 for name, value in dimensions.items()},
        **{f"{name}_grade": grade for name, grade in grades.items()},
        "score": None if row["score"] is None else Decimal(row["score"]) / 100,
        **{name: row[name] for name in ("cell", "temperature", "stage", "play")},
        "known": None if row["known"] is None else Decimal(row["known"]) / 100,
    }
