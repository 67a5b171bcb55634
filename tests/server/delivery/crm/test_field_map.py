"""A field map is read whole, and what is wrong in it is told with its place."""

from __future__ import annotations

import pytest

from tamis.model.document import Problems
from tamis.server.delivery.crm.field_map import FieldMap, Layout, read_map
from tamis.server.delivery.crm.told import TOLD
from tamis.server.delivery.targets.hubspot import LAYOUT as HUBSPOT
from tamis.server.delivery.targets.salesforce import LAYOUT as SALESFORCE

GOOD = """
tamis_map: 1
crm: salesforce
model: b2b
empty: clear
people: {ada: 0055g00000AbCdEAAX}
audiences: {hot: Autumn fair}
tasks:
  id: Tamis_Id__c
  values: {Status: Not Started, Priority: High}
objects:
  Lead:
    id: Tamis_Lead_Id__c
    read: {email: Email, job_title: Title}
    write: {score: Tamis_Score__c}
    create: {last_name: LastName, company: Company}
  Account:
    read: {industry: Industry}
"""


def read(text: str, layout: Layout = SALESFORCE) -> tuple[FieldMap | None, list[str]]:
    problems = Problems()
    found = read_map(text, "map.yaml", layout, problems)
    return found, [str(one).splitlines()[0] for one in problems.sorted]


def test_a_map_says_what_is_read_written_and_made() -> None:
    found, problems = read(GOOD)
    assert problems == []
    assert found is not None
    lead = found.objects["Lead"]
    assert (lead.role, found.objects["Account"].role) == ("lead", "account")
    assert lead.id is not None
    assert lead.id.name == "Tamis_Lead_Id__c"
    assert {ours: one.name for ours, one in lead.read.items()} == {
        "email": "Email", "job_title": "Title",
    }  # fmt: skip
    assert str(lead.write["score"].place) == "map.yaml:15:20"
    assert lead.create is not None
    assert found.objects["Account"].create is None
    assert found.tasks is not None
    assert found.tasks.values == {"Status": "Not Started", "Priority": "High"}
    assert (found.model, found.empty) == ("b2b", "clear")
    assert found.audiences == {"hot": "Autumn fair"}
    assert found.login_of("0055g00000AbCdEAAX") == "ada"


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("tamis_map: 1", "tamis_map: 2", "map.yaml:2:12: error: unknown value `2`"),
        ("crm: salesforce", "crm: hubspot", "map.yaml:3:6: error: unknown value `hubspot`"),
        ("empty: clear", "empty: wipe", "map.yaml:5:8: error: unknown value `wipe`"),
        ("  Account:", "  Acount:", "map.yaml:17:3: error: unknown key `Acount` in `objects`"),
        ("    create:", "    creates:", "map.yaml:16:5: error: unknown key `creates` in `Lead`"),
        (
            "{score: Tam", "{scor: Tam",
            "map.yaml:15:13: error: `scor` is nothing that a CRM is told here",
        ),
        (
            "Email, job", "Email FROM User--, job",
            "map.yaml:14:19: error: `Email FROM User--` cannot be a field of a CRM",
        ),
        ("  id: Tamis_Id__c\n", "", "map.yaml:9:3: error: `tasks` needs `id`"),
        ("  id: Tamis_Id__c", "  id: [x]", "map.yaml:9:7: error: a text is expected here"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(was: str, becomes: str, said: str) -> None:
    assert was in GOOD
    _, problems = read(GOOD.replace(was, becomes, 1))
    assert any(one.startswith(said) for one in problems), problems


def test_a_map_lacks_nothing_that_is_needed() -> None:
    found, problems = read("crm: hubspot\n", HUBSPOT)
    assert found is None
    assert problems == [
        "map.yaml:1:1: error: a field map needs `tamis_map` and `objects` [missing-key]"
    ]
    assert read("", HUBSPOT) == (None, ["map.yaml:1:1: error: the file is empty [empty-file]"])


def test_hubspot_has_no_tasks() -> None:
    text = "tamis_map: 1\ncrm: hubspot\nobjects: {contacts: {}}\ntasks: {id: x}\n"
    _, problems = read(text, HUBSPOT)
    assert problems == ["map.yaml:4:8: error: `tasks` are not made in hubspot [unknown-key]"]


def test_an_account_is_not_told_what_is_of_leads() -> None:
    assert "reasons" not in TOLD["account"]
    text = "tamis_map: 1\ncrm: hubspot\nobjects: {companies: {write: {reasons: x}}}\n"
    _, problems = read(text, HUBSPOT)
    assert problems == [
        "map.yaml:3:31: error: `reasons` is nothing that a CRM is told here [unknown-value]"
    ]
