"""Which entry of the history a step came after; indexes for what would read whole tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MARKED = sa.text("bot IS NOT NULL")


def upgrade() -> None:
    """Add what is in the first line; steps that are there get their place by their time."""
    op.add_column(
        "version_steps", sa.Column("entry", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.execute(
        """UPDATE version_steps SET entry = coalesce((
        SELECT max(h.entry) FROM score_history AS h WHERE h.at < version_steps.at), 0)
        WHERE action IN ('activated', 'retired')"""
    )
    op.create_index(
        "ix_events_bot",
        "events",
        ["bot"],
        sqlite_where=MARKED,
        postgresql_where=MARKED,
    )
    op.create_index("ix_quarantine_message_id", "quarantine", ["message_id"])
    op.create_index("ix_lead_values_field_at", "lead_values", ["field", "at"])
