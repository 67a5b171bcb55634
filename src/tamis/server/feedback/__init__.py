"""Feedback: answers of sales, facts corrected, what misled, how good the data are."""

from __future__ import annotations
