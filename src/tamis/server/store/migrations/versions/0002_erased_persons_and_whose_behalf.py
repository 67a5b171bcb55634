"""Persons who were erased; on whose behalf a step was made; one active version of a model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

CODE_POINTS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ACTIVE = sa.text("state = 'active'")


def upgrade() -> None:
    """Add what is in the first line; of several active versions the latest stays so."""
    op.create_table(
        "erased",
        sa.Column("mark", CODE_POINTS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_erased")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_erased_at", "erased", ["at"])
    op.add_column(
        "version_steps", sa.Column("made_as", CODE_POINTS, nullable=False, server_default="")
    )
    op.execute(
        """UPDATE versions SET state = 'retired' WHERE state = 'active' AND number < (
        SELECT max(later.number) FROM versions AS later
        WHERE later.model = versions.model AND later.state = 'active')"""
    )
    op.create_index(
        "ix_versions_active",
        "versions",
        ["model"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
