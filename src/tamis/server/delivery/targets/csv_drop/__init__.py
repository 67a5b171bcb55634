"""CSV files in a folder, for what reads no HTTP: a file for each message."""

from __future__ import annotations

from tamis.server.delivery.targets.csv_drop.target import TYPE

__all__ = ["TYPE"]
