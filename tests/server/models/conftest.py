"""A server with people of each role, and what they say to it over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from sqlalchemy import Connection, insert
from tests.server.one_application import served

from tamis.server.clock import micros
from tamis.server.security import sessions
from tamis.server.security.keys import add_key
from tamis.server.server import Server
from tamis.server.store.tables import access, people, scoring

YAML = """tamis: 1
name: new-business
version: 7
timezone: Europe/Paris
fields:
  lead: {title: text, country: text}
  account: {industry: text}
dimensions:
  fit:
    grades: {A: 40, B: 0}
    rules:
      - {id: boss, when: "title = 'boss'", points: 60}
  activity:
    rules:
      - {id: pages, event: page_view, points: 5, within: 30d}
score: {sum: [fit, activity]}
cell: [fit]
stages: {prospect: score >= 10, mql: score >= 50}
plays:
  - {id: call, when: score >= 60, do: handoff, to: sales}
"""
ROLES = {"marie": "marketing", "sam": "sales", "ada": "admin"}


@dataclass
class World:
    """A server over HTTP, and who may speak to it."""

    server: Server
    http: TestClient[Any]
    callers: dict[str, dict[str, str]]

    def ask(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        """One request by a login, a key (its scope) or nobody."""
        headers = self.callers.get(who, {})
        sent = {} if body is None else {"json": body}
        return self.http.request(method, path, headers=headers, **sent)

    def get(self, path: str, who: str = "marie") -> Any:
        """What is answered; it must be fine."""
        return fine(self.ask(who, "GET", path))

    def post(self, path: str, body: Any = None, who: str = "marie") -> Any:
        """What is answered; it must be fine."""
        return fine(self.ask(who, "POST", path, body))

    def draft(self, yaml: str = YAML, **more: Any) -> str:
        """A new draft; where it is."""
        made = self.post("/v1/models", {"yaml": yaml, **more})
        return f"/v1/models/{made['model']}/versions/{made['number']}"

    def agreed(self, yaml: str = YAML, **more: Any) -> str:
        """A new version that both sides have approved; where it is."""
        place = self.draft(yaml, **more)
        self.post(f"{place}/propose")
        self.post(f"{place}/approve/marketing")
        self.post(f"{place}/approve/sales", who="sam")
        return place

    def lead(self, lead_id: str) -> int:
        """A lead of whom nothing is known."""
        now = self.server.micros
        row = {"lead_id": lead_id, "fields": "{}", "first_at": now, "last_at": now}
        with self.server.database.write() as connection:
            made = insert(people.leads).values(row).returning(people.leads.c.lead)
            return int(connection.execute(made).scalar_one())


def fine(answer: httpx.Response) -> Any:
    """The body of an answer that must be fine."""
    assert answer.status_code < 400, answer.text
    return answer.json()


@pytest.fixture
def world(server: Server) -> Iterator[World]:
    """A server in whose store there are people and keys, and nothing else."""
    with server.database.write() as connection:
        callers = {login: _person(connection, server, login, ROLES[login]) for login in ROLES}
        for scope in ("admin", "read", "ingest"):
            _, key = add_key(connection, server.clock, scope, [scope], "ada")
            callers[scope] = {"authorization": f"Bearer {key}"}
    with TestClient(served(server)) as http:
        yield World(server, http, callers)


def _person(connection: Connection, server: Server, login: str, role: str) -> dict[str, str]:
    row = {"login": login, "name": login, "role": role, "disabled": False}
    connection.execute(insert(access.users).values(**row, made_at=micros(server.clock.now())))
    token = sessions.begin(connection, server.clock, login)
    csrf = sessions.csrf_of(token)
    return {"cookie": f"{sessions.COOKIE}={token}", sessions.CSRF_HEADER: csrf}


def score_row(version_key: int, lead: int, lead_id: str, **more: Any) -> dict[str, Any]:
    """A row of the table of scores."""
    row = {"version_key": version_key, "lead": lead, "lead_id": lead_id, "as_of": 20_000}
    row |= {"excluded": False, "dimensions": "{}", "grades": "{}", "score": 0, "turn": 0}
    return row | {"cell": None, "stage": None, "play": None, "changed": 1} | more


def keep_score(connection: Connection, version_key: int, lead: int, name: str, **more: Any) -> None:
    """Put a score into the store."""
    connection.execute(insert(scoring.scores).values(score_row(version_key, lead, name, **more)))
