"""From the outbox to HubSpot: in order, once, and not while HubSpot asks for rest."""

from __future__ import annotations

from datetime import timedelta

from tests.server.conftest import NOW
from tests.server.delivery.hubspot.at_hand import target
from tests.server.delivery.hubspot.fake import FakeHubSpot, limited
from tests.server.delivery.sending import configured, put, sender, states

from tamis.server.clock import SetClock
from tamis.server.store.database import Database


def test_a_limit_is_kept_and_then_everything_is_told_in_order(
    database: Database, there: FakeHubSpot
) -> None:
    clock = SetClock(NOW)
    ada = there.put("contacts", email="ada@example.org")
    work = sender(database, clock, configured("crm", target(there)))
    for number in range(3):
        told = {"email": "ada@example.org", "status": f"status-{number}"}
        put(database, clock, "crm", number, lead=1, payload=told)
    there.instead.append(limited("TEN_SECONDLY_ROLLING", 7))
    work.work_off()
    asked = len(there.asked)
    clock.pass_by(timedelta(seconds=6))
    work.work_off()
    assert len(there.asked) == asked == 1
    clock.pass_by(timedelta(seconds=2))
    work.work_off()
    assert set(states(database).values()) == {"sent"}
    assert there.objects["contacts"][ada]["tamis_status"] == "status-2"
    wrote = [one.body["inputs"][0] for one in there.paths("POST", "update")]
    assert [one["properties"]["tamis_status"] for one in wrote] == [
        "status-0", "status-1", "status-2",
    ]  # fmt: skip


def test_what_hubspot_never_takes_goes_to_the_dead_letters(
    database: Database, there: FakeHubSpot
) -> None:
    clock = SetClock(NOW)
    work = sender(database, clock, configured("crm", target(there)))
    key = put(database, clock, "crm", 1, lead=1, payload={"email": "nobody@example.org"})
    work.work_off()
    assert states(database)[key] == "dead"
