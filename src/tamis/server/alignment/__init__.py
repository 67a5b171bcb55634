"""The alignment report: what marketing and sales agreed to count, counted the same for both."""

from __future__ import annotations
