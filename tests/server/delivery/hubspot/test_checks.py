"""The check of a map against HubSpot names what is not there, and what is there otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.conftest import NOW
from tests.server.delivery.hubspot.at_hand import MAP, OWN_ID, target
from tests.server.delivery.hubspot.fake import TOKEN, FakeHubSpot
from tests.server.delivery.receiver import LOOPBACK

from tamis.errors import SourceError
from tamis.server.clock import SetClock
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.client import HttpClient
from tamis.server.delivery.configuration import Targets, load_targets
from tamis.server.delivery.credentials import Credentials
from tamis.server.delivery.registry import Surroundings
from tamis.server.delivery.targets.hubspot.target import HubSpotTarget

TARGETS = """
tamis_targets: 1
targets:
  crm: {type: hubspot, token: {env: HUBSPOT_TOKEN}, fields: hubspot.yaml}
"""


def test_a_map_that_fits_has_no_problems(there: FakeHubSpot) -> None:
    assert target(there, OWN_ID).checked() == []


def test_each_field_that_is_not_there_or_otherwise_is_named(there: FakeHubSpot) -> None:
    del there.properties["contacts"]["tamis_reasons"]
    there.property("contacts", "tamis_score", "string")
    there.property("contacts", "tamis_status", "enumeration", options=["mql"])
    there.property("contacts", "tamis_cell", "string", read_only=True)
    there.property("contacts", "tamis_lead_id", "string")
    text = OWN_ID.replace("jobtitle", "job_titel").replace("tamis_actions", "hs_object_id")
    assert [str(one) for one in target(there, text).checked()] == [
        "hubspot.yaml:8:9: error: `tamis_lead_id` of `contacts` is not unique "
        "[crm-field-not-unique]\n"
        "    what says which record is meant must be a unique field, in Salesforce an external id",
        "hubspot.yaml:11:18: error: `contacts` has no field `job_titel` [no-crm-field]\n"
        "    did you mean `jobtitle`?",
        "hubspot.yaml:17:14: error: `tamis_score` of `contacts` is of type string "
        "[crm-field-type]\n"
        "    `score` needs a number field",
        "hubspot.yaml:18:13: error: `tamis_cell` of `contacts` cannot be written "
        "[crm-field-read-only]\n"
        "    name a field of your own",
        "hubspot.yaml:19:15: error: `tamis_status` of `contacts` is of type enumeration "
        "[crm-field-type]\n"
        "    `status` needs a text field",
        "hubspot.yaml:20:16: error: `contacts` has no field `tamis_reasons` [no-crm-field]\n"
        "    did you mean `tamis_actions`?",
        "hubspot.yaml:21:16: error: `hs_object_id` of `contacts` cannot be written "
        "[crm-field-read-only]\n"
        "    name a field of your own",
        "hubspot.yaml:21:16: error: `hs_object_id` of `contacts` is of type number "
        "[crm-field-type]\n"
        "    `actions` needs a long text field",
    ]


def loaded(folder: Path, text: str, map_: str) -> Targets:
    (folder / "targets.yaml").write_text(text)
    (folder / "hubspot.yaml").write_text(map_)
    given = Credentials({"HUBSPOT_TOKEN": TOKEN})
    around = Surroundings(SetClock(NOW), HttpClient(Guard(LOOPBACK)), given)
    return load_targets(folder / "targets.yaml", around)


def test_a_target_is_made_of_its_part_of_the_file(tmp_path: Path, there: FakeHubSpot) -> None:
    text = TARGETS.replace("fields:", f"host: {there.address}, read_every: 7, fields:")
    made = loaded(tmp_path, text, MAP).by_name["crm"]
    assert isinstance(made.target, HubSpotTarget)
    assert made.target.every == 7
    assert made.kinds == {"score.changed", "status.changed", "audience.added", "audience.removed"}
    assert made.target.checked() == []


def test_a_target_takes_no_more_than_its_map_writes(tmp_path: Path) -> None:
    reads = "tamis_map: 1\ncrm: hubspot\nobjects: {contacts: {read: {email: email}}}\n"
    assert loaded(tmp_path, TARGETS, reads).by_name["crm"].kinds == frozenset()


def test_faults_of_the_map_are_told_with_those_of_the_targets(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as raised:
        loaded(tmp_path, TARGETS, MAP.replace("score:", "scor:", 1))
    assert "hubspot.yaml:15:7: error: `scor` is nothing that a CRM is told" in str(raised.value)
    with pytest.raises(SourceError) as raised:
        loaded(tmp_path, TARGETS.replace("hubspot.yaml", "nowhere.yaml"), MAP)
    assert "the field map cannot be read from" in str(raised.value)


def test_the_extra_is_named_where_the_client_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tamis.server.delivery.crm.faults.find_spec", lambda _name: None)
    with pytest.raises(SourceError) as raised:
        loaded(tmp_path, TARGETS, MAP)
    assert "the client of hubspot is not installed" in str(raised.value)
    assert "pip install 'tamis[hubspot]'" in str(raised.value)
