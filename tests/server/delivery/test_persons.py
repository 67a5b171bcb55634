"""Messages of a lead that proves to be another one, and of a person who is erased."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from tests.server.delivery.receiver import Receiver, Reply
from tests.server.delivery.sending import configured, put, sender, states, webhook
from tests.server.scoring.live_store import LiveStore, live_store

from tamis.server.clock import micros
from tamis.server.ingest.message import Message
from tamis.server.privacy.erase import erase
from tamis.server.store.tables import people

MODEL = """
tamis: 1
name: small
fields: {lead: {email: text}, event: {url: text}}
dimensions: {interest: {rules: [{id: views, event: page_view, points: 3}]}}
score: {sum: [interest]}
"""


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LiveStore]:
    made = live_store(sqlite_url, MODEL, date(2026, 11, 22), "UTC")
    yield made
    made.assembled.close()


def said(store: LiveStore, name: str, kind: str, user: str, previous: str | None = None) -> None:
    at = micros(store.clock.now())
    store.deliver([Message(name, kind, None, at, at, user_id=user, previous_id=previous)])


def leads(store: LiveStore) -> dict[str, int]:
    with store.database.read() as connection:
        rows = connection.execute(select(people.leads.c.lead_id, people.leads.c.lead))
        return {row.lead_id: row.lead for row in rows}


def test_leads_that_prove_one_keep_the_order_of_their_messages(
    store: LiveStore, there: Receiver
) -> None:
    said(store, "m1", "identify", "u1")
    said(store, "m2", "identify", "u2")
    of = leads(store)
    keys = [
        put(store.database, store.clock, "hook", n, lead=of[name])
        for n, name in enumerate(("u1", "u2", "u1", "u2"))
    ]
    said(store, "m3", "alias", "u1", "u2")
    assert len(leads(store)) == 1
    there.answer = lambda _: Reply(500)
    one = sender(
        store.database, store.clock, configured("hook", webhook(there.address, store.clock))
    )
    one.work_off()
    # What was of the other one waits behind the first message, too.
    assert [got.key for got in there.got] == keys[:1]
    there.answer = lambda _: Reply()
    store.clock.pass_by(timedelta(minutes=1))
    one.work_off()
    assert there.keys == keys


def test_of_a_person_who_is_erased_nothing_is_sent_any_more(
    store: LiveStore, there: Receiver
) -> None:
    said(store, "m1", "identify", "u1")
    said(store, "m2", "identify", "u2")
    of = leads(store)
    put(store.database, store.clock, "hook", 1, lead=of["u1"])
    kept = put(store.database, store.clock, "hook", 2, lead=of["u2"])
    erase(store.assembled.server, "u1", "ann")
    assert states(store.database) == {kept: "waiting"}
    hook = configured("hook", webhook(there.address, store.clock))
    sender(store.database, store.clock, hook).work_off()
    assert there.keys == [kept]
