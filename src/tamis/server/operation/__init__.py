"""Operation: health, metrics, logs, backups."""

from __future__ import annotations
