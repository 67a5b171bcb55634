"""`tamis serve` with a file of targets: what is put into its store is delivered."""

from __future__ import annotations

import subprocess
from pathlib import Path
from threading import Event

import pytest
from standardwebhooks.webhooks import Webhook as Reference
from tests.server.delivery.receiver import OK, Got, Receiver, Reply
from tests.server.delivery.sending import WHSEC
from tests.server.ingest.live_server import TAMIS, live_server

from tamis.server.clock import SystemClock, micros
from tamis.server.delivery import takers
from tamis.server.store.database import Database

HOOK = (
    "  hook: {{type: webhook, url: {url}, secret: {{env: HOOK_SECRET}}, kinds: [status.changed]}}\n"
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "targets.yaml"
    monkeypatch.setenv("TAMIS_TARGETS", str(path))
    monkeypatch.setenv("HOOK_SECRET", WHSEC)
    monkeypatch.setenv("TAMIS_PRIVATE_TARGETS", "127.0.0.0/8")
    return path


def test_a_change_beside_a_running_server_is_delivered(
    sqlite_url: str, file: Path, there: Receiver
) -> None:
    came = Event()

    def answer(_: Got) -> Reply:
        came.set()
        return OK

    there.answer = answer
    file.write_text("tamis_targets: 1\ntargets:\n" + HOOK.format(url=there.address))
    with live_server(sqlite_url):
        database = Database(sqlite_url)
        with database.write() as connection:
            now = micros(SystemClock().now())
            assert takers.tell(connection, "status.changed", 1, {"a": 1}, "7", at=now) == 1
            assert takers.tell(connection, "score.changed", 1, {"a": 1}, "7", at=now) == 0
        assert came.wait(30)
        database.close()
    (got,) = there.got
    assert Reference(WHSEC).verify(got.body, dict(got.headers))["data"] == {"a": 1}


def test_a_file_with_a_mistake_keeps_the_server_from_starting(sqlite_url: str, file: Path) -> None:
    file.write_text("tamis_targets: 1\ntargets:\n  hook: {type: webhok}\n")
    command = [*TAMIS, "serve", "--store", sqlite_url, "--port", "0", "--language", "en"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert f"{file}:3:16: error: unknown value `webhok`" in ran.stderr
