"""What one person has to do, and the board of everybody's work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.server.work.conftest import Office

from tamis.server.clock import micros
from tamis.server.problems import Problem
from tamis.server.work import board, settling, to_do
from tamis.server.work.board import Wanted

DAY = 86_400 * 1_000_000


@pytest.fixture
def busy(office: Office) -> Office:
    """Ann has three hand-offs: the best has no deadline, the next ones were due in four hours."""
    office.change("ben", disabled=True)
    office.hold("best", "ring", score=5900)
    office.clock.pass_by(timedelta(minutes=5))
    for name, score in (("second", 5800), ("third", 5700), ("rest", 5600)):
        office.hold(name, "call" if name != "rest" else "ring", score=score)
    office.assign()
    return office


def names(
    office: Office, part: to_do.Part, cursor: str | None = None, limit: int = 50
) -> list[str]:
    with office.server.database.read() as connection:
        found = to_do.to_do(
            connection, "ann", part, office.server.micros, cursor=cursor, limit=limit
        )
    return [row.lead_id for row in found.rows]


def test_what_is_promised_comes_first_then_the_order_of_calling(busy: Office) -> None:
    assert names(busy, "answer") == ["second", "third", "best"]
    assert names(busy, "under_way") == names(busy, "later") == []


def test_a_list_goes_on_by_its_cursor_and_only_by_its_own(busy: Office) -> None:
    with busy.server.database.read() as connection:
        now = busy.server.micros
        first = to_do.to_do(connection, "ann", "answer", now, limit=2)
        assert first.next
        rest = to_do.to_do(connection, "ann", "answer", now, cursor=first.next, limit=2)
        assert ([row.lead_id for row in rest.rows], rest.next) == (["best"], None)
        with pytest.raises(Problem):
            to_do.to_do(connection, "ben", "answer", now, cursor=first.next)


def test_counts_follow_what_is_accepted_put_aside_and_late(busy: Office) -> None:
    at = busy.server.micros
    with busy.server.database.write() as connection:
        settling.accept(connection, busy.one("best").handoff, "ann", at)
        settling.snooze(connection, busy.one("third").handoff, "ann", at + DAY, at)
        before = to_do.mark(connection, "ann", at)
        assert to_do.counts(connection, "ann", at) == to_do.Counts(1, 0, 1, 1)
    busy.clock.pass_by(timedelta(days=2))
    with busy.server.database.read() as connection:
        now = busy.server.micros
        assert to_do.counts(connection, "ann", now) == to_do.Counts(2, 2, 1, 0)
        assert to_do.mark(connection, "ann", now) != before
        came = to_do.arrived(connection, "ann", at, now)
    assert [row.lead_id for row in came] == ["third"]


def test_the_board_counts_what_its_columns_hold(busy: Office) -> None:
    now = micros(busy.clock.now())
    with busy.server.database.write() as connection:
        settling.accept(connection, busy.one("best").handoff, "ann", now)
        settling.finish(connection, busy.one("second").handoff, "ann", now)
    wanted = Wanted("small", ["sales", "senior"], ["sal"])
    with busy.server.database.read() as connection:
        first = board.first(connection, wanted, now)
        columns = {
            name: board.column(connection, wanted, name, None, now) for name in wanted.columns
        }
    shown = {name: [row.lead_id for row in page.rows] for name, page in columns.items()}
    assert shown == {
        "waiting": ["rest"],
        "assigned": ["third"],
        "accepted": ["best"],
        "sal": [],
        "settled": ["second"],
    }
    assert {name: count for name, (count, _) in first.items()} == {
        name: len(rows) for name, rows in shown.items()
    }
    for name, (_, page) in first.items():
        assert [row.handoff for row in page.rows] == [row.handoff for row in columns[name].rows]
