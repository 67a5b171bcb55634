"""Identity: which messages are of the same person."""

from __future__ import annotations
