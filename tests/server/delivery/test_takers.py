"""Who is told of what: the store knows, so that commands beside a server tell the same targets."""

from __future__ import annotations

from sqlalchemy import select
from tests.server.delivery.sending import configured, webhook

from tamis.server.clock import SetClock, micros
from tamis.server.delivery import takers
from tamis.server.delivery.configuration import Configured, Targets
from tamis.server.store.database import Database
from tamis.server.store.tables import delivery


def told(database: Database) -> list[tuple[str, str]]:
    o = delivery.outbox.c
    with database.read() as connection:
        rows = connection.execute(select(o.target, o.kind).order_by(o.entry))
        return [(row.target, row.kind) for row in rows]


def test_each_target_is_told_of_its_kinds_once(database: Database, clock: SetClock) -> None:
    hook = webhook("http://127.0.0.1:9", clock)
    crm = Configured("crm", "webhook", hook, frozenset({"status.changed"}))
    now = micros(clock.now())
    with database.write() as connection:
        takers.announce(connection, Targets({"a": configured("a", hook), "crm": crm}))
        assert takers.taking(connection, "status.changed") == ["a", "crm"]
        assert takers.tell(connection, "status.changed", 1, {}, "7", at=now) == 2
        assert takers.tell(connection, "status.changed", 1, {}, "7", at=now) == 0
        assert takers.tell(connection, "play.fired", 1, {}, "8", at=now, besides=["crm"]) == 2
        assert takers.tell(connection, "play.fired", 1, {}, "9", at=now, besides=["a"]) == 1
    assert told(database) == [
        ("a", "status.changed"),
        ("crm", "status.changed"),
        ("a", "play.fired"),
        ("crm", "play.fired"),
        ("a", "play.fired"),
    ]


def test_a_target_that_is_taken_from_the_file_is_told_nothing_more(
    database: Database, clock: SetClock
) -> None:
    with database.write() as connection:
        hook = configured("a", webhook("http://127.0.0.1:9", clock))
        takers.announce(connection, Targets({"a": hook}))
        takers.announce(connection, Targets())
        assert takers.tell(connection, "status.changed", 1, {}, "7", at=0) == 0
