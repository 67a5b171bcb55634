"""Bots: events that no person made, marked with the reason, kept, and not counted."""

from __future__ import annotations
