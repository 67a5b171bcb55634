"""The outbox of messages to other systems, members of audiences, states of targets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CODE_POINTS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Add what is in the first line."""
    op.create_table(
        "outbox",
        sa.Column("entry", KEY, nullable=False),
        sa.Column("target", CODE_POINTS, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=True),
        sa.Column("line", CODE_POINTS, nullable=True),
        sa.Column("kind", CODE_POINTS, nullable=False),
        sa.Column("payload", CODE_POINTS, nullable=False),
        sa.Column("idempotency_key", CODE_POINTS, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("leased_by", CODE_POINTS, nullable=True),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("state", CODE_POINTS, server_default="waiting", nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("error", CODE_POINTS, server_default="", nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name="state"),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_outbox")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_outbox_idempotency_key")),
    )
    for name, columns in (
        ("ix_outbox_due", ["target", "next_at", "entry"]),
        ("ix_outbox_of_lead", ["target", "lead", "entry"]),
        ("ix_outbox_of_line", ["target", "line", "entry"]),
    ):
        op.create_index(name, "outbox", columns, sqlite_where=WAITING, postgresql_where=WAITING)
    dead = sa.text("state = 'dead'")
    op.create_index(
        "ix_outbox_dead", "outbox", ["target", "entry"], sqlite_where=dead, postgresql_where=dead
    )
    op.create_index("ix_outbox_lead", "outbox", ["lead"])
    op.create_table(
        "audience_members",
        sa.Column("audience", CODE_POINTS, nullable=False),
        sa.Column("address", CODE_POINTS, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("audience", "address", name=op.f("pk_audience_members")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "target_states",
        sa.Column("target", CODE_POINTS, nullable=False),
        sa.Column("name", CODE_POINTS, nullable=False),
        sa.Column("value", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("target", "name", name=op.f("pk_target_states")),
        sqlite_with_rowid=False,
    )
