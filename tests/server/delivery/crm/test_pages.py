"""What the pages show of field maps and targets is what the program takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.server.conftest import NOW
from tests.server.delivery.receiver import LOOPBACK

from tamis.server.clock import SetClock
from tamis.server.delivery.addresses import Guard
from tamis.server.delivery.client import HttpClient
from tamis.server.delivery.configuration import load_targets
from tamis.server.delivery.credentials import Credentials
from tamis.server.delivery.crm.field_map import Layout
from tamis.server.delivery.crm.told import TOLD
from tamis.server.delivery.registry import Surroundings
from tamis.server.delivery.targets.hubspot import LAYOUT as HUBSPOT
from tamis.server.delivery.targets.salesforce import LAYOUT as SALESFORCE

PAGES = Path(__file__).parents[4] / "docs" / "server"
SECRETS = Credentials({"HUBSPOT_TOKEN": "t", "SALESFORCE_KEY": "k", "SALESFORCE_SECRET": "s"})


@pytest.mark.parametrize("layout", [HUBSPOT, SALESFORCE])
def test_the_examples_of_a_page_are_taken_as_they_stand(layout: Layout, tmp_path: Path) -> None:
    page = (PAGES / f"{layout.crm}.md").read_text()
    targets, map_ = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "targets.yaml").write_text(targets)
    (tmp_path / f"{layout.crm}.yaml").write_text(map_)
    around = Surroundings(SetClock(NOW), HttpClient(Guard(LOOPBACK)), SECRETS)
    found = load_targets(tmp_path / "targets.yaml", around)
    assert [one.type for one in found] == [layout.crm]
    assert [one.name for one in found.audiences] == ["hot"]


def test_everything_that_a_crm_can_be_told_is_on_the_page() -> None:
    page = (PAGES / "hubspot.md").read_text()
    table = page.partition("| What can be written")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", table))
    assert named == {*TOLD["lead"], *TOLD["account"]}
