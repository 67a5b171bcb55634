"""How a step is written: relations, chains of named steps, day arithmetic, exact numbers, dialects."""

from __future__ import annotations
