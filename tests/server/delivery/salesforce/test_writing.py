"""Records of Salesforce are told what is known; hand-offs are tasks, audiences campaigns."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.delivery.crm.service import Answered
from tests.server.delivery.salesforce.at_hand import ADA, MAP, client, map_of, message, target
from tests.server.delivery.salesforce.fake import KEY, SECRET, FakeSalesforce, limited

from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.crm.faults import RefusedError
from tamis.server.delivery.message import Refused, Retry, Sent
from tamis.server.delivery.targets.salesforce.client import SalesforceClient
from tamis.server.delivery.targets.salesforce.soql import query
from tamis.server.delivery.targets.salesforce.target import SalesforceTarget

CAMPAIGN = "L'été à l'\"Olympia\""
TOLD = {
    "score": 64.5, "cell": "A3", "status": "mql", "reasons": ["asked for a demo: +35", "CTO: +30"],
    "actions": [{"at": "2026-11-22T08:31:12.000Z", "what": "demo_request"}],
}  # fmt: skip


def record(there: FakeSalesforce, id_: str) -> dict[str, Any]:
    return next(records[id_] for records in there.objects.values() if id_ in records)


def test_a_lead_is_told_what_is_known_of_it(there: FakeSalesforce) -> None:
    lead = there.put("Lead", Email="leo@example.org", Title="CTO")
    sent = target(there).send(message(lead_id="u-17", email="Leo@example.org", **TOLD))
    assert sent == Sent()
    told = record(there, lead)
    assert told["Tamis_Score__c"] == 64.5
    assert told["Tamis_Cell__c"] == "A3"
    assert told["Tamis_Status__c"] == "mql"
    assert told["Tamis_Reasons__c"] == "asked for a demo: +35\nCTO: +30"
    assert told["Tamis_Actions__c"] == "2026-11-22 08:31 demo_request"
    assert (told["Title"], told["Tamis_Lead_Id__c"]) == ("CTO", "u-17")


def test_a_contact_goes_before_a_lead_and_a_converted_lead_is_none(there: FakeSalesforce) -> None:
    lead = there.put("Lead", Email="leo@example.org")
    contact = there.put("Contact", Email="leo@example.org")
    converted = there.put("Lead", Email="ada@example.org", IsConverted=True)
    crm = target(there)
    assert crm.send(message(email="leo@example.org", score=5)) == Sent()
    assert record(there, contact)["Tamis_Score__c"] == 5
    assert record(there, lead).get("Tamis_Score__c") is None
    result = crm.send(message(lead_id="u-1", email="ada@example.org", score=5))
    assert result == Refused("a new Lead needs last_name, company, which is not known")
    assert record(there, converted).get("Tamis_Score__c") is None


def test_a_lead_that_salesforce_alone_knows_is_found_by_its_id_there(there: FakeSalesforce) -> None:
    lead = there.put("Lead", Title="CTO")
    assert target(there).send(message(lead_id=lead, score=10)) == Sent()
    assert record(there, lead)["Tamis_Score__c"] == 10


def test_two_hundred_records_are_one_batch(there: FakeSalesforce) -> None:
    some = []
    for number in range(200):
        there.put("Lead", Email=f"{number}@example.org")
        some.append(message(lead_id=f"u-{number}", email=f"{number}@example.org", score=number))
    assert target(there).send_many(some) == [Sent()] * 200
    assert len(there.paths("PATCH", "composite/sobjects")) == 1
    assert [one["Tamis_Score__c"] for one in there.objects["Lead"].values()] == [*range(200)]


def test_a_new_lead_is_made_once_by_our_id(there: FakeSalesforce) -> None:
    told = {"lead_id": "u-1", "email": "i@b.org", "last_name": "O'Hara", "company": "Acme"}
    crm = target(there)
    assert crm.send(message(**told, score=1)) == Sent()
    # Its address was set right here since; it is the same lead there.
    assert crm.send(message(**{**told, "email": "ines@b.org"}, score=2)) == Sent()
    (made,) = there.objects["Lead"].values()
    assert (made["LastName"], made["Company"], made["Tamis_Score__c"]) == ("O'Hara", "Acme", 2)


def test_no_record_is_made_unless_the_map_says_so(there: FakeSalesforce) -> None:
    text = MAP.replace("    create: {last_name: LastName, company: Company, email: Email}\n", "")
    result = target(there, text).send(message(lead_id="u-1", email="i@b.org", score=1))
    assert isinstance(result, Refused)
    assert "no `create`" in result.reason
    assert there.objects["Lead"] == {}


def test_of_a_batch_the_failed_ones_are_told_and_the_rest_are_in(there: FakeSalesforce) -> None:
    some = []
    for number in range(4):
        there.put("Lead", Email=f"{number}@example.org")
        cell = "A" * 200 if number == 2 else "A3"
        some.append(message(lead_id=f"u-{number}", email=f"{number}@example.org", cell=cell))
    results = target(there).send_many(some)
    bad = Refused("Salesforce: STRING_TOO_LONG of `Tamis_Cell__c`")
    assert results == [Sent(), Sent(), bad, Sent()]
    told = [one.get("Tamis_Cell__c") for one in there.objects["Lead"].values()]
    assert told == ["A3", "A3", None, "A3"]


def test_a_record_that_is_locked_is_tried_again(there: FakeSalesforce) -> None:
    there.put("Lead", Email="leo@example.org")
    locked = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain", "fields": []}
    update = there._update
    there._update = lambda _: {"success": False, "errors": [locked]}  # type: ignore[method-assign]
    crm = target(there)
    assert crm.send(message(email="leo@example.org", score=1)) == Retry(
        "Salesforce: UNABLE_TO_LOCK_ROW"
    )
    there._update = update  # type: ignore[method-assign]
    assert crm.send(message(email="leo@example.org", score=1)) == Sent()


def test_an_account_is_told_the_score_that_its_leads_make(there: FakeSalesforce) -> None:
    account = there.put("Account", Name="Acme")
    there.put("Lead", Email="leo@example.org")
    told = {"account_id": account, "score": 71}
    assert target(there).send(message(email="leo@example.org", score=1, account=told)) == Sent()
    assert record(there, account)["Tamis_Score__c"] == 71


# -------------------------------------------------------------------- names that people write


@pytest.mark.parametrize(
    "email", ["o'hara@example.org", "back\\slash@example.org", "' OR Email != '@example.org"]
)
def test_a_quote_in_an_address_is_no_part_of_the_query(there: FakeSalesforce, email: str) -> None:
    other = there.put("Lead", Email="other@example.org")
    lead = there.put("Lead", Email=email)
    assert target(there).send(message(email=email, score=7)) == Sent()
    assert record(there, lead)["Tamis_Score__c"] == 7
    assert record(there, other).get("Tamis_Score__c") is None


def test_the_fake_refuses_a_quote_that_is_not_escaped(there: FakeSalesforce) -> None:
    with pytest.raises(RefusedError, match="MALFORMED_QUERY"):
        client(there).query("SELECT Id FROM Lead WHERE Email = 'o'hara@example.org'")


def test_names_in_a_query_are_names() -> None:
    with pytest.raises(ValueError, match="is no name"):
        query(["Id", "Name FROM User"], "Lead", "Id = {}", "x")
    asked = query(["Id"], "Campaign", "Name = {}", CAMPAIGN)
    assert asked == "SELECT Id FROM Campaign WHERE Name = 'L\\'été à l\\'\\\"Olympia\\\"'"


# -------------------------------------------------------------------- hand-offs


def test_a_hand_off_is_a_task_of_its_owner_once(there: FakeSalesforce) -> None:
    lead = there.put("Lead", Email="leo@example.org")
    told = {
        "email": "leo@example.org", "name": "Leo O'Hara", "play": "call_first", "owner": "ada",
        "due_at": "2026-11-23T16:00:00.000Z", "note": "Asked for a demo.", "handoff": 17,
    }  # fmt: skip
    crm = target(there)
    assert crm.send(message("handoff.assigned", **told)) == Sent()
    assert crm.send(message("handoff.assigned", **{**told, "owner": "leo"})) == Sent()
    (task,) = there.objects["Task"].values()
    told_there = {name: task[name] for name in ("Subject", "Description", "WhoId", "OwnerId")}
    assert told_there == {
        "Subject": "call_first - Leo O'Hara", "Description": "Asked for a demo.",
        "WhoId": lead, "OwnerId": ADA,
    }  # fmt: skip
    assert (task["ActivityDate"], task["Status"]) == ("2026-11-23", "Not Started")
    assert (task["Priority"], task["Tamis_Id__c"]) == ("High", "handoff-17")


def test_a_message_that_is_sent_again_makes_no_second_task(there: FakeSalesforce) -> None:
    there.put("Lead", Email="leo@example.org")
    again = message("handoff.assigned", email="leo@example.org", reasons=["CTO: +30"])
    assert [target(there).send(again) for _ in range(2)] == [Sent(), Sent()]
    (task,) = there.objects["Task"].values()
    assert (task["Tamis_Id__c"], task["Description"]) == (again.key, "CTO: +30")


def test_a_hand_off_of_a_lead_that_is_not_there_is_refused(there: FakeSalesforce) -> None:
    result = target(there).send(message("handoff.assigned", email="nobody@example.org"))
    assert result == Refused("Salesforce has no record of this lead")


# -------------------------------------------------------------------- campaigns


def test_an_audience_is_the_members_of_a_campaign(there: FakeSalesforce) -> None:
    campaign = there.put("Campaign", Name=CAMPAIGN)
    there.put("Campaign", Name="another")
    lead = there.put("Lead", Email="leo@example.org")
    contact = there.put("Contact", Email="ada@example.org")
    crm = target(there)
    for kind, email in (
        ("audience.added", "leo@example.org"),
        ("audience.added", "ada@example.org"),
        ("audience.added", "ada@example.org"),
        ("audience.removed", "leo@example.org"),
        ("audience.removed", "leo@example.org"),
        ("audience.removed", "nobody@example.org"),
    ):
        assert crm.send(message(kind, audience="hot", email=email)) == Sent()
    (member,) = there.objects["CampaignMember"].values()
    assert (member["CampaignId"], member["ContactId"]) == (campaign, contact)
    assert member.get("LeadId") != lead


def test_who_became_a_member_meanwhile_is_one(there: FakeSalesforce) -> None:
    campaign = there.put("Campaign", Name=CAMPAIGN)
    lead = there.put("Lead", Email="leo@example.org")
    there.put("CampaignMember", CampaignId=campaign, LeadId=lead)
    # Not found when it was looked for: somebody else is adding it.
    answer = there._query
    hidden = {"totalSize": 0, "done": True, "records": []}
    there._query = lambda soql: (  # type: ignore[method-assign]
        Answered(200, hidden) if "CampaignMember" in soql else answer(soql)
    )
    added = message("audience.added", audience="hot", email="leo@example.org")
    assert target(there).send(added) == Sent()
    assert len(there.objects["CampaignMember"]) == 1


def test_a_campaign_must_be_there_once(there: FakeSalesforce) -> None:
    there.put("Lead", Email="leo@example.org")
    added = message("audience.added", audience="hot", email="leo@example.org")
    absent = Refused(f"no campaign has the name `{CAMPAIGN}` in Salesforce")
    assert target(there).send(added) == absent
    there.put("Campaign", Name=CAMPAIGN)
    there.put("Campaign", Name=CAMPAIGN)
    twice = Refused(f"more than one campaign has the name `{CAMPAIGN}` in Salesforce")
    assert target(there).send(added) == twice
    cold = message("audience.added", audience="cold", email="leo@example.org")
    assert target(there).send(cold) == Refused("the field map names no campaign for this audience")


# -------------------------------------------------------------------- not now


@pytest.mark.parametrize(
    ("answer", "after", "rest"),
    [
        (limited(), 900.0, True),
        (limited(403), 900.0, True),
        (Answered(503, None), 900.0, True),
        (Answered(500, [{"errorCode": "UNKNOWN_EXCEPTION", "message": "x"}]), None, False),
        (Answered(403, [{"errorCode": "INSUFFICIENT_ACCESS", "message": "x"}]), None, False),
    ],
)
def test_what_passes_is_tried_again_and_limits_are_kept(
    there: FakeSalesforce, answer: Answered, after: float | None, rest: bool
) -> None:
    there.put("Lead", Email="leo@example.org")
    crm = target(there)
    assert crm.send(message("test")) == Sent()
    there.instead.append(answer)
    result = crm.send(message(email="leo@example.org", score=1))
    assert isinstance(result, Retry)
    assert (result.after, result.rest) == (after, rest)
    assert crm.send(message(email="leo@example.org", score=1)) == Sent()


def test_a_session_that_has_ended_is_renewed(there: FakeSalesforce) -> None:
    lead = there.put("Lead", Email="leo@example.org")
    crm = target(there)
    assert crm.send(message("test")) == Sent()
    for score in (1, 2):
        there.expire()
        assert crm.send(message(email="leo@example.org", score=score)) == Sent()
    assert record(there, lead)["Tamis_Score__c"] == 2
    assert there.logins == 3


def test_who_is_not_let_in_is_told_and_tried_again(there: FakeSalesforce) -> None:
    result = target(there, secret="another").send(message("test"))
    said = "Salesforce lets nobody in by this key and secret (invalid_client)"
    assert result == Retry(said)


def test_a_broken_connection_is_tried_again(there: FakeSalesforce) -> None:
    there.dies_after = 0
    result = target(there).send(message("test"))
    assert isinstance(result, Retry)
    assert "did not answer" in result.reason


def test_an_address_within_our_own_network_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever a name server says that Salesforce is at."""

    def resolved(_host: str, port: int, **_: object) -> list[Any]:
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr("tamis.server.delivery.addresses.socket.getaddrinfo", resolved)
    guarded = SalesforceClient("acme.my", Secret(KEY), Secret(SECRET), Guard())
    result = SalesforceTarget(lambda: guarded, map_of(MAP), 5).send(message("test"))
    assert isinstance(result, Retry)
    assert "`acme.my.salesforce.com` is at 127.0.0.1" in result.reason
    assert "TAMIS_PRIVATE_TARGETS" in result.reason
