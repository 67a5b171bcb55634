"""`tamis check --target hubspot`: the map against what the CRM has, at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from tests.server.delivery.hubspot.at_hand import MAP, fields
from tests.server.delivery.hubspot.fake import TOKEN, FakeHubSpot
from typer.testing import CliRunner

from tamis.cli.app import app


@pytest.fixture
def there() -> Iterator[FakeHubSpot]:
    fake = FakeHubSpot()
    fields(fake)
    with fake.standing():
        yield fake


Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path, there: FakeHubSpot, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Runs `tamis check` with a file of targets, one of them a CRM."""
    targets = tmp_path / "targets.yaml"
    targets.write_text(
        "tamis_targets: 1\ntargets:\n"
        f"  crm: {{type: hubspot, token: {{env: HUBSPOT_TOKEN}}, host: '{there.address}',"
        " fields: hubspot.yaml}\n"
        "  drop: {type: csv_drop, folder: .}\n"
    )
    (tmp_path / "hubspot.yaml").write_text(MAP)
    monkeypatch.setenv("HUBSPOT_TOKEN", TOKEN)
    monkeypatch.setenv("TAMIS_PRIVATE_TARGETS", "127.0.0.0/8")
    monkeypatch.setenv("TAMIS_TARGETS", str(targets))
    return lambda *arguments: CliRunner().invoke(app, ["check", *arguments])


def test_a_map_that_fits_is_said_to_fit(check: Check) -> None:
    done = check("--target", "crm")
    assert (done.exit_code, done.stdout) == (0, "0 errors, 0 warnings\n"), done.stderr


def test_missing_fields_are_named_also_by_the_type_of_the_target(
    check: Check, there: FakeHubSpot
) -> None:
    del there.properties["contacts"]["tamis_cell"]
    done = check("--target", "hubspot", "--json")
    assert done.exit_code == 1
    (problem,) = json.loads(done.stdout)
    assert (problem["code"], problem["line"]) == ("no-crm-field", 16)
    assert problem["message"] == "`contacts` has no field `tamis_cell`"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cmr", "there is no target `cmr`: did you mean `crm`?"),
        ("drop", "`drop` is a `csv_drop`, which has no fields to check"),
    ],
)
def test_what_cannot_be_checked_is_told(check: Check, name: str, said: str) -> None:
    done = check("--target", name)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_crm_that_does_not_answer_is_told(check: Check, there: FakeHubSpot) -> None:
    there.dies_after = 0
    done = check("--target", "crm")
    assert done.exit_code == 1
    assert "HubSpot did not answer" in done.stderr
