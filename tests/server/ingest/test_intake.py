"""The intake: many deliveries in one transaction, none lost, and no more than fit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import date
from threading import Event

import pytest
from tests.server.scoring.live_store import LiveStore, live_store

from tamis.server.clock import micros
from tamis.server.ingest.intake import Intake
from tamis.server.ingest.message import Delivery, LeadRow, Message, Receipt, Rejected
from tamis.server.ingest.writer import Writer
from tamis.server.operation.metrics import Metrics
from tamis.server.problems import Problem

MODEL = """
tamis: 1
name: random
dimensions: {engagement: {rules: [{id: views, event: page_view, points: 10}]}}
"""
TYPED = f"""{MODEL}
fields: {{lead: {{staff: number}}}}
"""


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LiveStore]:
    made = live_store(sqlite_url, MODEL, date(2026, 11, 22), "UTC")
    yield made
    made.assembled.close()


class Held(Writer):
    """A writer that waits to be let go, and cannot write one message."""

    go: Event
    sizes: list[int]

    def write(self, deliveries: Sequence[Delivery]) -> list[Receipt]:
        self.go.wait()
        self.sizes.append(len(deliveries))
        if any(item.message_id == "poison" for one in deliveries for item in one.items):  # type: ignore[union-attr]
            raise RuntimeError
        return super().write(deliveries)


def held(store: LiveStore) -> Held:
    writer = store.assembled.server.intake._writer
    made = Held(writer.database, writer.clock, writer.scores, writer.detector)
    made.go, made.sizes = Event(), []
    return made


def intake_of(writer: Writer, queue: int = 100) -> Intake:
    intake = Intake(writer, Metrics(), lambda: None, queue=queue, batch=100)
    intake.start()
    return intake


def delivery(store: LiveStore, *ids: str) -> Delivery:
    now = micros(store.clock.now())
    return Delivery([Message(one, "track", "page_view", now, now, user_id="ann") for one in ids])


async def all_of(intake: Intake, deliveries: list[Delivery], go: Event) -> list[object]:
    """The answers to deliveries that all wait before the writer is let go."""
    taking = [asyncio.create_task(intake.take(one)) for one in deliveries]
    await asyncio.sleep(0)
    go.set()
    return await asyncio.gather(*taking, return_exceptions=True)


def test_what_waits_is_one_transaction(store: LiveStore) -> None:
    writer = held(store)
    intake = intake_of(writer)
    asked = [delivery(store, f"m{n}") for n in range(5)]
    answers = asyncio.run(all_of(intake, asked, writer.go))
    intake.stop()
    assert answers == [Receipt(1, 0, 0)] * 5
    # The first went in alone, or all together when the thread came late.
    assert len(writer.sizes) <= 2


def test_a_message_that_comes_twice_at_once_counts_once(store: LiveStore) -> None:
    writer = held(store)
    intake = intake_of(writer)
    answers = asyncio.run(all_of(intake, [delivery(store, "m1"), delivery(store, "m1")], writer.go))
    intake.stop()
    assert sorted((one.taken, one.repeated) for one in answers) == [(0, 1), (1, 0)]  # type: ignore[attr-defined]


def test_more_than_fits_is_refused(store: LiveStore) -> None:
    writer = held(store)
    intake = intake_of(writer, queue=3)
    asked = [delivery(store, f"m{n}", f"n{n}") for n in range(3)]
    answers = asyncio.run(all_of(intake, asked, writer.go))
    intake.stop()
    refused = [one for one in answers if isinstance(one, Problem)]
    assert len(refused) == 2
    assert {(one.status, one.headers["Retry-After"]) for one in refused} == {(429, "1")}
    assert intake.messages == 0


def test_one_that_cannot_be_written_takes_no_others_along(store: LiveStore) -> None:
    writer = held(store)
    intake = intake_of(writer)
    asked = [delivery(store, "m1"), delivery(store, "poison"), delivery(store, "m2")]
    answers = asyncio.run(all_of(intake, asked, writer.go))
    intake.stop()
    assert [isinstance(one, Receipt) for one in answers] == [True, False, True]


def test_every_message_is_counted_by_what_became_of_it(sqlite_url: str) -> None:
    made = live_store(sqlite_url, TYPED, date(2026, 11, 22), "UTC")
    server, now = made.assembled.server, micros(made.clock.now())
    good = delivery(made, "m1", "m1", "m2").items
    bad = [
        Rejected(b"{", "not-json", "it cannot be read", now),
        LeadRow("bo", now, {"staff": "many"}),
        LeadRow("cy", now, {"staff": 7}),
    ]
    (receipt,) = server.intake.write([Delivery([*good, *bad])])
    assert (receipt.taken, receipt.repeated, receipt.quarantined) == (3, 1, 2)
    counted = server.metrics.text().decode()
    made.assembled.close()
    for result, number in (("taken", 3), ("repeated", 1), ("quarantined", 2)):
        assert f'tamis_messages_total{{result="{result}"}} {number}.0' in counted
    for code in ("not-json", "wrong-type"):
        assert f'tamis_quarantined_total{{code="{code}"}} 1.0' in counted


def test_a_stop_writes_what_waits_and_takes_no_more(store: LiveStore) -> None:
    writer = held(store)
    intake = intake_of(writer)

    async def stopped() -> tuple[object, object]:
        taking = asyncio.create_task(intake.take(delivery(store, "m1")))
        await asyncio.sleep(0)
        stopping = asyncio.get_running_loop().run_in_executor(None, intake.stop)
        writer.go.set()
        answer = await taking
        await stopping
        try:
            await intake.take(delivery(store, "m2"))
        except Problem as problem:
            return answer, problem.status
        return answer, None

    assert asyncio.run(stopped()) == (Receipt(1, 0, 0), 503)
