"""HubSpot is read into the store: what changed, whole, once, whatever comes between."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.server.delivery.crm import store as stored
from tests.server.delivery.crm.service import Answered, Asked
from tests.server.delivery.hubspot.at_hand import MAP, OWN_ID, READ, client, map_of, reading
from tests.server.delivery.hubspot.fake import FakeHubSpot, limited
from tests.server.scoring.live_store import LiveStore

from tamis.server.delivery.crm.faults import LaterError
from tamis.server.delivery.crm.reading import Page, Place, Reading
from tamis.server.delivery.crm.records import Record
from tamis.server.delivery.targets.hubspot.source import HubSpotSource

IMPORTED = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LiveStore]:
    made = stored.store_at_noon(sqlite_url)
    yield made
    made.assembled.close()


@pytest.fixture(params=["sqlite", "postgres"])
def either(store_url: str) -> Iterator[LiveStore]:
    made = stored.store_at_noon(store_url)
    yield made
    made.assembled.close()


def test_contacts_become_leads_and_companies_accounts(store_url: str, there: FakeHubSpot) -> None:
    store = stored.store_at_noon(store_url)
    company = there.put("companies", name="North Sails", numberofemployees=120)
    ada = there.put(
        "contacts", email="Ada@Example.org", jobtitle="CTO", hubspot_owner_id="9001",
        associatedcompanyid=company,
    )  # fmt: skip
    done = reading(store.assembled.server, there).read()
    assert (done.taken, done.quarantined, done.wait) == (2, 0, None)
    assert stored.leads(store) == {
        "ada@example.org": {
            "email": "Ada@Example.org", "job_title": "CTO", "hubspot_id": ada,
            "account_id": company, "owner": "ada",
        }
    }  # fmt: skip
    wanted = {"name": "North Sails", "employees": 120, "hubspot_id": company}
    assert stored.accounts(store) == {company: wanted}
    assert [row["score"] for row in store.scores()] == [40]
    store.assembled.close()


def test_a_contact_without_an_address_is_a_lead_by_its_number(
    store: LiveStore, there: FakeHubSpot
) -> None:
    nobody = there.put("contacts", jobtitle="CTO")
    there.put("contacts", jobtitle="CEO", tamis_lead_id="u-17")
    reading(store.assembled.server, there, OWN_ID).read()
    assert set(stored.leads(store)) == {f"hubspot:{nobody}", "u-17"}


def test_a_lead_stays_the_same_one_when_its_address_changes(
    either: LiveStore, there: FakeHubSpot
) -> None:
    nobody = there.put("contacts", jobtitle="CTO")
    other = there.put("contacts", email="leo@example.org")
    reader = reading(either.assembled.server, there)
    reader.read()
    assert set(stored.leads(either)) == {f"hubspot:{nobody}", "leo@example.org"}
    there.change("contacts", nobody, email="ada@old.example")
    reader.read()
    there.change("contacts", nobody, email="ada@new.example")
    there.change("contacts", other, jobtitle="CEO")
    reader.read()
    found = stored.leads(either)
    assert len(found) == 2
    ada = next(one for one in found.values() if one["hubspot_id"] == nobody)
    assert (ada["email"], ada["job_title"]) == ("ada@new.example", "CTO")


def test_only_what_changed_is_read_again(store: LiveStore, there: FakeHubSpot) -> None:
    ada = there.put("contacts", email="ada@example.org", jobtitle="CTO")
    there.put("contacts", email="leo@example.org")
    reader = reading(store.assembled.server, there)
    assert reader.read().taken == 2
    assert reader.read().taken == 0
    there.change("contacts", ada, jobtitle="CEO")
    assert reader.read().taken == 1
    assert stored.leads(store)["ada@example.org"]["job_title"] == "CEO"


def test_a_record_that_appears_late_is_read(store: LiveStore, there: FakeHubSpot) -> None:
    now = stored.NOON
    there.put("contacts", now - timedelta(seconds=10), email="ada@example.org")
    reader = reading(store.assembled.server, there)
    reader.read()
    # HubSpot finds by search what changed a little before only now.
    there.put("contacts", now - timedelta(seconds=40), email="late@example.org")
    assert reader.read().taken == 1
    assert set(stored.leads(store)) == {"ada@example.org", "late@example.org"}


def test_an_empty_field_says_nothing_unless_the_map_says_so(
    store: LiveStore, there: FakeHubSpot
) -> None:
    ada = there.put("contacts", email="ada@example.org", jobtitle="CTO")
    reading(store.assembled.server, there).read()
    there.change("contacts", ada, jobtitle="")
    reading(store.assembled.server, there).read()
    assert stored.leads(store)["ada@example.org"]["job_title"] == "CTO"
    there.change("contacts", ada, jobtitle="")
    reading(store.assembled.server, there, f"{MAP}empty: clear\n").read()
    assert "job_title" not in stored.leads(store)["ada@example.org"]


def test_what_cannot_be_taken_is_put_aside_once(store: LiveStore, there: FakeHubSpot) -> None:
    there.put("contacts", email="ada@example.org", tamis_seats="many")
    there.put("contacts", email="leo@example.org", tamis_seats="5")
    reader = reading(store.assembled.server, there)
    done = reader.read()
    assert (done.taken, done.quarantined) == (1, 1)
    reader.read()
    ((code, reason),) = stored.put_aside(store)
    assert code == "wrong-type"
    assert "seats" in reason
    assert set(stored.leads(store)) == {"leo@example.org"}


# -------------------------------------------------------------------- more than a search gives


def pages(source: HubSpotSource) -> Iterator[list[Record]]:
    """Every page of contacts, from the beginning."""
    contacts = map_of(READ).objects["contacts"]
    place: Place | None = source.start(0)
    while place is not None:
        page = source.page(contacts, place)
        yield list(page.records)
        place = page.place


def test_more_records_than_a_search_gives_are_read_each_once(there: FakeHubSpot) -> None:
    """10,000 are the limit; of these 10,600 an import made 10,250 in one millisecond."""
    for number in range(300):
        there.put("contacts", email=f"before-{number}@example.org")
    for number in range(10_250):
        there.put("contacts", IMPORTED, email=f"imported-{number}@example.org")
    for number in range(50):
        at = IMPORTED + timedelta(seconds=number + 1)
        there.put("contacts", at, email=f"after-{number}@example.org")
    found = [one.id for page in pages(HubSpotSource(client(there))) for one in page]
    assert len(found) == len(set(found)) == 10_600
    assert set(found) == set(there.objects["contacts"])


def test_records_that_change_meanwhile_are_not_passed_over(there: FakeHubSpot) -> None:
    """A changed record goes to the end, so that pages by number would leave out its neighbours."""
    ids = [there.put("contacts", email=f"{number}@example.org") for number in range(450)]
    seen: set[str] = set()
    for number, page in enumerate(pages(HubSpotSource(client(there)))):
        seen |= {one.id for one in page}
        if number == 0:
            for id_ in ids[:150]:
                there.change("contacts", id_, jobtitle="CTO")
    assert seen == set(ids)


# -------------------------------------------------------------------- cut short


class DiesError(Exception):
    """The process is gone."""


class DyingReading(Reading):
    """Dies when a page is in the store, before the place behind it is written down."""

    def _write_down(self, *_: object) -> None:
        raise DiesError


def test_a_reading_that_is_cut_short_goes_on_without_loss_or_doubling(
    either: LiveStore, there: FakeHubSpot
) -> None:
    store, server = either, either.assembled.server
    emails = {f"{number}@example.org" for number in range(900)}
    for email in sorted(emails):
        there.put("contacts", email=email, jobtitle="CTO")
    whole = reading(server, there, READ)
    source = HubSpotSource(client(there))
    dying = DyingReading(server, "crm", map_of(READ), source, "one")
    with pytest.raises(DiesError):
        dying.read()
    before = len(stored.leads(store))
    assert 0 < before < 900
    # The connection breaks in the middle, too: what is read so far stays.
    there.dies_after = len(there.asked) + 3
    cut = whole.read()
    assert cut.wait is not None
    assert before < len(stored.leads(store)) < 900
    there.dies_after = None
    asked = len(there.asked)
    assert whole.read().wait is None
    assert set(stored.leads(store)) == emails
    # A value for each field of each contact: nothing was written twice.
    assert stored.values(store) == 2 * 900
    # What was read before the connection broke was not asked for again.
    assert len(there.asked) - asked < 5


def test_a_killed_reading_is_taken_up_by_another_server(store_url: str, there: FakeHubSpot) -> None:
    """A process that reads is killed with SIGKILL while it waits for its fourth page."""
    store = stored.store_at_noon(store_url)
    emails = {f"{number}@example.org" for number in range(900)}
    for email in sorted(emails):
        there.put("contacts", email=email)
    answer = there.answer
    process: subprocess.Popen[bytes] | None = None

    def deadly(asked: Asked) -> Answered:
        if process is not None and len(there.paths("POST", "search")) == 4:
            process.kill()
        return answer(asked)

    there.answer = deadly  # type: ignore[method-assign]
    with there.lock:  # no request is answered before the test knows whom to kill
        command = [sys.executable, "-m", "tests.server.delivery.hubspot.read_once"]
        process = subprocess.Popen([*command, store_url, there.address])
    try:
        assert process.wait(300) == -signal.SIGKILL
    finally:
        process.kill()
        process = None
    left = len(stored.leads(store))
    assert 0 < left < 900
    other = reading(store.assembled.server, there, READ, "two")
    # What the dead one holds runs out.
    assert other.read().taken == 0
    store.clock.pass_by(timedelta(minutes=6))
    assert other.read().taken == 900 - left
    assert set(stored.leads(store)) == emails
    assert stored.values(store) == 2 * 900
    store.assembled.close()


def test_a_server_reads_alone_until_it_is_gone(store: LiveStore, there: FakeHubSpot) -> None:
    server = store.assembled.server
    there.put("contacts", email="ada@example.org")
    dying = DyingReading(server, "crm", map_of(READ), HubSpotSource(client(there)), "one")
    with pytest.raises(DiesError):
        dying.read()
    other = reading(server, there, READ, "two")
    assert other.read().taken == 0
    store.clock.pass_by(timedelta(minutes=6))
    assert other.read().taken == 1


# -------------------------------------------------------------------- limits


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (limited("TEN_SECONDLY_ROLLING", 7), 7.0),
        (limited("TEN_SECONDLY_ROLLING"), 10.0),
        (limited("SECONDLY"), 1.0),
        (limited("DAILY"), 3600.0),
    ],
)
def test_a_limit_ends_the_reading_until_it_is_over(
    store: LiveStore, there: FakeHubSpot, answer: object, wait: float
) -> None:
    for number in range(250):
        there.put("contacts", email=f"{number}@example.org")
    reader = reading(store.assembled.server, there, READ)

    class Source(HubSpotSource):
        def page(self, *args: object) -> Page:
            page = super().page(*args)  # type: ignore[arg-type]
            if not there.instead and len(there.paths("POST", "search")) == 1:
                there.instead.append(answer)  # type: ignore[arg-type]
            return page

    limited_ = Reading(store.assembled.server, "crm", map_of(READ), Source(client(there)), "one")
    done = limited_.read()
    assert done.wait == wait
    assert 0 < done.taken < 250
    assert "HubSpot was asked too much" in done.reason
    assert reader.read().wait is None
    assert len(stored.leads(store)) == 250


def test_a_token_that_is_not_known_is_told_without_it(there: FakeHubSpot) -> None:
    source = HubSpotSource(client(there, "pat-another"))
    with pytest.raises(LaterError) as raised:
        next(pages(source))
    assert "401: look at the token and its scopes" in str(raised.value)
    assert "pat-another" not in str(raised.value)
