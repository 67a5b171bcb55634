"""Learners side by side on published data: `python -m benchmarks.predict`."""

from __future__ import annotations
