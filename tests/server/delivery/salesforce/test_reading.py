"""Salesforce is read into the store: what changed, whole, once, whatever comes between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.server.delivery.crm import store as stored
from tests.server.delivery.crm.service import Answered, Asked
from tests.server.delivery.salesforce.at_hand import ADA, MAP, READ, client, map_of, reading
from tests.server.delivery.salesforce.fake import FakeSalesforce, limited
from tests.server.scoring.live_store import LiveStore

from tamis.server.delivery.crm.reading import Reading
from tamis.server.delivery.targets.salesforce.source import SalesforceSource

IMPORTED = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[LiveStore]:
    made = stored.store_at_noon(sqlite_url)
    yield made
    made.assembled.close()


@pytest.fixture
def either(store_url: str) -> Iterator[LiveStore]:
    made = stored.store_at_noon(store_url)
    yield made
    made.assembled.close()


def test_leads_contacts_and_accounts_are_read(either: LiveStore, there: FakeSalesforce) -> None:
    account = there.put("Account", Name="North Sails", NumberOfEmployees=120)
    lead = there.put("Lead", Email="Leo@Example.org", Title="CTO", OwnerId=ADA)
    contact = there.put("Contact", Email="ada@example.org", Title="CEO", AccountId=account)
    done = reading(either.assembled.server, there).read()
    assert (done.taken, done.quarantined, done.wait) == (3, 0, None)
    assert stored.leads(either) == {
        "leo@example.org": {
            "email": "Leo@Example.org", "job_title": "CTO", "owner": "ada",
            "salesforce_lead_id": lead,
        },
        "ada@example.org": {
            "email": "ada@example.org", "job_title": "CEO", "account_id": account,
            "salesforce_contact_id": contact,
        },
    }  # fmt: skip
    assert stored.accounts(either) == {
        account: {"name": "North Sails", "employees": 120, "salesforce_account_id": account}
    }


def test_our_id_goes_before_the_address_and_that_before_salesforces(
    store: LiveStore, there: FakeSalesforce
) -> None:
    there.put("Lead", Email="leo@example.org", Tamis_Lead_Id__c="u-17")
    nobody = there.put("Lead", Title="CTO")
    reading(store.assembled.server, there).read()
    assert set(stored.leads(store)) == {"u-17", nobody}


def test_a_converted_lead_is_the_contact_that_it_became(
    store: LiveStore, there: FakeSalesforce
) -> None:
    lead = there.put("Lead", Email="leo@example.org", Title="CTO")
    reader = reading(store.assembled.server, there)
    reader.read()
    contact = there.put("Contact", Email="leo@example.org", Title="CEO")
    there.change("Lead", lead, IsConverted=True, ConvertedContactId=contact)
    reader.read()
    leo = stored.leads(store)["leo@example.org"]
    assert (leo["salesforce_lead_id"], leo["salesforce_contact_id"]) == (lead, contact)
    assert leo["job_title"] == "CEO"


def test_a_converted_lead_is_its_contact_also_by_another_address(
    store: LiveStore, there: FakeSalesforce
) -> None:
    lead = there.put("Lead", Email="leo@example.org")
    contact = there.put("Contact", Email="leo@elsewhere.org", Title="CEO")
    there.change("Lead", lead, IsConverted=True, ConvertedContactId=contact)
    reading(store.assembled.server, there).read()
    (leo,) = stored.leads(store).values()
    assert (leo["salesforce_lead_id"], leo["salesforce_contact_id"]) == (lead, contact)


def test_only_what_changed_is_read_again(store: LiveStore, there: FakeSalesforce) -> None:
    ada = there.put("Lead", Email="ada@example.org", Title="CTO")
    there.put("Lead", Email="leo@example.org")
    reader = reading(store.assembled.server, there)
    assert [reader.read().taken, reader.read().taken] == [2, 0]
    there.change("Lead", ada, Title="CEO")
    assert reader.read().taken == 1
    assert stored.leads(store)["ada@example.org"]["job_title"] == "CEO"


def test_a_record_that_appears_late_is_read(store: LiveStore, there: FakeSalesforce) -> None:
    there.put("Lead", stored.NOON - timedelta(seconds=10), Email="ada@example.org")
    reader = reading(store.assembled.server, there)
    reader.read()
    # A long transaction over there ends now; its records bear the time at which they were written.
    there.put("Lead", stored.NOON - timedelta(seconds=40), Email="late@example.org")
    assert reader.read().taken == 1


def test_what_cannot_be_taken_is_put_aside_once(store: LiveStore, there: FakeSalesforce) -> None:
    there.put("Lead", Email="ada@example.org", Seats__c="many")
    there.put("Lead", Email="leo@example.org", Seats__c="5")
    reader = reading(store.assembled.server, there)
    done = reader.read()
    assert (done.taken, done.quarantined, reader.read().quarantined) == (1, 1, 0)
    assert [code for code, _ in stored.put_aside(store)] == ["wrong-type"]


def emails(there: FakeSalesforce, number: int) -> set[str]:
    """Make leads, those of one import with the same time."""
    found = {f"{one}@example.org" for one in range(number)}
    for email in sorted(found):
        there.put("Lead", IMPORTED, Email=email)
    return found


def test_a_reading_that_is_cut_short_goes_on_without_loss_or_doubling(
    either: LiveStore, there: FakeSalesforce
) -> None:
    """Between two pages the connection breaks, and the locator of the query is no more."""
    wanted, there.page = emails(there, 700), 150
    reader = reading(either.assembled.server, there, READ)
    there.dies_after = 4
    cut = reader.read()
    assert cut.wait is not None
    assert len(stored.leads(either)) == 450
    there.dies_after = None
    there.locators.clear()
    done = reader.read()
    assert (done.taken, done.wait) == (250, None)
    assert set(stored.leads(either)) == wanted
    # A value for each field of each lead: nothing was written twice.
    assert stored.values(either) == 2 * 700


class DiesError(Exception):
    """The process is gone."""


class DyingReading(Reading):
    """Dies when a page is in the store, before the place behind it is written down."""

    def _write_down(self, *_: object) -> None:
        raise DiesError


def test_a_page_that_is_read_again_says_the_same_again(
    either: LiveStore, there: FakeSalesforce
) -> None:
    wanted, there.page = emails(there, 200), 150
    server = either.assembled.server
    with pytest.raises(DiesError):
        DyingReading(server, "crm", map_of(READ), SalesforceSource(client(there)), "one").read()
    assert len(stored.leads(either)) == 150
    reading(server, there, READ).read()
    assert set(stored.leads(either)) == wanted
    assert stored.values(either) == 2 * 200


def test_a_session_that_ends_between_two_pages_is_renewed(
    store: LiveStore, there: FakeSalesforce
) -> None:
    wanted, there.page = emails(there, 300), 100
    answer = there.answer

    def ending(asked: Asked) -> Answered:
        if "/query/" in asked.path and there.logins == 1:
            there.expire()
        return answer(asked)

    there.answer = ending  # type: ignore[method-assign]
    assert reading(store.assembled.server, there, READ).read().wait is None
    assert there.logins == 2
    assert set(stored.leads(store)) == wanted


@pytest.mark.parametrize("status", [503, 403])
def test_used_up_requests_end_the_reading_until_there_are_more(
    store: LiveStore, there: FakeSalesforce, status: int
) -> None:
    wanted, there.page = emails(there, 300), 100
    reader = reading(store.assembled.server, there, READ)
    there.dies_after = 3
    reader.read()
    there.dies_after = None
    there.instead.append(limited(status))
    done = reader.read()
    assert done.wait == 900
    assert done.reason == f"Salesforce answered {status}: REQUEST_LIMIT_EXCEEDED"
    assert reader.read().wait is None
    assert set(stored.leads(store)) == wanted


def test_the_last_requests_of_a_day_are_left_to_others(
    store: LiveStore, there: FakeSalesforce
) -> None:
    emails(there, 300)
    there.page, there.limit = 100, (13_499, 15_000)
    done = reading(store.assembled.server, there, READ).read()
    assert done.wait == 900
    assert "13501 of 15000 requests are used" in done.reason
    assert 0 < len(stored.leads(store)) < 300


def test_who_is_not_let_in_is_told_without_the_secret(
    store: LiveStore, there: FakeSalesforce
) -> None:
    source = SalesforceSource(client(there, "another-secret"))
    done = Reading(store.assembled.server, "crm", map_of(MAP), source, "one").read()
    assert done.wait is not None
    assert done.reason == "Salesforce lets nobody in by this key and secret (invalid_client)"
