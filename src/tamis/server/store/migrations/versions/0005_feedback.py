"""Parts of scores at hand-offs, and alarms of too many rejections."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CODE_POINTS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add what is in the first line."""
    op.create_table(
        "alarms",
        sa.Column("alarm", KEY, nullable=False),
        sa.Column("model", CODE_POINTS, nullable=False),
        sa.Column("kind", CODE_POINTS, nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=False),
        sa.Column("tolerated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alarm", name=op.f("pk_alarms")),
    )
    op.create_index(
        "ix_alarms_open",
        "alarms",
        ["model", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "handoff_parts",
        sa.Column("handoff", KEY, autoincrement=False, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("parts", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("handoff", name=op.f("pk_handoff_parts")),
    )
    op.create_index("ix_handoff_parts_lead", "handoff_parts", ["lead"])
