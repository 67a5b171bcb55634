"""Audiences: what the messages make of a list is what the store says, whatever happens."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from tests.server.delivery.receiver import Receiver, Reply
from tests.server.delivery.sending import http

from tamis.server.clock import SetClock, micros
from tamis.server.delivery import audiences
from tamis.server.delivery.configuration import Audience, Configured, Targets
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.sender import Sender
from tamis.server.delivery.targets.webhook.target import Webhook
from tamis.server.store.database import Database
from tamis.server.store.tables import delivery, lifecycle, models, people, scoring

HOT = Audience("hot", "list", "cell", ("A1", "A2"))


def lead(
    database: Database, key: int, cell: str, *emails: str, version: int = 1, **more: bool
) -> None:
    row = {"lead": key, "lead_id": f"l{key}", "fields": "{}", "first_at": 0, "last_at": 0}
    score = {"version_key": version, "lead": key, "lead_id": f"l{key}", "as_of": 0, "turn": 0,
             "excluded": False, "dimensions": "{}", "grades": "{}", "changed": 0, "cell": cell,
             "play": "call", **more}  # fmt: skip
    with database.write() as connection:
        opted_out = score.pop("opted_out", False)
        connection.execute(insert(people.leads).values(**row, opted_out=opted_out))
        connection.execute(insert(scoring.scores).values(**score))
        for at, email in enumerate(emails):
            said = {"kind": "email", "value": email, "lead": key, "at": at, "said_by": ""}
            connection.execute(insert(people.identities).values(said))


def move(database: Database, key: int, cell: str) -> None:
    with database.write() as connection:
        moved = update(scoring.scores).where(scoring.scores.c.lead == key).values(cell=cell)
        connection.execute(moved)


def erase(database: Database, key: int) -> None:
    """As erasure does it: every row of every table that has the lead."""
    from tamis.server.store.tables import METADATA

    with database.write() as connection:
        for table in reversed([t for t in METADATA.sorted_tables if "lead" in t.c]):
            connection.execute(delete(table).where(table.c.lead == key))


@pytest.fixture
def model(database: Database) -> Database:
    """A store with an active model."""
    row = {"model": "fit", "number": 1, "yaml": "", "state": "active", "scored": True, "owner": "a",
           "measures": "[]", "relies_on": "[]", "made_at": 0, "made_by": "a"}  # fmt: skip
    with database.write() as connection:
        connection.execute(insert(models.versions).values(row))
    return database


def step(database: Database, clock: SetClock, audience: Audience = HOT) -> list[tuple[str, str]]:
    """Keep the audience in step; gives the messages that this put."""
    o = delivery.outbox.c
    with database.read() as connection:
        before = set(connection.execute(select(o.entry)).scalars())
    audiences.keep_in_step(database, audience, micros(clock.now()))
    with database.read() as connection:
        rows = connection.execute(select(delivery.outbox).order_by(o.entry)).all()
    return [
        (row.kind.removeprefix("audience."), json.loads(row.payload)["email"])
        for row in rows
        if row.entry not in before
    ]


def test_who_comes_is_added_and_who_leaves_is_removed(model: Database, clock: SetClock) -> None:
    lead(model, 1, "A1", "ann@x.example")
    lead(model, 2, "B1", "bob@x.example")
    lead(model, 3, "A2", "cy@x.example")
    assert step(model, clock) == [("added", "ann@x.example"), ("added", "cy@x.example")]
    assert step(model, clock) == []
    move(model, 1, "C3")
    move(model, 2, "A1")
    assert step(model, clock) == [("removed", "ann@x.example"), ("added", "bob@x.example")]
    # In the same instant back and forth: each change is told.
    move(model, 1, "A1")
    assert step(model, clock) == [("added", "ann@x.example")]
    move(model, 1, "C3")
    assert step(model, clock) == [("removed", "ann@x.example")]


def test_whom_one_may_not_score_is_of_no_audience(model: Database, clock: SetClock) -> None:
    lead(model, 1, "A1", "ann@x.example", opted_out=True)
    lead(model, 2, "A1", "bob@x.example", excluded=True)
    lead(model, 3, "A1")
    assert step(model, clock) == []


def test_one_who_opts_out_or_is_erased_is_taken_from_the_list(
    model: Database, clock: SetClock
) -> None:
    lead(model, 1, "A1", "ann@x.example")
    lead(model, 2, "A1", "bob@x.example")
    step(model, clock)
    with model.write() as connection:
        out = update(people.leads).where(people.leads.c.lead == 1).values(opted_out=True)
        connection.execute(out)
    erase(model, 2)
    assert step(model, clock) == [("removed", "ann@x.example"), ("removed", "bob@x.example")]


def test_of_two_addresses_the_latest_is_of_the_list(model: Database, clock: SetClock) -> None:
    lead(model, 1, "A1", "old@x.example", "new@x.example")
    assert step(model, clock) == [("added", "new@x.example")]
    with model.write() as connection:
        said = {"kind": "email", "value": "z@x.example", "lead": 1, "at": 9, "said_by": ""}
        connection.execute(insert(people.identities).values(said))
    assert step(model, clock) == [("removed", "new@x.example"), ("added", "z@x.example")]


def test_an_audience_may_be_of_a_status_or_a_play(model: Database, clock: SetClock) -> None:
    lead(model, 1, "A1", "ann@x.example")
    lead(model, 2, "A1", "bob@x.example")
    with model.write() as connection:
        row = {"model": "fit", "lead": 1, "status": "recycled", "entry": "inbound", "since": 0}
        row |= {"cause": "sales", "step": 1}
        connection.execute(insert(lifecycle.statuses).values(row))
    recycled = Audience("nurture", "list", "status", ("recycled",))
    assert step(model, clock, recycled) == [("added", "ann@x.example")]
    called = Audience("called", "list", "play", ("call",), "fit")
    assert step(model, clock, called) == [("added", "ann@x.example"), ("added", "bob@x.example")]
    other = Audience("other", "list", "play", ("call",), "another-model")
    assert step(model, clock, other) == []


def test_no_list_is_emptied_while_a_model_is_worked_on(model: Database, clock: SetClock) -> None:
    lead(model, 1, "A1", "ann@x.example")
    step(model, clock)
    with model.write() as connection:
        connection.execute(update(models.versions).values(state="retired"))
    assert step(model, clock) == []


def test_a_large_audience_comes_in_slices(
    model: Database, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audiences, "SLICE", 3)
    for key in range(1, 11):
        lead(model, key, "A1", f"l{key:02}@x.example")
    assert step(model, clock) == [("added", f"l{key:02}@x.example") for key in range(1, 11)]


def test_the_list_over_there_is_the_one_here(
    model: Database, clock: SetClock, there: Receiver
) -> None:
    """Whatever fails in between: additions and removals of one address arrive in their order."""
    kept: set[str] = set()
    fails = iter([True, False, True, True, False, False, True] * 50)

    def answer(got) -> Reply:
        if next(fails):
            return Reply(503)
        email = got.told["data"]["email"]
        (kept.add if got.told["type"] == "audience.added" else kept.discard)(email)
        return Reply()

    there.answer = answer
    target = Webhook(Secret(there.address), (b"x" * 24,), http(5.0), clock)
    from random import Random

    mail = Configured("list", "webhook", target)
    one = Sender(model, clock, Targets({"list": mail}, (HOT,)), Random(3))
    for key in range(1, 5):
        lead(model, key, "A1", f"l{key}@x.example")
    for turn in range(12):
        move(model, 1 + turn % 4, "A1" if turn % 3 else "C3")
        one.work_off()
        clock.pass_by(timedelta(minutes=1))
    for _ in range(40):
        one.work_off()
        clock.pass_by(timedelta(minutes=10))
    s = scoring.scores.c
    with model.read() as connection:
        hot = connection.execute(select(s.lead).where(s.cell == "A1")).scalars()
        assert kept == {f"l{key}@x.example" for key in hot}
        states = set(connection.execute(select(delivery.outbox.c.state)).scalars())
    assert states == {"sent"}
