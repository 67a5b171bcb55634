"""How the chain is written for PostgreSQL."""

from __future__ import annotations

from tamis.sql.dialects.corrections import (
    Correction,
    numbered_in_order,
    whole_division,
    wide_as_decimal,
)

CORRECTIONS: tuple[Correction, ...] = (numbered_in_order, wide_as_decimal, whole_division)
