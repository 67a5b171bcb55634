"""How the chain is written for Snowflake and BigQuery."""

from __future__ import annotations

from tamis.sql.dialects.corrections import (
    Correction,
    always_global,
    inlined_anyway,
    numbered_in_order,
    whole_division,
    wide_as_decimal,
)

CORRECTIONS: tuple[Correction, ...] = (
    numbered_in_order,
    wide_as_decimal,
    inlined_anyway,
    always_global,
    whole_division,
)
