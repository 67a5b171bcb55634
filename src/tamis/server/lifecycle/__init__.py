"""Where leads stand: their status by model, who moved them and why, what was answered."""

from __future__ import annotations
