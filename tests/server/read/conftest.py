"""A store with leads and scores, put straight into its tables, and callers of its API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from sqlalchemy import Connection, insert
from tests.server.conftest import NOW, RecordingScores
from tests.server.one_application import served

from tamis.server.clock import day_number, micros
from tamis.server.security.keys import add_key
from tamis.server.server import Server
from tamis.server.store.tables import models, people, scoring

MODEL = """
tamis: 1
name: small
timezone: Europe/Paris
fields:
  lead: {title: text, size: integer, budget: number, keen: boolean, since: date}
  account: {industry: text}
  event: {url: text, seconds: number}
dimensions:
  fit:
    grades: {A: 50, B: 0}
    rules:
      - {id: boss, when: "title = 'boss'", points: 60}
      - {id: size, field: size, bands: {0: 0, 10: 12.5}}
      - {id: industry, field: industry, values: {software: 7}}
  engagement:
    grades: {1: 20, 2: 0}
    rules:
      - {id: pages, event: page_view, points: 4, within: 90d, decay: {half_life: 7d}}
      - {id: time, event: page_view, total: {field: seconds, bands: {0: 0, 60: 10}}}
score: {sum: [fit, engagement]}
cell: [fit, engagement]
temperature: {hot: score >= 60, cold: "true"}
stages: {lead: score >= 30, mql: score >= 50}
plays:
  - {id: call, when: score >= 60, do: handoff, to: sales}
  - {id: keep_warm, when: score >= 10, do: nurture, to: news}
accounts: {rollup: top, of: score, count: 2}
"""
TODAY = date(2026, 11, 22)
AT = micros(NOW)


def version(
    connection: Connection,
    yaml: str = MODEL,
    name: str = "small",
    number: int = 1,
    state: str = "active",
) -> int:
    """A version in the store."""
    row = {"model": name, "number": number, "yaml": yaml, "state": state, "scored": True}
    row |= {"day": day_number(TODAY), "owner": "marie", "measures": "[]", "relies_on": "[]"}
    row |= {"made_at": AT, "made_by": "marie", "shadow": state != "active"}
    return _key(connection, models.versions, row)


def lead(connection: Connection, lead_id: str, **more: Any) -> int:
    """A lead in the store; `fields` as a mapping."""
    row = {"lead_id": lead_id, "fields": {}, "first_at": AT, "last_at": AT, **more}
    row["fields"] = in_json(row["fields"])
    return _key(connection, people.leads, row)


def score(connection: Connection, version_key: int, key: int, lead_id: str, **more: Any) -> int:
    """A lead's score and the change that made it; gives the entry of the history."""
    points = more.pop("score", 5000)
    at = more.pop("at", AT)
    row = {"as_of": day_number(TODAY), "excluded": False, "turn": 100_000 - (points or 0)}
    row |= {"dimensions": {"fit": points, "engagement": 0}, "grades": {"fit": "A"}}
    row |= {"cell": "A2", "temperature": "cold", "stage": "lead", "play": "keep_warm"}
    row |= {"known": 50, "score": points, **more}
    after = {name: row[name] for name in ("score", "cell", "temperature", "stage", "play")}
    change = {"version_key": version_key, "lead": key, "at": at, "day": row["as_of"]}
    change |= {"cause": "events", "messages": "[]", "score_before": None, "score_after": points}
    change |= {"before": "{}", "after": in_json(after)}
    entry = _key(connection, scoring.score_history, change)
    row |= {"dimensions": in_json(row["dimensions"]), "grades": in_json(row["grades"])}
    row |= {"version_key": version_key, "lead": key, "lead_id": lead_id, "changed": entry}
    connection.execute(insert(scoring.scores).values(**row))
    return entry


def _key(connection: Connection, table: Any, row: Mapping[str, Any]) -> int:
    return int(connection.execute(insert(table).values(**row)).inserted_primary_key[0])


def in_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def key(server: Server, *scopes: str) -> Mapping[str, str]:
    """The header of a program with a new key."""
    with server.database.write() as connection:
        _, written = add_key(connection, server.clock, "test", scopes, "test")
    return {"Authorization": f"Bearer {written}"}


class Explaining(RecordingScores):
    """Gives every lead the same two parts."""

    def explain(self, *_: object) -> list[dict[str, Any]]:
        """A part of fit and one of engagement."""
        boss = {"dimension": "fit", "rule": "boss", "points": Decimal(60), "group": None}
        pages = {"dimension": "engagement", "rule": "pages", "points": Decimal("1.811447")}
        nothing = {"count": None, "last_day": None}
        some = {"count": 2, "last_day": day_number(TODAY)}
        return [{**boss, **nothing}, {**pages, **some, "group": None}]


@pytest.fixture
def server(server: Server) -> Server:
    """The server that stands still, its scores explained."""
    server.scores = Explaining()  # type: ignore[assignment]
    return server


@pytest.fixture
def client(server: Server) -> Iterator[TestClient[Any]]:
    """A program that may read."""
    with caller(server, "read") as opened:
        yield opened


@contextmanager
def caller(server: Server, *scopes: str) -> Iterator[TestClient[Any]]:
    """A program with a new key; without scopes: somebody unknown."""
    with TestClient(served(server), raise_server_exceptions=False) as opened:
        opened.headers.update(key(server, *scopes) if scopes else {})
        yield opened


def yesterday(days: int = 1) -> date:
    return TODAY - timedelta(days=days)
