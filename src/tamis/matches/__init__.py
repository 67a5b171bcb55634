"""Matches: how many events each rule counted, by lead and day. Only this step reads events."""

from __future__ import annotations
