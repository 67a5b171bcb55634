"""Marks made by hand: which events they mean, what they change, and that they stand."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select
from tests.server.conftest import NOW, RecordingScores

from tamis.server.bots import marking
from tamis.server.bots.detector import Detector
from tamis.server.bots.marking import Changed, Where, mark, unmark
from tamis.server.clock import micros
from tamis.server.problems import Problem
from tamis.server.server import Server
from tamis.server.store.tables import access, messages

events = messages.events
now = micros(NOW)
FIREFOX = "Mozilla/5.0 (X11) Firefox/132.0"


def row(name: str, lead: int | None, at: int = 0, **more: object) -> dict[str, object]:
    context = more.pop("context", f'{{"userAgent":"{FIREFOX}"}}')
    return {
        "message_id": name, "lead": lead, "kind": "page", "event": "page_view",
        "at": now + at, "received_at": now, "user_id": None, "anonymous_id": f"a{lead}",
        "properties": "{}", "context": context, "bot": None, "bot_by": None, **more,
    }  # fmt: skip


@pytest.fixture
def visited(server: Server) -> Server:
    odd = '{"page":{"url":"https://x/?Firefox"},"userAgent":"Head\\u00e9less \\"x\\""}'
    rows = [
        row("a", 1), row("b", 1, 5), row("c", 2, 10, context=odd), row("d", None, 20),
        row("e", 2, 30, context="{}"), row("f", 3, 40, bot="agent: Googlebot"),
    ]  # fmt: skip
    with server.database.write() as connection:
        connection.execute(insert(events), rows)
    return server


def held(server: Server) -> dict[str, tuple[str | None, str | None]]:
    with server.database.read() as connection:
        rows = connection.execute(select(events.c.message_id, events.c.bot, events.c.bot_by))
        return {r.message_id: (r.bot, r.bot_by) for r in rows if r.bot or r.bot_by}


def recounted(server: Server) -> list[tuple[list[int], str]]:
    assert isinstance(server.scores, RecordingScores)
    return list(server.scores.recounted)


FOUND = [
    (Where(message_ids=["a", "c", "none"]), "ac"),
    (Where(leads=[1]), "ab"),
    (Where(leads=[]), ""),
    (Where(user_agent="firefox/132"), "abdf"),
    (Where(user_agent='Headéless "x"'), "c"),
    (Where(user_agent="firefox", since=now + 5, until=now + 20), "b"),
    (Where(leads=[1, 2], until=now + 6), "ab"),
    (Where(reason="agent: Googlebot"), "f"),
    (Where(user_agent="%"), ""),
    (Where(message_ids=["a"], leads=[2]), ""),
]


@pytest.mark.parametrize(("where", "names"), FOUND)
def test_which_events_are_meant(visited: Server, where: Where, names: str) -> None:
    made = mark(visited, where, "tests", "ada")
    assert {n for n, (bot, by) in held(visited).items() if (bot, by) == ("tests", "ada")} == set(
        names
    )
    assert made.events == len(names)


def test_scores_follow_both_ways(visited: Server) -> None:
    assert mark(visited, Where(user_agent="Firefox"), "tests", "ada") == Changed(4, 2)
    assert unmark(visited, Where(leads=[1]), "bob") == Changed(2, 1)
    assert recounted(visited) == [([1, 3], "bots"), ([1], "bots")]
    assert held(visited)["a"] == (None, "bob")


def test_what_is_so_already_is_left_alone(visited: Server) -> None:
    mark(visited, Where(leads=[1]), "tests", "ada")
    assert mark(visited, Where(leads=[1]), "tests", "ada") == Changed(0, 0)
    assert unmark(visited, Where(leads=[2]), "ada") == Changed(0, 0)
    assert len(recounted(visited)) == 1


def test_marks_of_detectors_are_cleared_by_their_reason_alone(visited: Server) -> None:
    mark(visited, Where(message_ids=["a"]), "tests", "ada")
    assert unmark(visited, Where(leads=[1, 3]), "ada") == Changed(1, 1)
    assert unmark(visited, Where(message_ids=["f"]), "ada") == Changed(0, 0)
    assert held(visited) == {"a": (None, "ada"), "f": ("agent: Googlebot", None)}
    assert unmark(visited, Where(leads=[1, 3], reason="agent: Googlebot"), "ada") == Changed(1, 1)
    assert held(visited)["f"] == (None, "ada")


@pytest.mark.parametrize("where", [Where(), Where(since=0, until=now)])
def test_everything_is_too_much(visited: Server, where: Where) -> None:
    for change in (lambda: mark(visited, where, "x", "ada"), lambda: unmark(visited, where, "ada")):
        with pytest.raises(Problem) as raised:
            change()
        assert raised.value.status == 400


def test_no_detector_undoes_a_person(server: Server) -> None:
    with server.database.write() as connection:
        connection.execute(insert(events), [row(f"v{n}", 1, n * 10_000 + 1) for n in range(40)])
        marking.put(connection, Detector().again(connection, [1]))
    assert len(held(server)) == 40
    (burst, _) = held(server)["v3"]
    unmark(server, Where(message_ids=["v3"], reason=burst), "ada")
    mark(server, Where(message_ids=["v4"]), "a test of ours", "ada")
    with server.database.write() as connection:
        assert not Detector().again(connection, [1])
    assert held(server)["v3"] == (None, "ada")
    assert held(server)["v4"] == ("a test of ours", "ada")


def test_marks_by_reason(visited: Server) -> None:
    mark(visited, Where(leads=[1]), "tests", "ada")
    with visited.database.read() as connection:
        found = marking.by_reason(connection)
    assert {(m.reason, m.by, m.events, m.leads) for m in found} == {
        ("tests", "ada", 2, 1),
        ("agent: Googlebot", None, 1, 1),
    }


def test_it_is_audited_without_anybodys_data(visited: Server) -> None:
    mark(visited, Where(leads=[1]), "tests", "ada")
    with visited.database.read() as connection:
        entry = connection.execute(select(access.audit)).one()
    assert (entry.who, entry.action, entry.subject) == ("ada", "bots.mark", "events")
    assert entry.details == '{"events":2,"leads":1,"reason":"tests"}'


def test_more_leads_than_a_transaction_takes(
    visited: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marking, "AT_ONCE", 2)
    monkeypatch.setattr(marking, "MOST", 2)
    assert mark(visited, Where(user_agent="o"), "x", "ada").events == 4
    assert sorted(lead for leads, _ in recounted(visited) for lead in leads) == [1, 3]
