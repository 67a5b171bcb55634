"""A full disk: clients are told to come again, nothing is lost, and space is all that is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.server.crash.facts import hold_all, hold_exactly, same_as_batch
from tests.server.crash.standing import Standing, furnish, senders, standing, until

SIZE = 24
"""Megabytes of the disk."""
LEFT = 1_500_000
"""Bytes that are free when the server starts."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own, a small one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tamis-test", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk(small_disk: Path, sqlite_template: Path, tmp_path: Path) -> None:
    store = str(shutil.copy(sqlite_template, small_disk / "tamis.db"))
    key = furnish(store, "read")
    with standing(store, tmp_path) as server:
        other = fill(small_disk)
        with senders(tmp_path, ["segment", "plain", "plain"], 800) as clients:
            clients.start(key, server.address)
            until(lambda: '"status":503' in server.log, "the disk is full")
            is_told_to_come_again(server, key)
            hold_all(store, clients.acknowledged)
            assert clients.number < clients.total
            reader = {"Authorization": f"Bearer {key}"}
            assert httpx.get(f"{server.address}/v1/leads", headers=reader).status_code == 200
            other.unlink()
            clients.finish()
        assert server.is_running
        assert server.stop() == 0
        hold_exactly(store, clients.sent, clients.acknowledged)
        assert same_as_batch(store, tmp_path) > 50


def fill(disk: Path) -> Path:
    """A file of somebody else's that leaves little of a disk."""
    found = os.statvfs(disk)
    path = disk / "other"
    path.write_bytes(b"x" * (found.f_bavail * found.f_frsize - LEFT))
    return path


def is_told_to_come_again(server: Standing, key: str) -> None:
    """What a client is answered that sends what does not fit."""
    batch = [
        {"messageId": f"large-{n}", "type": "track", "userId": "user 1", "event": "signup",
         "properties": {"text": "x" * 20_000}}
        for n in range(20)
    ]  # fmt: skip
    answers = []
    for _ in range(20):
        answers.append(
            httpx.post(
                f"{server.address}/v1/batch", json={"batch": batch}, auth=(key, ""), timeout=30
            )
        )
        if answers[-1].status_code == 503:
            break
    assert answers[-1].status_code == 503, [answer.text for answer in answers]
    assert int(answers[-1].headers["Retry-After"]) > 0
