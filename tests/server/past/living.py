"""A store in which things happen: leads come, prove one, are marked, opt out, are erased."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from tests.server.conftest import NOW
from tests.server.read.conftest import in_json, lead, version

from tamis.server.bots.marking import put
from tamis.server.clock import day_number, micros
from tamis.server.privacy.erase import erase
from tamis.server.server import Server
from tamis.server.store.tables import messages, people

YAML = """
tamis: 1
name: small
version: 1
timezone: Europe/Paris
fields:
  lead: {title: text, size: integer, phone: text, created_at: timestamp}
  account: {industry: text}
  event: {url: text, seconds: number}
exclude: title = 'robot'
dimensions:
  fit:
    range: [0, 80]
    grades: {A: 50, B: 0}
    groups: {person: {cap: 45}, firm: {cap: 20}}
    rules:
      - {id: boss, group: person, when: "title = 'boss'", points: 40}
      - {id: phone, group: person, when: phone is not null, points: 7}
      - {id: size, group: firm, field: size, bands: {0: 0, 10: 12.5}}
      - {id: industry, group: firm, field: industry, values: {software: 9, farming: 3}}
      - {id: student, when: "title = 'student'", points: -20}
  engagement:
    range: [0, 60]
    grades: {1: 20, 2: 0}
    groups: {site: {cap: 30}}
    rules:
      - {id: pages, group: site, event: page_view, points: 4, within: 90d, decay: {half_life: 7d}}
      - {id: often, group: site, event: page_view, frequency: {0: 0, 3: 6}, within: 60d}
      - {id: demo, event: demo, at_least: 1, points: 25, within: 365d, when: phone is not null}
      - {id: time, event: page_view, total: {field: seconds, bands: {0: 0, 60: 10}}}
      - {id: silent, event: page_view, silent_for: 100d, points: -10}
score: {sum: [fit, engagement]}
cell: [fit, engagement]
temperature: {hot: score >= 55 or hit('demo'), warm: score >= 30, cold: "true"}
stages: {lead: score >= 20, mql: score >= 50}
plays:
  - {id: call, when: "temperature = 'hot'", do: handoff, to: sales}
  - {id: ring, when: "temperature = 'warm' and phone is not null", do: handoff, to: desk}
  - {id: keep_warm, when: score >= 10, do: nurture, to: news}
