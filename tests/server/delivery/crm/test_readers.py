"""In the background each CRM is read when it is due, and one that fails holds up no other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from tests.server.delivery.crm import store as stored
from tests.server.delivery.hubspot import at_hand as hubspot
from tests.server.delivery.hubspot.fake import FakeHubSpot, limited
from tests.server.delivery.salesforce import at_hand as salesforce
from tests.server.delivery.salesforce.fake import FakeSalesforce
from tests.server.scoring.live_store import LiveStore

from tamis.server.delivery.configuration import Configured, Targets
from tamis.server.delivery.crm.readers import Readers
from tamis.server.delivery.message import Message, Result, Sent


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LiveStore]:
    made = stored.store_at_noon(sqlite_url)
    yield made
    made.assembled.close()


@pytest.fixture
def first() -> Iterator[FakeHubSpot]:
    fake = FakeHubSpot()
    hubspot.fields(fake)
    with fake.standing():
        yield fake


@pytest.fixture
def second() -> Iterator[FakeSalesforce]:
    fake = FakeSalesforce()
    salesforce.fields(fake)
    with fake.standing():
        yield fake


@dataclass
class Deaf:
    """A target that is not read."""

    kinds: frozenset[str] = field(default_factory=frozenset)

    def send(self, _message: Message) -> Result:
        return Sent()


def readers(store: LiveStore, first: FakeHubSpot, second: FakeSalesforce) -> Readers:
    made = {
        "one": Configured("one", "hubspot", hubspot.target(first)),
        "two": Configured("two", "salesforce", salesforce.target(second)),
        "three": Configured("three", "webhook", Deaf()),
    }
    return Readers(store.assembled.server, Targets(made), "here")


def test_each_is_read_when_it_is_due(
    store: LiveStore, first: FakeHubSpot, second: FakeSalesforce
) -> None:
    work = readers(store, first, second)
    first.put("contacts", email="ada@example.org")
    second.put("Lead", Email="leo@example.org")
    work.read_due()
    assert set(stored.leads(store)) == {"ada@example.org", "leo@example.org"}
    asked = len(first.asked)
    first.put("contacts", email="ines@example.org")
    work.read_due()
    assert len(first.asked) == asked
    store.clock.pass_by(timedelta(minutes=5))
    work.read_due()
    assert "ines@example.org" in stored.leads(store)


def test_one_that_must_wait_or_fails_holds_up_no_other(
    store: LiveStore, first: FakeHubSpot, second: FakeSalesforce
) -> None:
    work = readers(store, first, second)
    first.put("contacts", email="ada@example.org")
    first.instead.append(limited("TEN_SECONDLY_ROLLING", 7))
    # A field of the map that is not there: the query is refused.
    del second.fields["Contact"]["Title"]
    second.put("Lead", Email="leo@example.org")
    work.read_due()
    assert set(stored.leads(store)) == {"leo@example.org"}
    store.clock.pass_by(timedelta(seconds=6))
    work.read_due()
    assert "ada@example.org" not in stored.leads(store)
    store.clock.pass_by(timedelta(seconds=1))
    work.read_due()
    assert "ada@example.org" in stored.leads(store)
    failed = b'tamis_background_failures_total{part="read"}'
    assert failed in store.assembled.server.metrics.text()


def test_a_clock_that_was_set_back_leaves_nothing_unread(
    store: LiveStore, first: FakeHubSpot, second: FakeSalesforce
) -> None:
    work = readers(store, first, second)
    work.read_due()
    store.clock.pass_by(timedelta(days=-1))
    first.put("contacts", email="ada@example.org")
    work.read_due()
    assert "ada@example.org" in stored.leads(store)


def test_the_thread_reads_and_ends(
    store: LiveStore, first: FakeHubSpot, second: FakeSalesforce
) -> None:
    work = readers(store, first, second)
    first.put("contacts", email="ada@example.org")
    work.start()
    assert work.alive
    while not stored.leads(store):
        assert work.alive
    work.stop()
    assert not work.alive
