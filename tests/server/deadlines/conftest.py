"""The office of the tests of work, with its people and leads."""

from __future__ import annotations

from tests.server.work.conftest import lone_office, office

__all__ = ["lone_office", "office"]