"""
AT = micros(NOW)
DAY = 86_400_000_000
TITLES = ("boss", "student", "clerk", "robot", None)


@dataclass
class Living:
    """A server's store, and dice. `gone` are ids of leads that were erased."""

    server: Server
    dice: Random
    number: int = 0
    gone: list[str] = field(default_factory=list)

    def found(self) -> None:
        """Put the model and the accounts there."""
        with self.server.database.write() as connection:
            version(connection, YAML)
            for n in range(4):
                row = {"account_id": f"firm {n}", "first_at": AT}
                row["fields"] = in_json({"industry": ["Software", "farming", "", None][n]})
                connection.execute(insert(people.accounts).values(**row))

    def live(self, times: int = 30) -> None:
        """So many things happen."""
        for _ in range(times):
            happens = self.dice.choices(
                (self.come, self.visit, self.merge, self.mark, self.opt, self.win, self.adjust),
                (6, 10, 2, 2, 1, 3, 1),
            )[0]
            with self.server.database.write() as connection:
                happens(connection)

    def come(self, connection: Connection) -> None:
        """A lead comes, with some visits."""
        dice = self.dice
        self.number += 1
        fields: dict[str, Any] = {
            "title": dice.choice(TITLES),
            "size": dice.choice([5, 40, "many"]),
        }
        fields |= {"phone": "0612"} if dice.random() < 0.5 else {}
        at = AT - dice.randrange(1, 200) * DAY
        lead_id = f"lead-{self.number:04}-{dice.randrange(16**8):08x}"
        firm = f"firm {dice.randrange(6)}" if dice.random() < 0.8 else None
        key = lead(connection, lead_id, fields=fields, account_id=firm, first_at=at)
        row = {"kind": "user", "value": lead_id, "lead": key, "at": at, "said_by": ""}
        connection.execute(insert(people.identities).values(**row))
        for _ in range(dice.randrange(6)):
            self._event(connection, key)

    def visit(self, connection: Connection) -> None:
        """Somebody does something: a lead, or a visitor whom nobody knows yet."""
        self._event(connection, self._someone(connection) if self.dice.random() < 0.9 else None)

    def _event(self, connection: Connection, key: int | None) -> None:
        dice = self.dice
        self.number += 1
        ago = timedelta(days=dice.randrange(150), seconds=dice.randrange(80_000))
        row = {"message_id": f"message {self.number}", "lead": key, "kind": "track"}
        row |= {"event": dice.choice(["page_view"] * 5 + ["demo", None])}
        row |= {"at": micros(NOW - ago), "received_at": AT, "context": "{}"}
        seconds = "many" if dice.random() < 0.05 else dice.randrange(50)
        row |= {"properties": in_json({"url": "/", "seconds": seconds})}
        connection.execute(insert(messages.events).values(**row))

    def _someone(self, connection: Connection) -> int | None:
        leads = list(connection.scalars(select(people.leads.c.lead)))
        return self.dice.choice(leads) if leads else None

    def merge(self, connection: Connection) -> None:
        """Two leads prove one, which may take the other's id; a visitor may prove a lead."""
        first, second = self._someone(connection), self._someone(connection)
        events, leads = messages.events, people.leads
        if first is None or second is None:
            return
        if first == second:
            nobody = events.c.lead.is_(None)
            connection.execute(update(events).where(nobody).values(lead=first))
            return
        of = leads.c.lead
        name = connection.scalar(select(leads.c.lead_id).where(of == first))
        for table in (events, people.outcomes, people.adjustments, people.identities):
            connection.execute(update(table).where(table.c.lead == first).values(lead=second))
        connection.execute(delete(leads).where(of == first))
        if self.dice.random() < 0.5:
            connection.execute(update(leads).where(of == second).values(lead_id=name))

    def mark(self, connection: Connection) -> None:
        """Events are held to be a machine's, or cleared of it."""
        keys = list(connection.scalars(select(messages.events.c.event_key)))
        some = self.dice.sample(keys, min(3, len(keys)))
        put(connection, {key: self.dice.choice(["burst", None]) for key in some})

    def opt(self, connection: Connection) -> None:
        """Somebody opts out of being profiled, or in again."""
        chosen = people.leads.c.lead == self._someone(connection)
        connection.execute(
            update(people.leads).where(chosen).values(opted_out=self.dice.random() < 0.6)
        )

    def win(self, connection: Connection) -> None:
        """A lead is won or lost."""
        if (key := self._someone(connection)) is None:
            return
        self.number += 1
        row = {"outcome_id": f"deal {self.number}", "lead": key, "received_at": AT}
        row |= {"outcome": self.dice.choice(["won", "lost"]), "amount": 5_000_000}
        row |= {"at": AT - self.dice.randrange(80) * DAY}
        connection.execute(insert(people.outcomes).values(**row))

    def adjust(self, connection: Connection) -> None:
        """A person gives a lead points."""
        if (key := self._someone(connection)) is None:
            return
        row = {"lead": key, "model": "small", "dimension": "fit", "points": 3500, "reason": "met"}
        row |= {"made_by": "sam", "made_at": AT, "first_day": day_number(NOW.date()) - 20}
        connection.execute(insert(people.adjustments).values(**row))

    def erase(self) -> str | None:
        """A person is erased; gives the id by which they were known."""
        with self.server.database.read() as connection:
            ids = list(connection.scalars(select(people.leads.c.lead_id)))
        if not ids:
            return None
        lead_id = str(self.dice.choice(ids))
        erase(self.server, lead_id, "ada")
        self.gone.append(lead_id)
        return lead_id

    def forget(self, days: int) -> None:
        """Events older than so many days go."""
        with self.server.database.write() as connection:
            old = messages.events.c.at < AT - days * DAY
            connection.execute(delete(messages.events).where(old))
