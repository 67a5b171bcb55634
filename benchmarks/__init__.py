"""Measurements of speed and memory, each against a plain DuckDB query in the same run."""

from __future__ import annotations
