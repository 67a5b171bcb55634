"""The check of a map against Salesforce, and a target made of its part of the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.conftest import NOW
from tests.server.delivery.receiver import LOOPBACK
from tests.server.delivery.salesforce.at_hand import MAP, target
from tests.server.delivery.salesforce.fake import KEY, SECRET, FakeSalesforce

from tamis.errors import SourceError
from tamis.server.clock import SetClock
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.client import HttpClient
from tamis.server.delivery.configuration import Targets, load_targets
from tamis.server.delivery.credentials import Credentials
from tamis.server.delivery.registry import Surroundings
from tamis.server.delivery.targets.salesforce.target import SalesforceTarget

TARGETS = """
tamis_targets: 1
targets:
  crm:
    type: salesforce
    domain: acme.my.salesforce.com
    key: {env: SALESFORCE_KEY}
    secret: {env: SALESFORCE_SECRET}
    fields: salesforce.yaml
"""


def test_a_map_that_fits_has_no_problems(there: FakeSalesforce) -> None:
    assert target(there).checked() == []


def test_each_field_that_is_not_there_or_otherwise_is_named(there: FakeSalesforce) -> None:
    del there.fields["Contact"]["Tamis_Cell__c"]
    there.field("Lead", "Tamis_Score__c", "string", length=255)
    there.field("Lead", "Tamis_Reasons__c", "textarea", length=255)
    there.field("Lead", "Tamis_Status__c", "string", length=80, updateable=False)
    there.field("Lead", "Tamis_Lead_Id__c", "string", length=255)
    there.field("Task", "Tamis_Id__c", "string", length=80)
    del there.fields["Task"]["Priority"]
    problems = [str(one).splitlines()[0] for one in target(there).checked()]
    assert problems == [
        "salesforce.yaml:7:7: error: `Tamis_Id__c` of `Task` is not unique [crm-field-not-unique]",
        "salesforce.yaml:8:33: error: `Task` has no field `Priority` [no-crm-field]",
        "salesforce.yaml:11:9: error: `Tamis_Lead_Id__c` of `Lead` is not unique "
        "[crm-field-not-unique]",
        "salesforce.yaml:14:14: error: `Tamis_Score__c` of `Lead` is of type string "
        "[crm-field-type]",
        "salesforce.yaml:16:15: error: `Tamis_Status__c` of `Lead` cannot be written "
        "[crm-field-read-only]",
        "salesforce.yaml:17:16: warning: `Tamis_Reasons__c` of `Lead` takes 255 characters "
        "[crm-field-short]",
        "salesforce.yaml:24:13: error: `Contact` has no field `Tamis_Cell__c` [no-crm-field]",
    ]


def loaded(folder: Path, text: str) -> Targets:
    (folder / "targets.yaml").write_text(text)
    (folder / "salesforce.yaml").write_text(MAP)
    given = Credentials({"SALESFORCE_KEY": KEY, "SALESFORCE_SECRET": SECRET})
    around = Surroundings(SetClock(NOW), HttpClient(Guard(LOOPBACK)), given)
    return load_targets(folder / "targets.yaml", around)


def test_a_target_is_made_of_its_part_of_the_file(tmp_path: Path) -> None:
    made = loaded(tmp_path, TARGETS).by_name["crm"]
    assert isinstance(made.target, SalesforceTarget)
    assert made.target.every == 5
    assert made.kinds == {
        "score.changed", "status.changed", "handoff.assigned", "audience.added", "audience.removed",
    }  # fmt: skip


@pytest.mark.parametrize("domain", ["login.salesforce.com", "evil.example/?x=.my", "acme"])
def test_a_domain_must_be_one_of_salesforce(tmp_path: Path, domain: str) -> None:
    with pytest.raises(SourceError) as raised:
        loaded(tmp_path, TARGETS.replace("acme.my.salesforce.com", domain))
    assert "targets.yaml:6:13: error:" in str(raised.value)
    assert "is no domain of Salesforce" in str(raised.value)
