"""The detector on a store: the same marks whatever the order of arrival, and cheap to ask."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from tamis.server.bots import bursts, mails
from tamis.server.bots.detector import Detector, Stored
from tamis.server.bots.seen import SECOND
from tamis.server.store.database import Database
from tamis.server.store.tables import METADATA, messages

events = messages.events
NOON = 20_000 * 86_400 * SECOND + 43_201 * SECOND
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0"


@dataclass(frozen=True)
class Fact:
    """An event to come, `at` in milliseconds after noon."""

    name: str
    at: int
    event: str = "page_view"
    lead: int | None = 1
    anonymous_id: str | None = None
    link: str = ""
    user_agent: str | None = CHROME

    @property
    def kind(self) -> str:
        return "page" if self.event == "page_view" else "track"


def store(connection: Connection, facts: Sequence[Fact], bot: str | None = None) -> list[Stored]:
    rows = [
        {
            "message_id": fact.name,
            "lead": fact.lead,
            "kind": fact.kind,
            "event": fact.event,
            "at": NOON + fact.at * 1000,
            "received_at": NOON,
            "anonymous_id": fact.anonymous_id,
            "properties": msgspec.json.encode({"message": "m", "url": fact.link}).decode(),
            "context": msgspec.json.encode({"userAgent": fact.user_agent}).decode(),
            "bot": bot,
        }
        for fact in facts
    ]
    connection.execute(insert(events), rows)
    names = [fact.name for fact in facts]
    found = connection.execute(
        select(events.c.message_id, events.c.event_key).where(events.c.message_id.in_(names))
    )
    keys: dict[str, int] = {row.message_id: row.event_key for row in found}
    return [
        Stored(
            keys[fact.name],
            fact.lead,
            fact.anonymous_id,
            fact.kind,
            fact.event,
            NOON + fact.at * 1000,
            fact.user_agent,
        )
        for fact in facts
    ]


def take(connection: Connection, facts: Sequence[Fact]) -> Mapping[int, str]:
    """Store a batch and write its marks, as the writer does."""
    found = Detector().marks(connection, store(connection, facts))
    write(connection, found)
    return found


def write(connection: Connection, found: Mapping[int, str]) -> None:
    if found:
        query = update(events).where(events.c.event_key == bindparam("key"))
        connection.execute(
            query.values(bot=bindparam("why")), [{"key": k, "why": w} for k, w in found.items()]
        )


def marked(connection: Connection) -> dict[str, str]:
    query = select(events.c.message_id, events.c.bot).where(events.c.bot.is_not(None))
    return {row.message_id: row.bot for row in connection.execute(query)}


def crawl(number: int, *, lead: int | None = 1, anonymous_id: str | None = None) -> list[Fact]:
    return [
        Fact(f"v{lead}{anonymous_id}-{n}", n * 50, lead=lead, anonymous_id=anonymous_id)
        for n in range(number)
    ]


def test_a_burst_that_comes_one_by_one_marks_what_came_before(database: Database) -> None:
    with database.write() as connection:
        for fact in crawl(10):
            assert not take(connection, [fact])
        assert len(take(connection, [Fact("last", 999)])) == 11
        assert set(marked(connection).values()) == {bursts.REASON}
        assert len(take(connection, [Fact("after", 960)])) == 1


def test_a_visitor_is_looked_at_on_becoming_a_lead(database: Database) -> None:
    with database.write() as connection:
        assert not take(connection, crawl(40, lead=None, anonymous_id="a1"))
        connection.execute(update(events).values(lead=7))
        assert len(Detector().again(connection, [7])) == 40


def test_leads_are_apart_until_they_prove_one(database: Database) -> None:
    with database.write() as connection:
        take(connection, [*crawl(8, lead=1), *crawl(8, lead=2), *crawl(3, lead=3)])
        assert not marked(connection)
        connection.execute(update(events).where(events.c.lead == 2).values(lead=1))
        shifted = update(events).where(events.c.message_id.like("v2%"))
        connection.execute(shifted.values(at=events.c.at + 1000))
        assert len(Detector().again(connection, [1, 3])) == 16


def test_marks_fall_when_a_visitor_proves_another_person(database: Database) -> None:
    with database.write() as connection:
        take(connection, [*crawl(8, lead=1), *crawl(20, lead=2)])
        take(connection, [Fact(f"x{n}", n * 50 + 5, anonymous_id="a1") for n in range(8)])
        assert len(marked(connection)) == 36
        moved = update(events).where(events.c.anonymous_id == "a1").values(lead=3)
        connection.execute(moved)
        manual = update(events).where(events.c.message_id == "x0").values(bot_by="ada")
        connection.execute(manual)
        changes = Detector().again(connection, [1, 2, 3])
        assert list(changes.values()) == [None] * 15


def test_links_of_a_mail_in_three_batches(database: Database) -> None:
    clicks = [Fact(f"c{n}", n * 2000, "email_click", link=str(n)) for n in range(3)]
    with database.write() as connection:
        assert not take(connection, [Fact("o", 1000, "email_open")])
        assert not take(connection, clicks[:1])
        assert not take(connection, clicks[2:])
        take(connection, clicks[1:2])
        assert marked(connection) == dict.fromkeys(["c0", "c1", "c2", "o"], mails.REASON)


def test_a_delivery_told_late_marks_the_click_that_came_first(database: Database) -> None:
    with database.write() as connection:
        assert not take(connection, [Fact("c", 1000, "email_click")])
        take(connection, [Fact("s", 0, "email_sent")])
        assert set(marked(connection)) == {"c"}


def test_what_a_person_cleared_stays_cleared_and_still_counts_as_near(database: Database) -> None:
    with database.write() as connection:
        take(connection, crawl(10))
        cleared = update(events).where(events.c.message_id == "v1None-0").values(bot_by="ada")
        connection.execute(cleared)
        take(connection, [Fact("last", 700)])
        assert len(marked(connection)) == 10
        assert "v1None-0" not in marked(connection)


def test_a_declared_agent_does_not_drag_a_person_along(database: Database) -> None:
    with database.write() as connection:
        store(connection, crawl(100), bot="agent: Googlebot")
        assert not take(connection, [Fact("person", 500)])


def test_programs_may_flush_what_they_have(database: Database) -> None:
    with database.write() as connection:
        found = [Fact(f"t{n}", n * 20, "order_synced", user_agent=None) for n in range(400)]
        assert not take(connection, found)
        found = [Fact(f"u{n}", n * 20, "scrolled") for n in range(400)]
        assert len(take(connection, found)) == 400


def test_old_and_new_events_of_one_batch_are_looked_at_apart(database: Database) -> None:
    days = 86_400_000
    found = [Fact(f"d{n}", n * days) for n in range(50)] + [
        Fact(f"b{n}", 20 * days + n * 60) for n in range(1, 12)
    ]
    with database.write() as connection:
        take(connection, found)
        assert set(marked(connection)) == {"d20", *(f"b{n}" for n in range(1, 12))}


FACTS = st.lists(
    st.builds(
        Fact,
        st.just(""),
        st.one_of(st.integers(0, 1500), st.integers(0, 30_000)),
        st.sampled_from(["page_view", "page_view", "email_click", "email_open", "email_sent"]),
        st.sampled_from([1, 2]),
        link=st.sampled_from("abc"),
    ),
    min_size=8,
    max_size=60,
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    found = Database(str(tmp_path_factory.mktemp("bots") / "tamis.db"))
    with found.write() as connection:
        METADATA.create_all(connection)
    yield found
    found.close()


@settings(max_examples=60, deadline=None)
@given(facts=FACTS, order=st.randoms(use_true_random=False), size=st.integers(1, 20))
def test_marks_are_the_same_in_any_order_of_arrival(
    kept: Database, facts: list[Fact], order: object, size: int
) -> None:
    named = [
        Fact(str(n), **{k: v for k, v in vars(f).items() if k != "name"})
        for n, f in enumerate(facts)
    ]
    found = []
    for _ in range(2):
        with kept.write() as connection:
            connection.execute(delete(events))
            for start in range(0, len(named), size):
                take(connection, named[start : start + size])
            found.append(marked(connection))
            assert not Detector().again(connection, [1, 2])
        order.shuffle(named)  # type: ignore[attr-defined]
    assert found[0] == found[1]


def test_asking_costs_little_where_nothing_is_found(kept: Database) -> None:
    """A ratio, so that a busy machine does not decide: asking against storing the same rows."""
    batch = [Fact(f"s{n}", n * 977, lead=n % 700) for n in range(1000)]
    with kept.write() as connection:
        connection.execute(delete(events))
        started = time.perf_counter()
        rows = store(connection, batch)
        stored = time.perf_counter()
        Detector().marks(connection, rows)
        asked = time.perf_counter() - stored
    assert asked < stored - started
