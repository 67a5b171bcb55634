"""What the command line says of calls that cannot be read, in the reader's language."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests.cli.conftest import DATA

Run = Callable[..., Result]


def ran(*arguments: str, lang: str = "en_GB.UTF-8") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LANG": lang, "LC_ALL": lang, "LANGUAGE": "", "COLUMNS": "120"}
    command = [sys.executable, "-m", "tamis", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score",), "Argument manquant\u00a0: MODEL."),
        (("score", "m.yaml", "--tpo", "1"), "Option inconnue\u00a0: --tpo (vouliez-vous dire"),
        (("score", "m.yaml", "--top", "x"), "Valeur incorrecte pour --top"),
        (("score", "m.yaml", "--format", "pdf"), "erreur\u00a0: "),
    ],
)
@pytest.mark.parametrize("how", ["environment", "option"])
def test_a_call_that_cannot_be_read_is_refused_in_french(
    arguments: tuple[str, ...], said: str, how: str
) -> None:
    if how == "environment":
        refused = ran(*arguments, lang="fr_FR.UTF-8")
    else:
        refused = ran(*arguments, "--language", "fr")
    assert refused.returncode == 2
    assert said in refused.stderr
    assert "Error" not in refused.stderr
    assert "Usage:" not in refused.stderr


def test_the_option_language_goes_before_the_environment() -> None:
    english = ran("explain", "--language=en", "--help", lang="fr_FR.UTF-8").stdout
    assert "Usage: " in english
    assert "Show this message and exit." in english
    french = ran("explain", "--help", lang="fr_FR.UTF-8").stdout
    assert "Usage\u00a0: " in french
    assert "Afficher ce message et quitter." in french


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("score", ("--as-of", "soon"), "--as-of: `soon` is no day"),
        ("score", ("--as-of", "1200-01-01"), "--as-of: `1200-01-01` is out of reach"),
        ("what-if", ("--horizon", "0d"), "--horizon: `0d` is out of range: from 1 to 3650"),
        ("holdout", ("--horizon", "soon"), "--horizon: `soon` is no number of days"),
        ("evidence", ("--outcomes", "leads.csv", "--horizon", "9999w"), "--horizon: `9999w` is"),
    ],
)
def test_the_option_is_named(tamis: Run, command: str, options: tuple[str, ...], said: str) -> None:
    models = ("model.yaml", "model.yaml") if command == "what-if" else ("model.yaml",)
    refused = tamis(command, *models, *DATA, *options)
    assert refused.exit_code == 2
    assert said in refused.stderr


@pytest.mark.parametrize("command", [("sheet", "model.yaml"), ("init", "b2b")])
def test_a_folder_that_is_not_there_is_named(tamis: Run, command: tuple[str, ...]) -> None:
    refused = tamis(*command, "--out", "nowhere/x.html")
    assert refused.exit_code == 2
    assert "there is no folder nowhere" in refused.stderr
    assert ".part" not in refused.stderr


def test_a_source_file_says_error_once_for_each_place(tamis: Run, company: Path) -> None:
    (company / "source.yaml").write_text("leads:\n  fil: leads.csv\n")
    refused = tamis("score", "model.yaml", "--source", "source.yaml")
    assert refused.exit_code == 1
    assert "source.yaml:2:3: error: unknown key `fil`" in refused.stderr
    assert refused.stderr.count("error") == 1


def test_one_error_is_one(tamis: Run, company: Path) -> None:
    model = (company / "model.yaml").read_text(encoding="utf-8")
    (company / "wrong.yaml").write_text(model.replace("field: employees", "field: employes"))
    assert "1 error, " in tamis("check", "wrong.yaml").stdout
    assert "0 errors, 1 warning\n" in tamis("check", "model.yaml").stdout


def test_a_store_that_is_made_is_said_to_be(tamis: Run) -> None:
    keep = ("matches", "model.yaml", "--events", "events.csv", "--store", "new/kept")
    assert "Made the folder new/kept." in tamis(*keep).stdout
    assert "Made" not in tamis(*keep).stdout
