"""Sources: leads, accounts and events as people have them, made the chain's input relations."""

from __future__ import annotations

from tamis.sources.audit import Counts
from tamis.sources.options import Options
from tamis.sources.provide import Provided, Table, provide

__all__ = ["Counts", "Options", "Provided", "Table", "provide"]
