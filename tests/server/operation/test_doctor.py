"""What the doctor finds."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import namedtuple
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, text
from tests.server.conftest import NOW

from tamis.server.clock import SetClock, day_number, micros
from tamis.server.operation.doctor import DAY, Finding, Level, Patient, examine
from tamis.server.settings import Settings
from tamis.server.store.database import Database
from tamis.server.store.tables import access, messages, models

AT = micros(NOW)
TODAY = day_number(NOW.date())


@pytest.fixture
def patient(database: Database) -> Patient:
    """A server that is well: an administrator, and a model that is up to date."""
    user = {"login": "jane", "name": "Jane", "password": "hash", "role": "admin", "made_at": 1}
    with database.write() as connection:
        connection.execute(insert(access.users).values(user))
        connection.execute(insert(models.versions).values(version()))
    return Patient(database, Settings(), SetClock(NOW))


def version(**values: object) -> dict[str, object]:
    return {
        "model": "customers",
        "number": 1,
        "yaml": "",
        "state": "active",
        "scored": True,
        "day": TODAY,
        "owner": "jane",
        "measures": "[]",
        "relies_on": "[]",
        "made_at": 1,
        "made_by": "jane",
        **values,
    }


def event(number: int, received_at: int) -> dict[str, object]:
    row = {"message_id": f"m{number}", "kind": "track", "properties": "{}", "context": "{}"}
    return {**row, "at": received_at, "received_at": received_at}


def put_aside(code: str, received_at: int) -> dict[str, object]:
    return {
        "received_at": received_at,
        "kind": "track",
        "message": b"{}",
        "code": code,
        "reason": "why",
    }


def task(
    state: str, asked_at: int = AT, error: str = "", *, of: int = 1, kind: str = "activate"
) -> dict[str, object]:
    row = {"kind": kind, "subject": json.dumps({"version_key": of}), "state": state}
    return {**row, "asked_at": asked_at, "error": error}


def put(patient: Patient, table: object, *rows: dict[str, object]) -> None:
    with patient.database.write() as connection:
        connection.execute(insert(table), list(rows))


def found(patient: Patient, check: str) -> list[Finding]:
    return [one for one in examine(patient) if one.check == check]


def test_a_server_that_is_well_has_nothing_to_do(patient: Patient) -> None:
    findings = examine(patient)
    assert {one.level for one in findings} == {Level.OK}
    assert {one.todo for one in findings} == {""}
    names = ["tables", "clock", "tasks", "turn", "quarantine", "settings"]
    assert [one.check for one in findings if one.check not in ("integrity", "disk")] == names


def test_tables_of_another_version_are_the_only_finding(patient: Patient) -> None:
    with patient.database.write() as connection:
        connection.execute(text("UPDATE tamis_version SET version_num = '9999'"))
    [one] = examine(patient)
    assert (one.check, one.level) == ("tables", Level.ERROR)
    assert "later Tamis" in one.found


def test_a_clock_that_went_back(patient: Patient) -> None:
    put(patient, messages.events, event(1, AT - DAY), event(2, AT + 3_000_000))
    assert found(patient, "clock")[0].level is Level.OK
    put(patient, messages.events, event(3, AT + DAY))
    [one] = found(patient, "clock")
    assert one.level is Level.ERROR
    assert "86400 seconds before" in one.found


def test_tasks_that_failed_or_hang(patient: Patient) -> None:
    put(patient, models.versions, version(number=2, state="approved"))
    put(
        patient,
        models.tasks,
        task("done", AT - DAY),
        task("failed", AT - DAY, "first", of=2),
        task("failed", AT - DAY, "no memory", of=2),
        task("running", AT - DAY, kind="shadow"),
        task("waiting", AT, kind="shadow"),
    )
    failed, late = found(patient, "tasks")
    assert (failed.level, failed.found) == (
        Level.ERROR,
        "`customers/2`: the task `activate` failed: no memory",
    )
    assert "`tamis models activate customers/2 --as LOGIN`" in failed.todo
    assert (late.level, late.found[:8]) == (Level.WARNING, "1 tasks ")


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (task("done", of=2), "active"),
        (task("done", of=1), "approved"),
        (task("waiting", of=2), "approved"),
        (task("done", of=2, kind="shadow"), "draft"),
    ],
)
def test_a_failure_that_is_overtaken_is_not_told(
    patient: Patient, later: dict[str, object], state: str
) -> None:
    with patient.database.write() as connection:
        connection.execute(models.versions.update().values(state="retired"))
    put(patient, models.versions, version(number=2, state=state))
    put(patient, models.tasks, task("failed", AT - DAY, "no memory", of=2), later)
    assert [one.found for one in found(patient, "tasks")] == ["No task failed or is late."]


def test_no_active_model(patient: Patient) -> None:
    with patient.database.write() as connection:
        connection.execute(models.versions.update().values(state="retired"))
    [one] = found(patient, "models")
    assert one.level is Level.WARNING


@pytest.mark.parametrize(
    ("day", "level"), [(TODAY - 1, "ok"), (TODAY - 2, "error"), (None, "error")]
)
def test_a_turn_of_the_day_that_is_overdue(patient: Patient, day: int | None, level: str) -> None:
    with patient.database.write() as connection:
        connection.execute(models.versions.update().values(day=day))
    assert [one.level for one in found(patient, "turn")] == [level]


def test_a_review_that_is_overdue(patient: Patient) -> None:
    put(patient, models.versions, version(model="a", review_day=TODAY))
    put(patient, models.versions, version(model="b", review_day=TODAY - 1, owner="paul"))
    [one] = found(patient, "reviews")
    assert one.found == "`b` was to be reviewed on 2026-11-21 by paul."


def test_a_quarantine_that_grows(patient: Patient) -> None:
    old = [put_aside("too-large", AT - 2 * DAY)] * 3
    put(patient, messages.quarantine, *old)
    assert [one.level for one in found(patient, "quarantine")] == [Level.OK]
    put(patient, messages.quarantine, put_aside("no-user", AT - 1))
    put(patient, messages.quarantine, put_aside("no-user", AT - 1) | {"state": "dropped"})
    [one] = found(patient, "quarantine")
    assert one.level is Level.WARNING
    assert one.found == ("4 messages wait in quarantine, 1 since yesterday; most often: too-large.")


def test_nobody_who_can_log_in(patient: Patient) -> None:
    with patient.database.write() as connection:
        connection.execute(access.users.update().values(disabled=True))
    assert found(patient, "people")[0].level is Level.WARNING


def test_keys_that_nobody_used(patient: Patient) -> None:
    key = {"key_hash": "h", "scopes": "read", "made_at": AT - 31 * DAY}
    put(
        patient,
        access.keys,
        {**key, "key_id": "1", "name": "old", "last_used": None, "revoked_at": None},
        {**key, "key_id": "2", "name": "used", "last_used": 1, "revoked_at": None},
        {**key, "key_id": "3", "name": "gone", "last_used": None, "revoked_at": 1},
        {**key, "key_id": "4", "name": "new", "last_used": None, "revoked_at": None}
        | {"made_at": AT},
    )
    [one] = found(patient, "keys")
    assert one.found.endswith("used: old.")


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        (Settings(host="0.0.0.0"), "warning"),
        (Settings(host="::"), "warning"),
        (Settings(host="0.0.0.0", secure=True), "ok"),
        (Settings(host="::1"), "ok"),
    ],
)
def test_a_server_that_can_be_overheard(patient: Patient, settings: Settings, level: str) -> None:
    assert [one.level for one in found(replace(patient, settings=settings), "settings")] == [level]


@pytest.mark.parametrize(("free", "level"), [(2e9, "ok"), (9e8, "warning"), (5e7, "error")])
def test_a_disk_that_fills(
    sqlite_database: Database, free: float, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")(10**12, 0, int(free))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    patient = Patient(sqlite_database, Settings(), SetClock(NOW))
    assert [one.level for one in found(patient, "disk")] == [level]


def test_a_damaged_file(sqlite_database: Database) -> None:
    path = sqlite_database.path
    with sqlite_database.write() as connection:
        rows = [{"name": f"{n:05}", "value": "x" * 2000} for n in range(500)]
        connection.execute(insert(access.settings), rows)
    sqlite_database.close()
    content = bytearray(path.read_bytes())
    content[-400_000:-300_000] = b"\xff" * 100_000
    path.write_bytes(content)
    patient = Patient(sqlite_database, Settings(), SetClock(NOW))
    [one] = found(patient, "integrity")
    assert one.level is Level.ERROR
    assert "tamis restore --force" in one.todo


def test_time_that_passes_is_seen(patient: Patient) -> None:
    later = replace(patient, clock=SetClock(NOW + timedelta(days=3)))
    assert [one.level for one in found(later, "turn")] == [Level.ERROR]


# ---------------------------------------------------------------- the command


def tamis(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tamis", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_ends_with_what_it_found(store_url: str) -> None:
    done = tamis("doctor", "--store", store_url)
    assert done.returncode == 0, done.stderr
    assert "No model is active: nothing is scored." in done.stdout
    told = json.loads(tamis("doctor", "--store", store_url, "--json").stdout)
    assert [one["level"] for one in told if one["check"] == "models"] == ["warning"]
    opened = Database(store_url)
    with opened.write() as connection:
        connection.execute(text("UPDATE tamis_version SET version_num = '9999'"))
    opened.close()
    assert tamis("doctor", "--store", store_url, "--quiet").returncode == 1


def test_a_store_that_is_not_there(tmp_path: Path) -> None:
    done = tamis("doctor", "--store", str(tmp_path / "none.db"))
    assert done.returncode == 1
    assert "there is no store at" in done.stderr


def test_a_copy_and_back_by_command(sqlite_url: str, tmp_path: Path) -> None:
    copy, new = str(tmp_path / "copy.db"), str(tmp_path / "new.db")
    assert tamis("backup", copy, "--store", sqlite_url).stdout == f"Wrote {copy}.\n"
    done = tamis("restore", copy, "--store", new)
    assert (done.returncode, done.stdout) == (0, f"The store is as in {copy}.\n"), done.stderr
    again = tamis("restore", copy, "--store", new)
    assert again.returncode == 2
    assert "--force" in again.stderr
    told = json.loads(tamis("restore", copy, "--store", new, "--force", "--json").stdout)
    assert Path(told["kept"]).is_file()
