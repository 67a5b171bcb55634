"""Bots and privacy with the parts that write and score: what a client sees, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from tests.server.conftest import NOW

from tamis.server.assemble import Assembled, at_work
from tamis.server.bots import bursts
from tamis.server.bots.detector import Detector
from tamis.server.bots.marking import Where, mark, unmark
from tamis.server.clock import SetClock, day_number, micros
from tamis.server.ingest.message import Delivery, Message
from tamis.server.ingest.writer import Writer
from tamis.server.privacy import consent, retention
from tamis.server.privacy.erase import erase
from tamis.server.privacy.export import export
from tamis.server.server import Server
from tamis.server.settings import Settings
from tamis.server.store.tables import messages, models, people, scoring

MODEL = """
tamis: 1
name: small
timezone: Europe/Paris
fields: {lead: {title: text}}
dimensions:
  interest:
    rules:
      - {id: pages, event: page_view, points: 1, cap: 100}
      - {id: clicks, event: email_click, points: 10, cap: 100}
score: {sum: [interest]}
"""
now = micros(NOW)
SECOND = 1_000_000


@pytest.fixture
def live(store_url: str) -> Iterator[Assembled]:
    with at_work(Settings(store=store_url), SetClock(NOW)) as assembled:
        row = {"model": "small", "number": 1, "yaml": MODEL, "state": "active", "scored": True}
        row |= {"day": day_number(NOW.date()), "owner": "m", "measures": "[]", "relies_on": "[]"}
        row |= {"made_at": now, "made_by": "m", "shadow": False}
        with assembled.server.database.write() as connection:
            connection.execute(insert(models.versions).values(row))
        yield assembled


def send(server: Server, *sent: Message) -> None:
    writer = Writer(server.database, server.clock, server.scores, Detector())
    writer.write([Delivery([one]) for one in sent])


def page(name: str, at: int, agent: str | None = None, **more: Any) -> Message:
    context = {"userAgent": agent} if agent else {}
    who = more or {"user_id": "ann"}
    return Message(name, "page", "page_view", now + at, now + at, context=context, **who)


def click(name: str, at: int, link: str) -> Message:
    told = {"message": "news", "url": link}
    return Message(name, "track", "email_click", now + at, now + at, "ann", properties=told)


def score(server: Server, lead_id: str = "ann") -> int | None:
    """The score in points; None: no score, as of one who is excluded."""
    s = scoring.scores.c
    with server.database.read() as connection:
        found = connection.scalar(select(s.score).where(s.lead_id == lead_id))
    return None if found is None else found // 100


def test_a_burst_takes_its_points_back(live: Assembled) -> None:
    server = live.server
    send(server, page("p", -3_600 * SECOND))
    for n in range(10):
        send(server, page(f"b{n}", n * SECOND // 20 + 1))
    assert score(server) == 11
    send(server, page("b10", SECOND // 2 + 1))
    assert score(server) == 1
    unmark(server, Where(message_ids=["b0", "b1"], reason=bursts.REASON), "ada")
    assert score(server) == 3
    send(server, page("b11", SECOND // 2 + 2))
    assert score(server) == 3
    mark(server, Where(message_ids=["p"]), "our own tests", "ada")
    assert score(server) == 2


def test_a_scanner_gives_no_points(live: Assembled) -> None:
    send(live.server, click("c1", SECOND, "a"), click("c2", 2 * SECOND, "b"))
    assert score(live.server) == 20
    send(live.server, click("c3", 3 * SECOND, "c"), click("c4", 3_601 * SECOND, "a"))
    assert score(live.server) == 10


def test_a_declared_agent_gives_none_from_the_start(live: Assembled) -> None:
    agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    send(live.server, page("g", 1, agent), page("p", 2, "Mozilla/5.0 Firefox/132.0"))
    assert score(live.server) == 1


def test_a_burst_shows_when_two_visitors_prove_one(live: Assembled) -> None:
    server = live.server
    for n in range(14):
        send(server, page(f"v{n}", n * SECOND // 20 + 1, anonymous_id=f"a{n % 2}"))
    for visitor in ("a0", "a1"):
        who = Message(f"i{visitor}", "identify", None, now, now, "ann", visitor)
        send(server, who)
    assert score(server) in (0, None)


def test_one_who_says_no_has_no_score_and_leaves_no_content(live: Assembled) -> None:
    server = live.server
    send(server, page("p1", 1))
    assert score(server) == 1
    assert consent.record(server, "ann", given=False, source="letter", who="ada")
    assert score(server) is None
    send(server, page("p2", 2))
    with server.database.read() as connection:
        rows = connection.execute(select(messages.events).order_by(messages.events.c.at)).all()
    assert [(r.event, r.properties, r.context) for r in rows][1] == (None, "{}", "{}")
    assert isinstance(server.clock, SetClock)
    server.clock.pass_by(timedelta(minutes=1))
    assert consent.record(server, "ann", given=True, source="call", who="ada")
    assert score(server) == 1


def test_erased_is_erased_though_it_is_sent_again(live: Assembled) -> None:
    server = live.server
    sent = [page("p1", 1), Message("i", "identify", None, now, now, "ann", email="ann@x.example")]
    send(server, *sent)
    assert export(server, "ann@x.example", "ada")["scores"][0]["score"] == "1.00"
    erase(server, "ann@x.example", "ada")
    send(server, *sent)
    assert score(server) is None
    with server.database.read() as connection:
        assert connection.execute(select(people.leads)).all() == []
    send(server, page("new", 3_600 * SECOND))
    assert score(server) == 1


def test_scores_are_of_what_is_kept(live: Assembled) -> None:
    server = live.server
    days = 86_400 * SECOND
    send(server, *(page(f"p{n}", -n * days - 1) for n in range(10)), page("b", 0, user_id="bob"))
    assert (score(server), score(server, "bob")) == (10, 1)
    swept = retention.sweep(server, NOW - timedelta(days=4))
    assert (swept.events, swept.leads) == (6, 1)
    assert (score(server), score(server, "bob")) == (4, 1)
