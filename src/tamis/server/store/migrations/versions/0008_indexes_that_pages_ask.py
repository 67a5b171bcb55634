"""Indexes that pages ask: leads of a cell in the order of calling, work settled lately, the board.

What a list filters by stands in the index that orders it, so that a rare cell at the end of a
million leads is found without reading every score.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
FILTERED = ("excluded", "cell", "temperature", "stage", "play")
BOARD = ("model", "queue", "state", "settled_at", "due_at", "turn", "lead", "handoff")


def upgrade() -> None:
    """Add what is in the first line."""
    op.drop_index("ix_scores_version_key_turn_lead_id", "scores")
    op.create_index("ix_scores_turn", "scores", ["version_key", "turn", "lead_id", *FILTERED])
    op.create_index("ix_handoffs_settled_at", "handoffs", ["settled_at"])
    op.create_index("ix_handoffs_board", "handoffs", list(BOARD))
