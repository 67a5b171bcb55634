"""A server with live scores, people of each role, and leads that are handed over to sales."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from sqlalchemy import Connection, insert, select
from tests.server.models.conftest import fine
from tests.server.one_application import served

from tamis.server.assemble import assemble
from tamis.server.clock import SetClock, micros
from tamis.server.ingest.message import Delivery, LeadRow
from tamis.server.security import sessions
from tamis.server.security.keys import add_key
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.tables import access, lifecycle, models, people, scoring, work

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROLES = {"marie": "marketing", "sam": "sales", "eve": "sales", "ada": "admin"}
YAML = """tamis: 1
name: new-business
timezone: Europe/Paris
fields:
  lead: {title: text, employees: integer, source: text, createdBy: text}
dimensions:
  fit:
    grades: {A: 40, B: 0}
    rules:
      - {id: boss, when: "title = 'boss'", points: 60}
      - {id: size, field: employees, bands: {0: 0, 50: 30}}
score: {sum: [fit]}
cell: [fit]
lifecycle: taxonomy
feedback:
  reasons: [no_budget, wrong_person, {too_small: {en: Too small, fr: Trop petite}}]
  false_positives: 20%
  over: 30d
queues:
  sales: {people: [sam]}
plays:
  - {id: call, when: score >= 60, do: handoff, to: sales}
"""


@dataclass
class Sales:
    """The server over HTTP, and what tests do to its store."""

    server: Server
    clock: SetClock
    http: TestClient[Any]
    callers: dict[str, dict[str, str]]

    def ask(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request by a login or a key's scope."""
        sent = {} if body is None else {"json": body}
        return self.http.request(method, path, headers=self.callers.get(who, {}), **sent)

    def get(self, path: str, who: str = "marie") -> Any:
        """What is answered; it must be fine."""
        return fine(self.ask(who, "GET", path))

    def post(self, path: str, body: Any = None, who: str = "sam") -> Any:
        """What is answered; it must be fine."""
        return fine(self.ask(who, "POST", path, body))

    def lead(self, lead_id: str, **fields: Any) -> int:
        """A lead that came in with fields; its key."""
        told = {"title": "boss", **fields}
        item = LeadRow(lead_id, self.server.micros, told)
        self.server.intake.write([Delivery([item])])  # type: ignore[attr-defined]
        with self.server.database.read() as connection:
            key = select(people.leads.c.lead).where(people.leads.c.lead_id == lead_id)
            return int(connection.scalar(key) or 0)

    def handoff(self, lead_id: str, owner: str | None = "sam", **fields: Any) -> int:
        """A hand-off of a new lead; its number."""
        lead = self.lead(lead_id, **fields)
        h = work.handoffs
        with self.server.database.write() as connection:
            made = connection.scalar(select(h.c.handoff).where(h.c.lead == lead))
            values = {"owner": owner, "state": "assigned" if owner else "waiting"}
            values["assigned_at"] = self.server.micros if owner else None
            if made is None:
                made = connection.execute(
                    insert(h).values(**_work(self, lead), **values).returning(h.c.handoff)
                ).scalar_one()
            else:
                connection.execute(h.update().where(h.c.handoff == made).values(values))
        return int(made)

    def score(self, lead_id: str) -> Any:
        """The stored score of a lead, in hundredths."""
        s = scoring.scores.c
        with self.server.database.read() as connection:
            return connection.scalar(select(s.score).where(s.lead_id == lead_id))

    def milestones(self, lead: int) -> list[tuple[str | None, bool]]:
        """The milestones of a lead's history, and whether they were passed."""
        h = lifecycle.status_history.c
        rows = select(h.milestone, h.passed).where(h.lead == lead).order_by(h.step)
        with self.server.database.read() as connection:
            return [tuple(row) for row in connection.execute(rows) if row.milestone]  # type: ignore[misc]

    def pass_by(self, **time: float) -> None:
        """Let time pass; sessions stay."""
        self.clock.pass_by(timedelta(**time))


def _work(sales: Sales, lead: int) -> dict[str, Any]:
    row = {"model": "new-business", "lead": lead, "play": "call", "queue": "sales", "cause": lead}
    row |= {"turn": lead, "made_at": sales.server.micros, "score": 6000, "cell": "A"}
    return row | {"version_key": 1}


@pytest.fixture
def sales(store_url: str) -> Iterator[Sales]:
    """A server whose model is active, with people and keys and no lead."""
    clock = SetClock(NOON)
    assembled = assemble(Settings(store=store_url, engine_memory="256MB"), clock)
    server = assembled.server
    with server.database.write() as connection:
        _version(connection, server)
        callers = {login: _person(connection, server, login) for login in ROLES}
        for scope in ("admin", "read", "ingest"):
            _, key = add_key(connection, clock, scope, [scope], "ada")
            callers[scope] = {"authorization": f"Bearer {key}"}
    with TestClient(served(server)) as http:
        yield Sales(server, clock, http, callers)
    assembled.close()


def _version(connection: Connection, server: Server) -> None:
    row = {"model": "new-business", "number": 1, "yaml": YAML, "state": "active", "scored": True}
    row |= {"owner": "ada", "measures": "[]", "made_at": server.micros, "made_by": "ada"}
    row |= {"relies_on": '[{"field":"employees","fresh_within":30}]'}
    connection.execute(insert(models.versions).values(row))


def _person(connection: Connection, server: Server, login: str) -> dict[str, str]:
    row = {"login": login, "name": login, "role": ROLES[login], "disabled": False}
    connection.execute(insert(access.users).values(**row, made_at=micros(server.clock.now())))
    token = sessions.begin(connection, server.clock, login)
    csrf = sessions.csrf_of(token)
    return {"cookie": f"{sessions.COOKIE}={token}", sessions.CSRF_HEADER: csrf}
