"""A company whose leads convert by a rule that can be learned, put straight into a store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import exp
from random import Random
from typing import Any

import msgspec
from sqlalchemy import insert
from tests.server.scoring.live_store import LiveStore

from tamis.server.clock import micros, written
from tamis.server.security.guards import Caller
from tamis.server.security.permissions import ROLES
from tamis.server.server import Server
from tamis.server.store.tables import access, messages, people

MODEL = """
tamis: 1
name: random
version: 1
timezone: Europe/Paris
fields:
  lead: {country: text, size: integer, gender: text, created_at: timestamp}
  event: {url: text}
dimensions:
  fit:
    rules:
      # What the team believes: Spain is best, which is wrong.
      - {id: spain, when: "country = 'spain'", points: 30}
      - {id: large, field: size, bands: {0: 0, 100: 10}}
  engagement:
    rules:
      - {id: views, event: page_view, points: 5, within: 90d}
score: {sum: [fit, engagement]}
"""
DAY = date(2026, 11, 22)
"""Today, in the tests."""
PAST = 480
"""Days for which leads have come."""
COUNTRIES = {"france": 1.3, "germany": 0.0, "spain": -1.3}
"""What a country adds to the log of the odds."""
HORIZON = 60
ADA = Caller("ada", ROLES["admin"], "admin")


def at(day: date, hour: int = 10) -> int:
    """An instant of a day, in microseconds."""
    return micros(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


@dataclass
class World:
    """A store and dice; leads come day by day, and some are won."""

    store: LiveStore
    dice: Random
    number: int = 0
    mood: float = 0.0
    """What the time adds to the log of the odds of everybody."""

    @property
    def today(self) -> date:
        return self.store.clock.now().date()

    @property
    def server(self) -> Server:
        return self.store.assembled.server

    def people(self) -> None:
        """Somebody who may do everything, and owns the model."""
        rows = [
            {"login": name, "name": name, "role": "admin", "password": "x", "language": "en"}
            for name in ("ann", "ada")
        ]
        with self.server.database.write() as connection:
            for row in rows:
                values = {c.name: row[c.name] for c in access.users.c if c.name in row}
                connection.execute(insert(access.users).values(**values, made_at=0))

    def come(self, first: date, last: date, number: int, **more: float) -> None:
        """So many leads come, evenly from a day to another; `more` are shares of countries."""
        leads: list[dict[str, Any]] = []
        events: list[dict[str, Any]] = []
        outcomes: list[dict[str, Any]] = []
        days = (last - first).days + 1
        shares = more or dict.fromkeys(COUNTRIES, 1.0)
        for place in range(number):
            self._one(
                first + timedelta(days=place * days // number), shares, leads, events, outcomes
            )
        with self.server.database.write() as connection:
            for table, rows in (
                (people.leads, leads), (messages.events, events), (people.outcomes, outcomes),
            ):  # fmt: skip
                if rows:
                    connection.execute(insert(table), rows)

    def _one(
        self, day: date, shares: dict[str, float], leads: Any, events: Any, outcomes: Any
    ) -> None:
        dice = self.dice
        self.number += 1
        key = self.number
        country = dice.choices(list(shares), list(shares.values()))[0]
        size, gender = dice.choice([5, 50, 200, 900]), dice.choice(["f", "m"])
        visits = dice.randrange(5)
        fields = {
            "country": country,
            "size": size,
            "gender": gender,
            "created_at": written(at(day)),
        }
        leads.append(
            {
                "lead": key, "lead_id": f"lead-{key:05}", "account_id": None,
                "fields": msgspec.json.encode(fields).decode(), "first_at": at(day),
                "last_at": at(day), "opted_out": False,
            }
        )  # fmt: skip
        for visit in range(visits):
            when = at(day + timedelta(days=dice.randrange(3)), 11 + visit)
            events.append(
                {
                    "message_id": f"m-{key}-{visit}", "lead": key, "kind": "track",
                    "event": "page_view", "at": when, "received_at": when, "properties": "{}",
                    "context": "{}",
                }
            )  # fmt: skip
        z = self.mood - 1.0 + COUNTRIES.get(country, 0.0) + 0.9 * (size > 100) + 0.35 * visits - 0.7
        won = dice.random() < 1 / (1 + exp(-z))
        decided = day + timedelta(days=dice.randrange(35, 55))
        if decided <= self.today:
            outcome = "won" if won else "lost"
            outcomes.append(
                {
                    "outcome_id": f"o-{key}", "lead": key, "outcome": outcome,
                    "at": at(decided), "amount": None, "received_at": at(decided),
                }
            )  # fmt: skip
