"""`tamis import` as a process: killed in the middle, run again, beside a server's other work."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.server.ingest.test_bulk import MODEL, csv
from tests.server.scoring.live_store import live_store

TAMIS = [sys.executable, "-m", "tamis"]
EVENTS = 60_000
LEADS = 700


@pytest.fixture
def store(sqlite_url: str) -> str:
    """A store with an active model, that nobody uses."""
    live_store(sqlite_url, MODEL, date(2026, 11, 20), "Europe/Paris").assembled.close()
    return sqlite_url


@pytest.fixture
def events(tmp_path: Path) -> str:
    """Events without ids: what is stored twice would count twice."""
    lines = (
        f"lead{n * 7919 % LEADS},{('page_view', 'order')[n % 3 == 0]},"
        f"2026-0{1 + n % 9}-11T10:00:00Z,{n % 300}"
        for n in range(EVENTS)
    )
    return csv(tmp_path / "events.csv", "lead_id,event,timestamp,amount", *lines)


def ran(*arguments: str) -> dict[str, Any]:
    done = subprocess.run([*TAMIS, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def asked(store: str, query: str) -> Any:
    with closing(sqlite3.connect(store, timeout=30)) as connection:
        return connection.execute(query).fetchone()[0]


def progress(store: str) -> int:
    said = asked(store, "SELECT max(value) FROM settings WHERE name LIKE 'import:%'")
    return json.loads(said)["position"] if said else 0


def killed_beyond(process: subprocess.Popen[bytes], store: str, rows: int) -> None:
    """Kill a process once so many rows of its file are in."""
    try:
        while process.poll() is None and progress(store) < rows:
            pass
    finally:
        process.kill()
        process.wait()


def test_killed_and_run_again(store: str, events: str, tmp_path: Path) -> None:
    """What was in when it died stays in, once; the scores are those of a batch."""
    command = ["import", "--events", events, "--store", store, "--json"]
    for rows in (1, EVENTS // 3):
        process = subprocess.Popen([*TAMIS, *command], stdout=subprocess.DEVNULL)
        killed_beyond(process, store, rows)
        assert 0 < progress(store) < EVENTS
        assert asked(store, "SELECT count(*) FROM events") >= progress(store)
    before = progress(store)
    told = ran(*command)
    assert told["files"][events] == {"taken": EVENTS - before, "repeated": 0, "quarantined": 0}
    assert told["leads"] == LEADS
    assert asked(store, "SELECT count(*) FROM events") == EVENTS
    assert asked(store, "SELECT count(*) FROM dirty") == 0
    assert live_scores(store) == batch_scores(tmp_path, events)
    assert ran(*command) == {
        "files": {events: {"taken": 0, "repeated": EVENTS, "quarantined": 0}},
        "leads": 0,
    }


def live_scores(store: str) -> dict[str, Any]:
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute("SELECT lead_id, dimensions FROM scores").fetchall()
    cents = {lead: json.loads(dimensions) for lead, dimensions in rows}
    return {lead: {n: v / 100 for n, v in found.items()} for lead, found in cents.items()}


def batch_scores(folder: Path, events: str) -> dict[str, Any]:
    model, out = folder / "model.yaml", folder / "scores.jsonl"
    model.write_text(MODEL)
    leads = csv(folder / "leads.csv", "lead_id", *(f"lead{n}" for n in range(LEADS)))
    files = ["--leads", leads, "--events", events, "--out", str(out)]
    subprocess.run([*TAMIS, "score", str(model), *files, "--missing-as-null", "-q"], check=True)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    return {row["lead_id"]: {"fit": row["fit"], "engagement": row["engagement"]} for row in rows}


def test_what_it_says(store: str, tmp_path: Path) -> None:
    name = csv(
        tmp_path / "events.csv", "lead_id,event,timestamp", "a,x,2026-11-01", "b,x,yesterday"
    )
    command = [*TAMIS, "import", "--events", name, "--store", store]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == [
        f"{name}: 1 new, 0 known already, 1 put aside",
        "Leads with new scores: 1",
        "`tamis quarantine list` tells what was put aside, and why.",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no file: give FILE"),
        (["leads.csv"], "say what it holds"),
        (["--events", "table:events"], "only files are imported"),
        (["--events", "missing.csv"], "there is no such file"),
    ],
)
def test_refused(store: str, arguments: list[str], said: str) -> None:
    command = [*TAMIS, "import", *arguments, "--store", store]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in (1, 2)
    assert said in done.stderr


def test_a_file_that_is_no_table_leaves_the_store_as_it_was(store: str, tmp_path: Path) -> None:
    name = csv(tmp_path / "events.csv", "who,event,timestamp", "a,x,2026-11-01")
    command = [*TAMIS, "import", "--events", name, "--store", store]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no column `lead_id`" in done.stderr
    assert "--map events.lead_id=COLUMN" in done.stderr
    assert asked(store, "SELECT count(*) FROM settings WHERE name LIKE 'import:%'") == 0
