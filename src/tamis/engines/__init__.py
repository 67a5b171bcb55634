"""Engines: they run chains and read files, and know nothing of scoring."""

from __future__ import annotations
