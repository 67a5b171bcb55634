"""A transaction that is undone leaves nothing behind, neither stored nor remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from tests.server.crash.at_work import TODAY, at_work, send
from tests.server.crash.facts import same_as_batch
from tests.server.scoring.live_store import LiveStore

from tamis.server.assemble import assemble
from tamis.server.store.tables import scoring

PLACE = "score_history"
"""What is written last: whoever fails here has done everything else."""


@pytest.fixture
def store(store_url: str) -> Iterator[LiveStore]:
    """A server that has not written anything yet."""
    made = at_work(store_url)
    yield made
    made.assembled.close()


def refuse(store: LiveStore) -> None:
    """Make the database refuse what is written last."""
    said = f"ALTER TABLE {PLACE} ADD CONSTRAINT refused CHECK (entry < 0) NOT VALID"
    if store.database.is_sqlite:
        said = (
            f"CREATE TRIGGER refused BEFORE INSERT ON {PLACE} BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with store.database.write() as connection:
        connection.execute(text(said))


def allow(store: LiveStore) -> None:
    """Take it back."""
    said = f"ALTER TABLE {PLACE} DROP CONSTRAINT refused"
    with store.database.write() as connection:
        connection.execute(text("DROP TRIGGER refused" if store.database.is_sqlite else said))


def test_what_a_server_remembers_of_a_transaction_that_was_undone(
    store: LiveStore, tmp_path: Path
) -> None:
    refuse(store)
    for _ in range(2):
        with pytest.raises(DatabaseError):
            send(store, "a", 50)
    allow(store)
    send(store, "a", 200)
    with store.database.read() as connection:
        known = set(connection.execute(select(scoring.counters.c.counter)).scalars())
        used = set(connection.execute(select(scoring.matches.c.counter)).scalars())
    assert used <= known
    # Another server knows of no more than is in the store.
    again = LiveStore(
        assemble(store.assembled.server.settings, store.clock), store.clock, store.zone
    )
    send(again, "b", 200)
    again.day(TODAY)
    again.assembled.close()
    url = store.database.url.render_as_string(hide_password=False)
    assert same_as_batch(url, tmp_path) > 50
