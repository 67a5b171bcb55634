"""What tests of Salesforce begin with: a map, a target, messages."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.server.conftest import NOW
from tests.server.delivery.receiver import LOOPBACK
from tests.server.delivery.salesforce.fake import KEY, SECRET, FakeSalesforce

from tamis.model.document import Problems
from tamis.server.clock import micros
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.credentials import Secret
from tamis.server.delivery.crm.field_map import FieldMap, read_map
from tamis.server.delivery.crm.reading import Reading
from tamis.server.delivery.message import Message
from tamis.server.delivery.targets.salesforce import LAYOUT
from tamis.server.delivery.targets.salesforce.client import SalesforceClient
from tamis.server.delivery.targets.salesforce.target import SalesforceTarget
from tamis.server.server import Server

ENTRIES = count(1)
ADA = "0055g00000AbCdEAAX"
WRITE = """\
    write:
      score: Tamis_Score__c
      cell: Tamis_Cell__c
      status: Tamis_Status__c
      reasons: Tamis_Reasons__c
      actions: Tamis_Actions__c
"""
MAP = f"""
tamis_map: 1
crm: salesforce
people: {{ada: {ADA}}}
audiences: {{hot: "L'été à l'\\"Olympia\\""}}
tasks:
  id: Tamis_Id__c
  values: {{Status: Not Started, Priority: High}}
objects:
  Lead:
    id: Tamis_Lead_Id__c
    read: {{email: Email, job_title: Title, seats: Seats__c, owner: OwnerId}}
{WRITE}\
    create: {{last_name: LastName, company: Company, email: Email}}
  Contact:
    read: {{email: Email, job_title: Title, account_id: AccountId}}
{WRITE}\
  Account:
    read: {{name: Name, employees: NumberOfEmployees}}
    write: {{score: Tamis_Score__c}}
"""
READ = """
tamis_map: 1
crm: salesforce
objects:
  Lead:
    read: {email: Email}
"""


def fields(fake: FakeSalesforce) -> None:
    """Make the fields that the map names."""
    for object_ in ("Lead", "Contact"):
        fake.field(object_, "Tamis_Score__c", "double")
        fake.field(object_, "Tamis_Cell__c", "string", length=80)
        fake.field(object_, "Tamis_Status__c", "string", length=80)
        fake.field(object_, "Tamis_Reasons__c", "textarea", length=32_768)
        fake.field(object_, "Tamis_Actions__c", "textarea", length=32_768)
    fake.field("Lead", "Tamis_Lead_Id__c", "string", length=255, external_id=True)
    fake.field("Lead", "Seats__c", "string", length=20)
    fake.field("Account", "Tamis_Score__c", "double")
    fake.field("Task", "Tamis_Id__c", "string", length=80, external_id=True)


def map_of(text: str) -> FieldMap:
    problems = Problems()
    found = read_map(text, "salesforce.yaml", LAYOUT, problems)
    assert not problems.found
    assert found is not None
    return found


def client(fake: FakeSalesforce, secret: str = SECRET) -> SalesforceClient:
    guard = Guard(LOOPBACK)
    return SalesforceClient("acme.my", Secret(KEY), Secret(secret), guard, fake.session())


def target(fake: FakeSalesforce, text: str = MAP, secret: str = SECRET) -> SalesforceTarget:
    made = client(fake, secret)
    return SalesforceTarget(lambda: made, map_of(text), 5)


def reading(server: Server, fake: FakeSalesforce, text: str = MAP, reader: str = "one") -> Reading:
    there = target(fake, text)
    return Reading(server, "crm", there.map, there.source(), reader)


def message(kind: str = "score.changed", **payload: Any) -> Message:
    """A message of a lead of its own."""
    entry = next(ENTRIES)
    return Message(entry, "crm", kind, entry, payload, f"msg_{entry}", micros(NOW))
