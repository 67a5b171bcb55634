"""A store with a model at work, for tests that read a CRM into it, and what is in it afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import func, select
from tests.server.scoring.live_store import LiveStore, live_store

from tamis.server.store.tables import messages, people

MODEL = """
tamis: 1
name: crm
fields:
  lead: {job_title: text, seats: integer}
  account: {employees: integer}
dimensions:
  fit:
    rules:
      - {id: decides, when: "job_title = 'CTO'", points: 40}
score: {weights: {fit: 1}}
"""
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def store_at_noon(url: str) -> LiveStore:
    """A store with an active model, at noon of 2026-11-22."""
    return live_store(url, MODEL, date(2026, 11, 22), "UTC")


def leads(store: LiveStore) -> dict[str, dict[str, Any]]:
    """Every lead by its id: its fields, with its account and owner where it has them."""
    p = people.leads.c
    with store.database.read() as connection:
        rows = connection.execute(select(p.lead_id, p.fields, p.account_id, p.owner)).all()
    return {
        row.lead_id: {
            **msgspec.json.decode(row.fields),
            **({"account_id": row.account_id} if row.account_id else {}),
            **({"owner": row.owner} if row.owner else {}),
        }
        for row in rows
    }


def accounts(store: LiveStore) -> dict[str, dict[str, Any]]:
    """Every account by its id: its fields."""
    p = people.accounts.c
    with store.database.read() as connection:
        rows = connection.execute(select(p.account_id, p.fields)).all()
    return {row.account_id: msgspec.json.decode(row.fields) for row in rows}


def values(store: LiveStore) -> int:
    """How many values of leads' fields were written down, each since when it holds."""
    with store.database.read() as connection:
        counted = select(func.count()).select_from(people.lead_values)
        return connection.execute(counted).scalar_one()


def put_aside(store: LiveStore) -> list[tuple[str, str]]:
    """What stands in quarantine: codes and reasons."""
    q = messages.quarantine.c
    with store.database.read() as connection:
        rows = connection.execute(select(q.code, q.reason).order_by(q.entry)).all()
    return [(row.code, row.reason) for row in rows]
