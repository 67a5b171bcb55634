"""The server with people of each role, as for models."""

from __future__ import annotations

from tests.server.models.conftest import world

__all__ = ["world"]
