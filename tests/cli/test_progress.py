"""Long work shows how far it is, to a person at a terminal and to nobody else."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import DATA

SCORE = (sys.executable, "-m", "tamis", "score", "model.yaml", *DATA, "--out", "s.csv")
ENVIRONMENT = {**os.environ, "TERM": "xterm", "COLUMNS": "80", "LC_ALL": "C.UTF-8"}
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def said_on_a_terminal(*command: str) -> str:
    """What a command says on a terminal that is its standard error, and nothing else."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, env=ENVIRONMENT
    ) as running:
        os.close(theirs)
        said = b"".join(iter(lambda: _more(ours), b""))
        os.close(ours)
        running.communicate(timeout=60)
    assert running.returncode == 0
    return said.decode()


def _more(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how a terminal says that its other end is closed
        return b""


def test_on_a_terminal_a_bar_is_drawn_and_taken_away(company: Path) -> None:
    said = said_on_a_terminal(*SCORE)
    drawn = ESCAPES.sub("", said)
    assert re.search(r"Scoring +[━╸╺]+ +0:00:0\d", drawn)
    assert said.rstrip().endswith("\x1b[2K")
    assert (company / "s.csv").exists()


@pytest.mark.usefixtures("company")
def test_with_quiet_a_terminal_stays_empty() -> None:
    assert said_on_a_terminal(*SCORE, "--quiet") == ""


@pytest.mark.usefixtures("company")
def test_without_a_terminal_nothing_is_said_of_progress() -> None:
    done = subprocess.run(SCORE, capture_output=True, check=True, env=ENVIRONMENT)
    assert done.stderr == b""
    assert b"Scoring" not in done.stdout
