"""A plain table to learn from: one row per lead, with a column for what became of it.

file -> cells (each column as numbers, texts or days) -> labels -> read -> TableRead
"""

from __future__ import annotations

from tamis.predict.table.notes import Note
from tamis.predict.table.read import TableRead, read_table

__all__ = ["Note", "TableRead", "read_table"]
