"""A clock that jumps, and a server that slept: scores are those of the day that the clock says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy import select
from tests.server.crash.at_work import TODAY, at_work, send
from tests.server.crash.facts import same_as_batch
from tests.server.one_application import served
from tests.server.scoring.live_store import LiveStore

from tamis.server.clock import day_of
from tamis.server.security.keys import add_key
from tamis.server.store.tables import models, scoring


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LiveStore]:
    """A store at work at noon, with a few hundred messages in it."""
    made = at_work(sqlite_url)
    made.day(TODAY)
    send(made, "a", 400)
    yield made
    made.assembled.close()


def holds(store: LiveStore, folder: Path, day: date) -> None:
    """What is stored and what is read are the batch's of that day."""
    assert turned(store) == day
    url = store.database.url.render_as_string(hide_password=False)
    folder.mkdir()
    assert same_as_batch(url, folder) > 50
    assert store.current() == store.scores()


def turned(store: LiveStore) -> date:
    """The day whose turn is done."""
    with store.database.read() as connection:
        return day_of(connection.execute(select(models.versions.c.day)).scalar_one())


def test_a_server_that_slept_catches_up(store: LiveStore, tmp_path: Path) -> None:
    for days in (1, 9, 40):
        day = TODAY + timedelta(days=days)
        store.day(day)
        holds(store, tmp_path / str(days), day)


def test_messages_that_come_before_the_turn_of_a_day(store: LiveStore, tmp_path: Path) -> None:
    day = TODAY + timedelta(days=9)
    store.day(day, turn=False)
    send(store, "b", 100)
    assert turned(store) == TODAY
    store.day(day)
    holds(store, tmp_path / "after", day)


def test_a_clock_set_ahead_and_back(store: LiveStore, tmp_path: Path) -> None:
    for n, days in enumerate((200, 0, -30, 2)):
        day = TODAY + timedelta(days=days)
        store.day(day)
        holds(store, tmp_path / str(n), day)


def test_messages_while_the_clock_is_wrong(store: LiveStore, tmp_path: Path) -> None:
    rnd = random.Random(1)
    for n, name in enumerate("bcdef"):
        store.day(TODAY + timedelta(days=rnd.randrange(-5, 50)), turn=rnd.random() < 0.5)
        send(store, name, 60)
        assert store.current(), n
    store.day(TODAY + timedelta(days=60))
    holds(store, tmp_path / "later", TODAY + timedelta(days=60))


def test_the_history_goes_on_in_its_order(store: LiveStore) -> None:
    store.day(TODAY + timedelta(days=300))
    with store.database.read() as connection:
        h = scoring.score_history.c
        last = connection.execute(select(h.entry, h.at).order_by(h.entry.desc())).first()
    store.day(TODAY)
    send(store, "b", 100)
    server = store.assembled.server
    with server.database.write() as connection:
        key = add_key(connection, server.clock, "test", ("read",), "test")[1]
    server.bell.close()
    with TestClient(served(server)) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        told = client.get("/v1/changes", params={"since": str(last.entry)}).text
        listed = client.get("/v1/leads", params={"order": "changed", "limit": 10}).json()
    assert told.count("event: score") > 10
    assert listed["leads"]


def test_people_and_keys_while_the_clock_jumps(store: LiveStore) -> None:
    server = store.assembled.server
    with server.database.write() as connection:
        key = add_key(connection, server.clock, "test", ("read",), "test")[1]
    with TestClient(served(server)) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        for days in (0, 400, -400, 0):
            store.clock.instant = datetime(2026, 11, 22, 12, tzinfo=UTC) + timedelta(days=days)
            for _ in range(3):
                answer = client.get("/v1/leads", params={"limit": 5})
                assert (answer.status_code, len(answer.json()["leads"])) == (200, 5)
