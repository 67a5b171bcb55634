"""Results in the terminal, as Rich renderables: grid, leads to call, a score taken apart."""

from __future__ import annotations

from tamis.reports.terminal.explanation import explanation_view
from tamis.reports.terminal.grid import grid_table
from tamis.reports.terminal.leads import Leads
from tamis.reports.terminal.text import harmless

__all__ = ["Leads", "explanation_view", "grid_table", "harmless"]
