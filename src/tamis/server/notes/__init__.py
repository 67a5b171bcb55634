"""Notes for a call: a short text about a lead, every sentence of which shows its facts."""

from __future__ import annotations
