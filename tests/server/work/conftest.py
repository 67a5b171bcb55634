"""A store with queues, people and leads; verdicts are given as the ledger gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update
from tests.server.read.conftest import lead, version

from tamis.server.clock import SetClock, day_number, micros
from tamis.server.models.versions import Version, live_versions
from tamis.server.scoring.judged import Judged
from tamis.server.server import Server
from tamis.server.store.tables import access
from tamis.server.store.tables.work import (
    absences,
    deadlines,
    handoff_history,
    handoffs,
    play_firings,
)
from tamis.server.work import plays
from tamis.server.work.assigning import assign
from tamis.server.work.handoffs import Handoff, handoff_of

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""10:00 in Paris: everybody is at work."""
SECTIONS = """
lifecycle: taxonomy
queues:
  sales: {people: [ann, ben], limit: 3, escalate_to: zoe}
  senior: {assign: capacity, people: [cas], limit: 2}
service: {week: {mon-fri: "09:00-18:00"}, holidays: FR, reassign: 200%}
"""
PLAYS = """
  - {id: vip, when: score >= 90, do: handoff, to: senior, respond_within: 1h, fast_track: true}
  - {id: call, when: score >= 60, do: handoff, to: sales, respond_within: 4h}
  - {id: ring, when: score >= 50, do: handoff, to: sales}
  - {id: hook, when: score >= 40, do: webhook, to: erp}
  - {id: warm_up, when: score >= 20, do: nurture, to: news}
  - {id: rest, when: score >= 10, do: none}
"""


def model_text(sections: str = SECTIONS, plays_: str = PLAYS) -> str:
    return f"""
tamis: 1
name: small
timezone: Europe/Paris
fields:
  lead: {{size: integer, country: text}}
  event: {{url: text}}
dimensions:
  fit:
    rules:
      - {{id: size, field: size, bands: {{0: 0, 10: 40, 100: 100}}}}
score: {{sum: [fit]}}
temperature: {{hot: score >= 60, warm: score >= 40, cold: "true"}}
plays:
{plays_}
{sections}
"""


@dataclass
class Told:
    """Targets that note which kinds they are told of; every kind goes to one of them."""

    names: Sequence[str] = ("crm",)
    asked: list[str] = field(default_factory=list)

    def __call__(self, kind: str) -> Sequence[str]:
        """The targets of a kind."""
        self.asked.append(kind)
        return self.names


class Office:
    """A server with people, a version and leads, and what tests do to them."""

    def __init__(self, server: Server, text: str, people: Sequence[str]) -> None:
        self.server = server
        self.clock: SetClock = server.clock  # type: ignore[assignment]
        self.clock.instant = MONDAY
        self.leads: dict[str, int] = {}
        self.entries = 0
        self.play: dict[str, str | None] = {}
        with server.database.write() as connection:
            version(connection, text)
            for login in people:
                hire(connection, login)

    @property
    def version(self) -> Version:
        with self.server.database.read() as connection:
            return live_versions(connection)[0]

    def verdict(self, name: str, play: str | None, **more: Any) -> Judged:
        """A new verdict on a lead, who is made when nobody knows them; `turn` 1000 - score."""
        if name not in self.leads:
            with self.server.database.write() as connection:
                self.leads[name] = lead(connection, name, owner=more.pop("owner", None))
        self.entries += 1
        score = more.pop("score", 7000)
        told = {"score": score, "turn": 100_000 - score, "temperature": "hot", "cell": "A1"}
        before = self.play.get(name)
        self.play[name] = None if more.get("excluded") else play
        made = {"play": play, "play_before": before, **told, **more}
        return Judged(lead=self.leads[name], lead_id=name, entry=self.entries, **made)

    def follow(self, *judged: Judged, tell: Any = None) -> None:
        """What the ledger does with verdicts."""
        at = self.server.micros
        with self.server.database.write() as connection:
            given = {} if tell is None else {"tell": tell}
            plays.follow(connection, self.version, judged, at, **given)

    def hold(self, name: str, play: str | None, **more: Any) -> None:
        """One verdict, followed."""
        self.follow(self.verdict(name, play, **more))

    def assign(self) -> int:
        """What the background does every second."""
        return assign(self.server)

    def work(self, name: str = "", **where: Any) -> list[Handoff]:
        """Hand-offs, of one lead or all, in order of making."""
        chosen = select(handoffs).order_by(handoffs.c.handoff)
        if name:
            chosen = chosen.where(handoffs.c.lead == self.leads[name])
        with self.server.database.read() as connection:
            found = [handoff_of(row) for row in connection.execute(chosen)]
        return [one for one in found if all(getattr(one, k) == v for k, v in where.items())]

    def one(self, name: str) -> Handoff:
        """The latest hand-off of a lead."""
        return self.work(name)[-1]

    def name_of(self, work: Handoff) -> str:
        return next(name for name, key in self.leads.items() if key == work.lead)

    def history(self, name: str) -> list[str]:
        h = handoff_history.c
        chosen = select(h.what).where(h.lead == self.leads[name]).order_by(h.step)
        with self.server.database.read() as connection:
            return list(connection.scalars(chosen))

    def firings(self, name: str) -> list[tuple[str, int, str]]:
        f = play_firings.c
        chosen = select(f.play, f.cause, f.outcome).where(f.lead == self.leads[name])
        with self.server.database.read() as connection:
            return [tuple(row) for row in connection.execute(chosen.order_by(f.cause))]

    def deadlines(self, name: str) -> list[tuple[str, int, str]]:
        """Kind, round and outcome of the deadlines of a lead; `open` for those not fired."""
        d = deadlines.c
        chosen = select(deadlines).where(d.lead == self.leads[name]).order_by(d.deadline)
        with self.server.database.read() as connection:
            rows = connection.execute(chosen).all()
        return [(r.kind, r.round, r.outcome if r.fired_at is not None else "open") for r in rows]

    def away(self, login: str, first: date, last: date) -> None:
        row = {"login": login, "first_day": day_number(first), "last_day": day_number(last)}
        with self.server.database.write() as connection:
            connection.execute(insert(absences).values(row))

    def change(self, login: str, **facts: Any) -> None:
        with self.server.database.write() as connection:
            mine = access.users.c.login == login
            connection.execute(update(access.users).where(mine).values(facts))


def hire(connection: Connection, login: str, role: str = "sales", **facts: Any) -> None:
    row = {"login": login, "name": login.title(), "role": role, "disabled": False}
    row |= {"made_at": micros(MONDAY), "email": f"{login}@example.com", **facts}
    connection.execute(insert(access.users).values(row))


@pytest.fixture
def office(server: Server) -> Office:
    """Two sellers and a senior one, and who answers for them, on a Monday morning."""
    return Office(server, model_text(), ["ann", "ben", "cas", "zoe"])


@pytest.fixture
def lone_office(sqlite_database: Any) -> Office:
    """The same on SQLite alone, for what is the same on both."""
    return Office(lone(sqlite_database), model_text(), ["ann", "ben", "cas", "zoe"])


def lone(database: Any) -> Server:
    from tests.server.conftest import RecordingIntake, RecordingScores

    from tamis.server.settings import Settings

    settings = Settings(store=database.url.render_as_string(hide_password=False))
    return Server(settings, SetClock(MONDAY), database, RecordingScores(), RecordingIntake())  # type: ignore[arg-type]
