"""The store: what the server knows, in SQLite or PostgreSQL."""

from __future__ import annotations
