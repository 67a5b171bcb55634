"""Retention: what is older goes, and the scores of those concerned are made anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from tests.server.conftest import NOW, RecordingScores
from tests.server.privacy.conftest import ANN, BOB, DAY, event, put_aside

from tamis.server.clock import micros
from tamis.server.privacy import retention
from tamis.server.privacy.retention import Swept, sweep
from tamis.server.server import Server
from tamis.server.store.tables import access, messages, scoring

now = micros(NOW)
LIMIT = NOW - timedelta(days=10)


def changed(entry: int, days: int) -> dict[str, object]:
    nothing = {"before": "{}", "after": "{}", "messages": "[]", "cause": "events", "day": 0}
    return {"entry": entry, "version_key": 1, "lead": 1, "at": now - days * DAY, **nothing}


@pytest.fixture
def aged(server: Server) -> Server:
    with server.database.write() as connection:
        for who, days in [(ANN, 20), (ANN, 11), (ANN, 10), (ANN, 1), (BOB, 2)]:
            connection.execute(insert(messages.events).values(event(who, now - days * DAY)))
        for days in (30, 3):
            visit = event(BOB, now - days * DAY, lead=False)
            connection.execute(insert(messages.events).values(visit))
        rows = [
            put_aside(b"1", now - 20 * DAY, state="dropped", settled_at=now - 20 * DAY),
            put_aside(b"2", now - 20 * DAY, state="replayed", settled_at=now - 2 * DAY),
            put_aside(b"3", now - 20 * DAY),
            put_aside(b"4", now),
        ]
        connection.execute(insert(messages.quarantine), rows)
        connection.execute(
            insert(scoring.score_history), [changed(1, 40), changed(2, 1), changed(3, 40)]
        )
        days_ = [{"lead": 1, "counter": 1, "day": now // DAY - d, "n": 1} for d in (20, 10, 1)]
        connection.execute(insert(scoring.matches), [{**row, "amount": None} for row in days_])
    return server


def test_what_is_older_goes(aged: Server) -> None:
    assert isinstance(aged.scores, RecordingScores)
    assert sweep(aged, LIMIT) == Swept(events=3, leads=1, score_history=1, quarantine=2)
    assert aged.scores.recounted == [([ANN.lead], "time")]
    with aged.database.read() as connection:
        left = connection.scalars(select(messages.events.c.at).order_by(messages.events.c.at))
        assert [(now - at) // DAY for at in left] == [10, 3, 2, 1]
        bodies = connection.scalars(select(messages.quarantine.c.message))
        assert {bytes(body) for body in bodies} == {b"2", b"4"}
        assert set(connection.scalars(select(scoring.score_history.c.entry))) == {2, 3}
        days = connection.scalars(select(scoring.matches.c.day))
        assert {now // DAY - day for day in days} == {10, 1}


def test_a_second_sweep_finds_nothing_and_writes_nothing(aged: Server) -> None:
    sweep(aged, LIMIT)
    assert sweep(aged, LIMIT) == Swept()
    with aged.database.read() as connection:
        rows = connection.execute(select(access.audit)).all()
    assert [(row.who, row.action) for row in rows] == [("system", "retention.sweep")]


def test_more_than_a_slice(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "LEADS", 2)
    monkeypatch.setattr(retention, "ROWS", 3)
    assert isinstance(server.scores, RecordingScores)
    with server.database.write() as connection:
        for lead in range(1, 6):
            for days in (20, 30):
                row = event(ANN, now - days * DAY) | {"lead": lead}
                connection.execute(insert(messages.events).values(row))
        for _ in range(9):
            visit = event(BOB, now - 30 * DAY, lead=False)
            connection.execute(insert(messages.events).values(visit))
    assert sweep(server, LIMIT).events == 19
    assert [leads for leads, _ in server.scores.recounted] == [[1, 2], [3, 4], [5]]
    with server.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(messages.events)) == 0
