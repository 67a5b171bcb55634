"""A small company at work, filled once for all processes of a test run."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tamis.demo.fill import STORE, fill

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
"""A Tuesday, 17:00 in Paris."""
LEADS = 150


def filled_once(factory: pytest.TempPathFactory) -> Path:
    """The folder of the store; who writes to it copies it first.

    What an earlier filling left that was cut short is in the way.
    """
    base = factory.getbasetemp()
    # Each process of a run has a folder of its own in one that they share.
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "company-at-work"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / STORE).exists():
            for end in ("", "-wal"):
                (shared / f".{STORE}.partial{end}").write_bytes(b"cut short")
        fill(shared, NOW, leads=LEADS, weeks=1)
    return shared
