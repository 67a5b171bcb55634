"""Score changes as they happen: woken by the bell or by looking, taken up where they broke off."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from threading import Thread
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient
from tests.server.read.conftest import lead, score, version

from tamis.server.problems import Problem
from tamis.server.read.bell import Bell, Pace
from tamis.server.read.changes import Filter
from tamis.server.read.stream import HEARTBEAT, Listener
from tamis.server.server import Server
from tamis.server.store.database import Database

LONG = 60.0
"""Seconds that no test waits: what comes before came by the bell."""


def add(database: Database, *names: str, **more: Any) -> None:
    """Leads with a change each, in the only version."""
    with database.write() as connection:
        for name in names:
            score(connection, 1, lead(connection, name), name, **more)


@pytest.fixture
def store(sqlite_database: Database) -> Database:
    with sqlite_database.write() as connection:
        version(connection)
    return sqlite_database


def listener(
    store: Database, bell: Bell, last: int | None = None, **wanted: Iterable[str]
) -> Listener:
    return Listener(store, bell, Filter(**{n: list(v) for n, v in wanted.items()}), last)


async def told(events: AsyncIterator[str]) -> dict[str, Any]:
    """The next change that a stream tells."""
    while True:
        text = await asyncio.wait_for(anext(events), LONG)
        if "data: " in text:
            found: dict[str, Any] = msgspec.json.decode(text.partition("data: ")[2])
            assert f"id: {found['entry']}\n" in text
            return found


def test_a_change_is_told_when_the_bell_rings_in_another_thread(store: Database) -> None:
    async def heard() -> dict[str, Any]:
        bell = Bell(Pace(poll=LONG, gather=0))
        events = listener(store, bell).events()
        assert await anext(events) == "retry: 2000\nid: 0\n\n"
        waiting = asyncio.ensure_future(told(events))
        await asyncio.sleep(0)
        writer = Thread(target=lambda: (add(store, "ann"), bell.ring()))
        writer.start()
        return await waiting

    change = asyncio.run(heard())
    assert (change["lead_id"], change["model"], change["score_after"]) == ("ann", "small", 50.0)


def test_a_change_of_another_process_is_seen_without_the_bell(store: Database) -> None:
    async def seen() -> dict[str, Any]:
        events = listener(store, Bell(Pace(poll=0.01))).events()
        await anext(events)
        add(store, "ann")
        return await told(events)

    assert asyncio.run(seen())["lead_id"] == "ann"


def test_a_stream_is_taken_up_where_it_broke_off(store: Database) -> None:
    add(store, *"abcdef")

    async def rest() -> list[str]:
        events = listener(store, Bell(Pace(page=2)), last=3).events()
        return [(await told(events))["lead_id"] for _ in range(3)]

    assert asyncio.run(rest()) == ["d", "e", "f"]


def test_a_client_that_knows_more_than_the_store_hears_what_comes(store: Database) -> None:
    add(store, "a")

    async def start() -> str:
        return await anext(listener(store, Bell(), last=99).events())

    assert "id: 1\n" in asyncio.run(start())


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"play": ["call"]}, ["b"]),
        ({"stage": ["lead"]}, ["a", "c"]),
        ({"model": ["small"]}, ["a", "b", "c"]),
        ({"model": ["other"]}, []),
        ({"play": ["call", "keep_warm"], "stage": ["mql"]}, ["b"]),
    ],
)
def test_filters(store: Database, wanted: Any, expected: list[str]) -> None:
    add(store, "a")
    add(store, "b", play="call", stage="mql")
    add(store, "c")
    bell = Bell(Pace(page=100))
    # A stream whose bell is closed ends once it has looked.
    bell.close()

    async def all_told() -> list[str]:
        found = [text async for text in listener(store, bell, 0, **wanted).events()]
        texts = [text.partition("data: ")[2] for text in found if "data: " in text]
        return [msgspec.json.decode(text)["lead_id"] for text in texts]

    assert asyncio.run(all_told()) == expected


def test_a_slow_listener_holds_a_page_and_no_more(store: Database) -> None:
    add(store, *(f"lead {n}" for n in range(50)))

    async def slow() -> list[int | None]:
        one = listener(store, Bell(Pace(page=5)), last=0)
        events = one.events()
        held = []
        for _ in range(7):
            await told(events)
            held.append(one.last)
        return held

    assert asyncio.run(slow()) == [5, 5, 5, 5, 5, 10, 10]


def test_a_quiet_stream_shows_that_it_lives(store: Database) -> None:
    async def quiet() -> str:
        events = listener(store, Bell(Pace(poll=LONG, heartbeat=0.01))).events()
        await anext(events)
        return await asyncio.wait_for(anext(events), LONG)

    assert asyncio.run(quiet()) == HEARTBEAT


def test_only_so_many_listen_at_once(store: Database) -> None:
    async def crowd() -> None:
        bell = Bell(Pace(listeners=2))
        first, second = listener(store, bell), listener(store, bell)
        with pytest.raises(Problem) as refused:
            listener(store, bell)
        assert refused.value.status == 429
        assert refused.value.headers["Retry-After"]
        events = first.events()
        await anext(events)
        await events.aclose()  # type: ignore[attr-defined]
        assert bell.listeners == 1
        # One whose stream was never begun is forgotten with it.
        del second
        assert bell.listeners == 0

    asyncio.run(crowd())


def test_a_person_listens_on_a_few_pages() -> None:
    async def crowd() -> None:
        bell = Bell(Pace(listeners=5, each=2))
        pages = [bell.listen("sam"), bell.listen("sam")]
        with pytest.raises(Problem) as refused:
            bell.listen("sam")
        assert refused.value.status == 429
        others = [bell.listen("nadia"), bell.listen(), bell.listen()]
        bell.leave(others.pop())
        bell.leave(pages.pop())
        assert bell.listen("sam").who == "sam"

    asyncio.run(crowd())


def test_nobody_stays_for_ever(store: Database) -> None:
    async def whole() -> list[str]:
        return [text async for text in listener(store, Bell(Pace(longest=0))).events()]

    assert len(asyncio.run(whole())) == 1


def test_the_stream_over_http(client: TestClient[Any], server: Server) -> None:
    with server.database.write() as connection:
        version(connection)
    add(server.database, "ann", "ben")
    # A server that stops sends what there is and ends its streams.
    server.bell.close()
    answer = client.get("/v1/changes", headers={"Last-Event-ID": "1"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    blocks = answer.text.split("\n\n")
    assert blocks[0] == "retry: 2000\nid: 1"
    assert blocks[1].startswith("id: 2\nevent: score\ndata: {")
    assert client.get("/v1/changes", params={"since": "1"}).text == answer.text
    assert client.get("/v1/changes").text == "retry: 2000\nid: 2\n\n"
    for bad in ("x", "-1", "9" * 30, "\u0661"):
        assert client.get("/v1/changes", params={"since": bad}).status_code == 400
