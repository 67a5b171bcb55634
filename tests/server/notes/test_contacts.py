"""The last contact with leads, for lists."""

from __future__ import annotations

from sqlalchemy import Connection, insert
from tests.server.read.conftest import AT, lead

from tamis.server.notes.contacts import Contact, last_contacts
from tamis.server.server import Server
from tamis.server.store.tables import lifecycle, messages


def did(connection: Connection, key: int, event: str, at: int, bot: str | None = None) -> None:
    row = {"message_id": f"{key}-{at}", "lead": key, "kind": "track", "event": event, "at": at}
    row |= {"received_at": at, "properties": "{}", "context": "{}", "bot": bot}
    connection.execute(insert(messages.events).values(row))


def recorded(connection: Connection, key: int, *, yes: bool, at: int) -> None:
    row = {"model": "small", "lead": key, "question": "meeting", "yes": yes, "at": at}
    connection.execute(insert(lifecycle.recorded_answers).values(row | {"made_by": "sam"}))


def test_the_latest_word_with_somebody_counts(server: Server) -> None:
    with server.database.write() as connection:
        called, met, unmet, quiet = (lead(connection, name) for name in "abcd")
        did(connection, called, "call_answered", AT)
        did(connection, called, "demo_held", AT - 5)
        did(connection, called, "meeting_held", AT + 5, bot="burst")
        did(connection, met, "call_answered", AT)
        recorded(connection, met, yes=True, at=AT + 1)
        recorded(connection, unmet, yes=True, at=AT)
        recorded(connection, unmet, yes=False, at=AT + 1)
        did(connection, quiet, "page_view", AT)
    with server.database.read() as connection:
        found = last_contacts(connection, "small", [called, met, unmet, quiet])
    assert found == {
        called: Contact("call_answered", AT),
        met: Contact("meeting_held", AT + 1),
    }
