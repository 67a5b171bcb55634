"""Matches: how many events each rule counted, by lead and day. No other step reads events."""

from __future__ import annotations
