"""Contacts of HubSpot are told what is known of their leads; who fails, fails alone."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from tests.server.delivery.crm.service import Answered
from tests.server.delivery.hubspot.at_hand import CREATING, MAP, OWN_ID, map_of, message, target
from tests.server.delivery.hubspot.fake import FakeHubSpot, limited

from tamis.server.clock import SystemClock
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.crm.together import Together
from tamis.server.delivery.message import Message, Refused, Result, Retry, Sent
from tamis.server.delivery.targets.hubspot.client import HubSpotClient
from tamis.server.delivery.targets.hubspot.target import HubSpotTarget

TOLD = {
    "score": 64.5, "cell": "A3", "status": "mql", "reasons": ["asked for a demo: +35", "CTO: +30"],
    "actions": [
        {"at": "2026-11-22T08:31:12.000Z", "what": "demo_request"},
        {"at": "2026-11-21T17:02:00.000Z", "what": "page_view"},
    ],
}  # fmt: skip


def contact(there: FakeHubSpot, id_: str) -> dict[str, str | None]:
    return there.objects["contacts"][id_]


def test_a_contact_is_told_what_is_known_of_its_lead(there: FakeHubSpot) -> None:
    ada = there.put("contacts", email="ada@example.org", jobtitle="CTO", tamis_cell="B1")
    sent = target(there).send(message(lead_id="u-17", email="Ada@example.org", **TOLD))
    assert sent == Sent()
    told = contact(there, ada)
    assert told["tamis_score"] == "64.5"
    assert told["tamis_cell"] == "A3"
    assert told["tamis_status"] == "mql"
    assert told["tamis_reasons"] == "asked for a demo: +35\nCTO: +30"
    assert told["tamis_actions"] == "2026-11-22 08:31 demo_request\n2026-11-21 17:02 page_view"
    assert told["jobtitle"] == "CTO"


def test_what_a_message_does_not_speak_of_stays_and_null_empties(there: FakeHubSpot) -> None:
    ada = there.put("contacts", email="ada@example.org", tamis_cell="B1", tamis_score="12")
    target(there).send(message("status.changed", email="ada@example.org", status="sql"))
    assert (contact(there, ada)["tamis_cell"], contact(there, ada)["tamis_status"]) == ("B1", "sql")
    target(there).send(message(email="ada@example.org", score=None))
    assert contact(there, ada)["tamis_score"] is None


def test_a_lead_that_was_read_without_an_address_is_found_by_its_number(
    there: FakeHubSpot,
) -> None:
    nobody = there.put("contacts", jobtitle="CTO")
    assert target(there).send(message(lead_id=f"hubspot:{nobody}", score=10)) == Sent()
    assert contact(there, nobody)["tamis_score"] == "10"


def test_a_hundred_contacts_are_one_batch(there: FakeHubSpot) -> None:
    some = []
    for number in range(100):
        there.put("contacts", email=f"{number}@example.org")
        some.append(message(email=f"{number}@example.org", score=number))
    assert target(there).send_many(some) == [Sent()] * 100
    assert len(there.asked) == 2
    assert sorted(float(one["tamis_score"]) for one in there.objects["contacts"].values()) == [
        *range(100)
    ]


def test_an_account_is_told_the_score_that_its_leads_make(there: FakeHubSpot) -> None:
    company = there.put("companies", name="North Sails")
    there.put("contacts", email="ada@example.org")
    account = {"account_id": company, "score": 71, "leads": 3}
    assert target(there).send(message(email="ada@example.org", score=9, account=account)) == Sent()
    assert there.objects["companies"][company]["tamis_score"] == "71"


def test_a_company_is_known_by_our_id_where_the_map_has_one(there: FakeHubSpot) -> None:
    there.property("companies", "tamis_account_id", "string", unique=True)
    company = there.put("companies", name="North Sails", tamis_account_id="north-sails")
    there.put("contacts", email="ada@example.org")
    text = MAP.replace("  companies:\n", "  companies:\n    id: tamis_account_id\n")
    for account in ("north-sails", "nowhere"):
        told = {"account_id": account, "score": 71}
        assert target(there, text).send(message(email="ada@example.org", account=told)) == Sent()
    assert there.objects["companies"][company]["tamis_score"] == "71"


# -------------------------------------------------------------------- who is not there


def test_no_contact_is_made_unless_the_map_says_so(there: FakeHubSpot) -> None:
    (result,) = target(there).send_many([message(lead_id="u-1", email="new@example.org", score=1)])
    assert isinstance(result, Refused)
    assert "no `create`" in result.reason
    assert there.objects["contacts"] == {}


def test_a_contact_is_made_once_with_what_the_map_gives_it(there: FakeHubSpot) -> None:
    told = {"lead_id": "u-1", "email": "new@example.org", "first_name": "Ines"}
    for score in (1, 2):
        assert target(there, CREATING).send(message(**told, score=score)) == Sent()
    (made,) = there.objects["contacts"].values()
    assert (made["email"], made["firstname"], made["tamis_score"]) == (
        "new@example.org",
        "Ines",
        "2",
    )


def test_a_new_contact_without_what_it_needs_is_refused(there: FakeHubSpot) -> None:
    result = target(there, CREATING).send(message(email="new@example.org", score=1))
    assert result == Refused("a new contact needs first_name, which is not known")


def test_a_contact_learns_our_id_and_is_known_by_it_ever_after(there: FakeHubSpot) -> None:
    ada = there.put("contacts", email="ada@example.org")
    own = target(there, OWN_ID)
    own.send(message(lead_id="u-17", email="ada@example.org", score=1))
    assert contact(there, ada)["tamis_lead_id"] == "u-17"
    there.change("contacts", ada, email="ada@elsewhere.org")
    own.send(message(lead_id="u-17", email="ada@example.org", score=2))
    assert contact(there, ada)["tamis_score"] == "2"
    assert len(there.objects["contacts"]) == 1


# -------------------------------------------------------------------- some fail


def test_of_a_batch_that_is_refused_whole_the_good_ones_are_in(there: FakeHubSpot) -> None:
    """One value that HubSpot does not take has it refuse the other 49."""
    there.property("contacts", "tamis_status", "enumeration", options=["mql", "sql"])
    some = []
    for number in range(50):
        there.put("contacts", email=f"{number}@example.org")
        status = "unheard of" if number in (7, 31) else "mql"
        some.append(message(email=f"{number}@example.org", status=status))
    results = target(there).send_many(some)
    bad = Refused("HubSpot answered 400: INVALID_OPTION of `tamis_status`")
    assert results == [bad if n in (7, 31) else Sent() for n in range(50)]
    told = [
        one["tamis_status"] for one in there.objects["contacts"].values() if "tamis_status" in one
    ]
    assert told == ["mql"] * 48


def test_of_a_batch_that_fails_in_part_the_failed_ones_are_told(there: FakeHubSpot) -> None:
    by_id = [
        f"hubspot:{there.put('contacts')}",
        "hubspot:999999",
        f"hubspot:{there.put('contacts')}",
    ]
    results = target(there).send_many([message(lead_id=one, score=5) for one in by_id])
    assert results == [Sent(), Refused("HubSpot: OBJECT_NOT_FOUND"), Sent()]


def test_a_new_contact_that_is_refused_is_told_and_the_others_are_made(there: FakeHubSpot) -> None:
    some = [
        message(lead_id=f"u-{n}", first_name="A", score="many" if n == 1 else n) for n in range(3)
    ]
    results = target(there, OWN_ID).send_many(some)
    assert results == [Sent(), Refused("HubSpot: INVALID_LONG of `tamis_score`"), Sent()]
    assert {one["tamis_lead_id"] for one in there.objects["contacts"].values()} == {"u-0", "u-2"}


def test_reasons_hold_nothing_of_a_person(there: FakeHubSpot) -> None:
    told = {"email": "not.an.address", "first_name": "Ines", "score": 1}
    result = target(there, CREATING).send(message(**told))
    assert result == Refused("HubSpot answered 400: INVALID_EMAIL of `email`")


# -------------------------------------------------------------------- not now


@pytest.mark.parametrize(
    ("answer", "after", "rest"),
    [
        (limited("TEN_SECONDLY_ROLLING", 7), 7.0, True),
        (limited("DAILY"), 3600.0, True),
        (Answered(503, {}, {"Retry-After": "20"}), 20.0, False),
        (Answered(502, {}), None, False),
        (Answered(401, {}), None, False),
        (Answered(302, {}, {"Location": "http://169.254.169.254/"}), None, False),
    ],
)
def test_what_passes_is_tried_again_and_limits_are_kept(
    there: FakeHubSpot, answer: Answered, after: float | None, rest: bool
) -> None:
    there.put("contacts", email="ada@example.org")
    there.instead.append(answer)
    result = target(there).send(message(email="ada@example.org", score=1))
    assert isinstance(result, Retry)
    assert (result.after, result.rest) == (after, rest)
    # A redirect is not followed.
    assert len(there.asked) == 1
    assert target(there).send(message(email="ada@example.org", score=1)) == Sent()


def test_a_broken_connection_is_tried_again(there: FakeHubSpot) -> None:
    there.dies_after = 0
    result = target(there).send(message(email="ada@example.org", score=1))
    assert isinstance(result, Retry)
    assert "did not answer" in result.reason


def test_an_address_within_our_own_network_is_not_connected_to(there: FakeHubSpot) -> None:
    guarded = HubSpotClient(Secret("t"), Guard(), SystemClock(), there.address)
    result = HubSpotTarget(lambda: guarded, map_of(MAP), 5).send(message(email="a@b.org", score=1))
    assert isinstance(result, Retry)
    assert "TAMIS_PRIVATE_TARGETS" in result.reason
    assert there.asked == []


def test_a_test_changes_nothing(there: FakeHubSpot) -> None:
    ada = there.put("contacts", email="ada@example.org")
    before = dict(contact(there, ada))
    assert target(there).send(message("test", email="ada@example.org", score=1)) == Sent()
    assert contact(there, ada) == before


# -------------------------------------------------------------------- lists


def test_an_audience_is_a_list_of_contacts(there: FakeHubSpot) -> None:
    ada, leo = (there.put("contacts", email=f"{one}@example.org") for one in ("ada", "leo"))
    crm = target(there)
    for kind, email in (
        ("audience.added", "ada@example.org"),
        ("audience.added", "leo@example.org"),
        ("audience.added", "leo@example.org"),
        ("audience.removed", "ada@example.org"),
        ("audience.removed", "nobody@example.org"),
    ):
        assert crm.send(message(kind, audience="hot", email=email)) == Sent()
    assert there.lists["17"] == {leo}
    assert ada not in there.lists["17"]


def test_an_audience_needs_a_list_and_a_contact(there: FakeHubSpot) -> None:
    there.put("contacts", email="ada@example.org")
    crm = target(there)
    unnamed = crm.send(message("audience.added", audience="cold", email="ada@example.org"))
    absent = crm.send(message("audience.added", audience="hot", email="nobody@example.org"))
    assert unnamed == Refused("the field map names no list for this audience")
    assert absent == Refused("HubSpot has no contact of this lead")


# -------------------------------------------------------------------- together


def test_messages_that_come_while_a_batch_is_on_its_way_are_the_next_batch() -> None:
    on_its_way, go_on = Event(), Event()
    batches: list[int] = []

    def send_many(some: list[Message]) -> list[Result]:
        batches.append(len(some))
        on_its_way.set()
        assert go_on.wait(10)
        return [Refused(one.kind) for one in some]

    together = Together(send_many, 5)  # type: ignore[arg-type]
    results: dict[int, Result] = {}

    def send(one: Message) -> None:
        results[one.entry] = together.send(one)

    some = [message(f"kind-{number}") for number in range(9)]
    threads = [Thread(target=send, args=(one,)) for one in some]
    threads[0].start()
    assert on_its_way.wait(10)
    for thread in threads[1:]:
        thread.start()
    while len(together._waiting) < 8:
        Event().wait(0.001)
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert batches == [1, 5, 3]
    assert results == {one.entry: Refused(one.kind) for one in some}


def test_a_message_that_waits_too_long_is_tried_again_and_sent_by_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tamis.server.delivery.crm.together.PATIENCE", 0.05)
    on_its_way, go_on = Event(), Event()
    sent: list[str] = []

    def send_many(some: list[Message]) -> list[Result]:
        sent.extend(one.kind for one in some)
        on_its_way.set()
        assert go_on.wait(10)
        return [Sent() for _ in some]

    together = Together(send_many, 5)  # type: ignore[arg-type]
    slow = Thread(target=together.send, args=(message("slow"),))
    slow.start()
    assert on_its_way.wait(10)
    assert together.send(message("waiting")) == Retry("the batch before takes long")
    go_on.set()
    slow.join(10)
    assert sent == ["slow"]


def test_a_batch_that_fails_fails_for_each_of_it() -> None:
    def send_many(_: object) -> list[Result]:
        message = "a defect"
        raise ZeroDivisionError(message)

    with pytest.raises(ZeroDivisionError):
        Together(send_many, 5).send(message())
