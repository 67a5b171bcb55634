"""The live scores are those of `tamis score` over the same facts on the same day, to the cent."""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.engines.running import ran
from tests.server.scoring.live_store import LiveStore, live_store
from tests.strategies import Problem, problems, written

from tamis.server.clock import micros
from tamis.server.ingest.message import AccountRow, Item, LeadRow, Message

Row = dict[str, Any]
# An example takes a second: to make a failing one smaller would take many minutes.
WHOLE = [Phase.explicit, Phase.reuse, Phase.generate]
FIRST = timedelta(days=400)
"""The leads were first heard of so long before: nobody said when they were created."""


@contextmanager
def store_of(problem: Problem, template: Path, days: int) -> Iterator[LiveStore]:
    with tempfile.TemporaryDirectory() as folder:
        url = str(shutil.copy(template, Path(folder) / "tamis.db"))
        day = problem.as_of - timedelta(days=days)
        store = live_store(url, written(problem.model), day, problem.model["timezone"])
        try:
            yield store
        finally:
            store.assembled.close()


def cleaned(rows: list[Row]) -> list[Row]:
    return [{name: value if value != "" else None for name, value in row.items()} for row in rows]


def facts_of(problem: Problem) -> tuple[list[Row], list[Row], list[Row], int]:
    """Leads, accounts and events that a server can have, and when it heard of the leads first."""
    first = datetime.combine(problem.as_of - FIRST, datetime.min.time(), UTC)
    leads: dict[str, Row] = {}
    for place, row in enumerate(cleaned(problem.facts.leads)):
        lead = {name: value for name, value in row.items() if name != "valid_from"}
        # Two leads with one address would be one.
        if lead["email"] and "@" in lead["email"]:
            lead["email"] = f"{place}{lead['email']}"
        lead["created_at"] = lead["created_at"] or first
        leads.setdefault(lead["lead_id"], lead)
    events = [
        {**row, "message_id": f"m{place}"}
        for place, row in enumerate(cleaned(problem.facts.events))
        if row["lead_id"] in leads and row["event"] and row["timestamp"]
    ]
    return list(leads.values()), cleaned(problem.facts.accounts), events, micros(first)


def items_of(leads: list[Row], accounts: list[Row], events: list[Row], first: int) -> list[Item]:
    items: list[Item] = []
    for row in leads:
        fields = {
            n: said(v)
            for n, v in row.items()
            if n not in ("lead_id", "account_id") and v is not None
        }
        items.append(LeadRow(row["lead_id"], first, fields, row["account_id"]))
    for row in accounts:
        fields = {n: said(v) for n, v in row.items() if n != "account_id" and v is not None}
        items.append(AccountRow(row["account_id"], first, fields))
    for row in events:
        names = set(row) - {"lead_id", "event", "timestamp", "event_id", "bot", "message_id"}
        at = micros(row["timestamp"])
        context = {"userAgent": "Googlebot/2.1"} if row["bot"] else {}
        properties = {name: said(row[name]) for name in names if row[name] is not None}
        items.append(
            Message(row["message_id"], "track", row["event"], at, at, user_id=row["lead_id"],
                    properties=properties, context=context)
        )  # fmt: skip
    return items


def said(value: object) -> object:
    """A value as JSON has it."""
    return (
        value.isoformat()
        if hasattr(value, "isoformat")
        else str(value)
        if isinstance(value, Decimal)
        else value
    )


def expected(
    problem: Problem, store: LiveStore, leads: list[Row], accounts: list[Row], events: list[Row]
) -> Any:
    bots = store.bots()
    rows = [
        {n: v for n, v in row.items() if n not in ("message_id", "event_id")}
        | {"bot": row["message_id"] in bots}
        for row in events
    ]
    return ran(problem.model, leads, accounts, rows, problem.as_of)


def same(problem: Problem, template: Path, seed: int) -> None:
    rnd = random.Random(seed)
    leads, accounts, events, first = facts_of(problem)
    items = items_of(leads, accounts, events, first)
    rnd.shuffle(items)
    days = rnd.choice([0, 1, 3])
    with store_of(problem, template, days) as store:
        for back in range(days, -1, -1):
            # A server may sleep through days, and wakes on the last.
            store.day(problem.as_of - timedelta(days=back), turn=rnd.random() < 0.5)
            while items and (back == 0 or rnd.random() < 0.7):
                size = rnd.choice([1, 2, 5, 100])
                store.deliver(items[:size])
                items = items[size:]
        store.day(problem.as_of)
        wanted = expected(problem, store, leads, accounts, events)
        columns = ["lead_id", "excluded", "score", "cell", "temperature", "stage", "play", "known"]
        columns += [n for d in problem.model["dimensions"] for n in (d, f"{d}_grade")]
        by_batch = [pick(row, columns) for row in sorted(wanted.scores, key=by_rank)]
        assert [pick(row, columns) for row in store.scores()] == by_batch
        assert [pick(row, columns) for row in store.current()] == by_batch
        for row in wanted.scores:
            parts = store.parts(row["lead_id"])
            mine = {(p["dimension"], p["group"], p["rule"], p["count"], p["points"]) for p in parts}
            theirs = {
                (c["dimension"], c["group"], c["rule"], c["count"], c["points"])
                for c in wanted.contributions
                if c["lead_id"] == row["lead_id"]
            }
            assert mine == theirs


def pick(row: Row, columns: list[str]) -> Row:
    return {name: row.get(name) for name in columns}


def by_rank(row: Row) -> tuple[bool, int, str]:
    return row["excluded"], row["rank"] or 0, row["lead_id"]


@given(problem=problems(), seed=st.integers(0, 2**32))
@settings(max_examples=12, phases=WHOLE)
def test_live_equals_batch(sqlite_template: Path, problem: Problem, seed: int) -> None:
    same(problem, sqlite_template, seed)


@pytest.mark.verify
@given(problem=problems(), seed=st.integers(0, 2**32))
@settings(max_examples=1000, phases=WHOLE)
def test_live_equals_batch_on_many(sqlite_template: Path, problem: Problem, seed: int) -> None:
    same(problem, sqlite_template, seed)
