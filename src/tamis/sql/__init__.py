"""How a step is written: relations, chains of named steps, days, exact numbers, dialects."""

from __future__ import annotations
