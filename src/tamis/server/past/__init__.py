"""The past: a columnar copy of the server's facts, and questions answered from it at once."""

from __future__ import annotations
