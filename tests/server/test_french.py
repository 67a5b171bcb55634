"""What the server's parts say, said again in French."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tamis.server import sentences

SOURCE = Path(__file__).resolve().parents[2] / "src/tamis"
FRENCH = {**os.environ, "LC_ALL": "", "LANGUAGE": "fr", "LANG": "fr_FR.UTF-8"}


def said(*call: str) -> str:
    """What a command prints to a French person."""
    ran = subprocess.run(
        [sys.executable, "-m", "tamis", *call],
        capture_output=True,
        text=True,
        env=FRENCH,
        check=False,
        encoding="utf-8",
    )
    printed = ran.stdout + ran.stderr
    return printed.replace("\u00a0", " ").replace("\u2019", "'")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (("user", "role", "nobody", "sales"), "erreur : il n'y a pas de personne `nobody`"),
        (("key", "revoke", "k1"), "erreur : il n'y a pas de clé `k1`"),
        (("models", "show", "m/x"), "`m/x` n'est pas une version : écrivez-la comme `m/3`"),
        (("quarantine", "show", "7"), "erreur : il n'y a pas de message 7 en quarantaine"),
        (("person", "erase", "x", "--yes"), "personne n'a cet identifiant ni cette adresse"),
        (("export", "--out", "none"), "erreur : aucun modèle n'est actif"),
    ],
)
def test_a_french_person_reads_french(
    sqlite_url: str, call: tuple[str, ...], expected: str
) -> None:
    assert expected in said(*call, "--store", sqlite_url)


def test_what_fills_a_gap_is_said_again_too(sqlite_url: str, tmp_path: Path) -> None:
    events = tmp_path / "events.csv"
    events.write_text("lead_id,event,timestamp\n,demo,2026-11-12\nu1,demo,soon\n", encoding="utf-8")
    store = ("--store", sqlite_url)
    assert "2 mis de côté" in said("import", "--events", str(events), *store)
    shown = said("quarantine", "show", "1", *store) + said("quarantine", "show", "2", *store)
    assert "ligne 1 : il n'y a ni `userId` ni `anonymousId`" in shown
    assert "`timestamp` n'est pas une date et une heure : `soon`" in shown


def test_every_sentence_is_one_that_some_part_says() -> None:
    """A sentence that was changed where it is said would be English to a French person."""
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in SOURCE.rglob("*.py")
        if path.name != "sentences.py"
    )
    # Texts that go on in the next line are one text.
    source = re.sub(r'"\s*\n\s*f?"', "", source)
    missing = {one for one in sentences.SENTENCES if _longest_part(one) not in source}
    assert missing == set()


def _longest_part(sentence: str) -> str:
    return max(re.split(r"\{\w+\}", sentence), key=len).strip(" `:")
