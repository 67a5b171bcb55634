"""What tests of HubSpot begin with: a map, a target, messages."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from tests.server.conftest import NOW
from tests.server.delivery.hubspot.fake import TOKEN, FakeHubSpot
from tests.server.delivery.receiver import LOOPBACK

from tamis.model.document import Problems
from tamis.server.clock import SetClock, micros
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.crm.field_map import FieldMap, read_map
from tamis.server.delivery.crm.reading import Reading
from tamis.server.delivery.message import Message
from tamis.server.delivery.targets.hubspot import LAYOUT
from tamis.server.delivery.targets.hubspot.client import HubSpotClient
from tamis.server.delivery.targets.hubspot.target import HubSpotTarget
from tamis.server.server import Server

ENTRIES = count(1)
MAP = """
tamis_map: 1
crm: hubspot
people: {ada: "9001"}
audiences: {hot: "17"}
objects:
  contacts:
    read:
      email: email
      job_title: jobtitle
      seats: tamis_seats
      account_id: associatedcompanyid
      owner: hubspot_owner_id
    write:
      score: tamis_score
      cell: tamis_cell
      status: tamis_status
      reasons: tamis_reasons
      actions: tamis_actions
  companies:
    read: {name: name, employees: numberofemployees}
    write: {score: tamis_score}
"""
CREATING = MAP.replace(
    "    write:\n      score", "    create: {first_name: firstname}\n    write:\n      score"
)
OWN_ID = CREATING.replace("  contacts:\n", "  contacts:\n    id: tamis_lead_id\n")
READ = """
tamis_map: 1
crm: hubspot
objects:
  contacts:
    read: {email: email}
"""


def fields(fake: FakeHubSpot) -> None:
    """Make the fields that the map names."""
    fake.property("contacts", "tamis_score", "number")
    fake.property("companies", "tamis_score", "number")
    for name in ("tamis_cell", "tamis_status", "tamis_reasons", "tamis_actions", "tamis_seats"):
        fake.property("contacts", name, "string")
    fake.property("contacts", "tamis_lead_id", "string", unique=True)
    fake.lists["17"] = set()


def map_of(text: str) -> FieldMap:
    problems = Problems()
    found = read_map(text, "hubspot.yaml", LAYOUT, problems)
    assert not problems.found
    assert found is not None
    return found


def client(fake: FakeHubSpot, token: str = TOKEN) -> HubSpotClient:
    return HubSpotClient(Secret(token), Guard(LOOPBACK), SetClock(NOW), fake.address)


def target(fake: FakeHubSpot, text: str = MAP, token: str = TOKEN) -> HubSpotTarget:
    made = client(fake, token)
    give: Callable[[], HubSpotClient] = lambda: made  # noqa: E731
    return HubSpotTarget(give, map_of(text), 5)


def reading(server: Server, fake: FakeHubSpot, text: str = MAP, reader: str = "one") -> Reading:
    there = target(fake, text)
    return Reading(server, "crm", there.map, there.source(), reader)


def message(kind: str = "score.changed", **payload: Any) -> Message:
    """A message of a lead of its own."""
    entry = next(ENTRIES)
    return Message(entry, "crm", kind, entry, payload, f"msg_{entry}", micros(NOW))
