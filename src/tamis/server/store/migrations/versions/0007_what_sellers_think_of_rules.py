"""What sellers think of the rules of a model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

CODE_POINTS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what is in the first line."""
    op.create_table(
        "survey_answers",
        sa.Column("model", CODE_POINTS, nullable=False),
        sa.Column("rule", CODE_POINTS, nullable=False),
        sa.Column("login", CODE_POINTS, nullable=False),
        sa.Column("rating", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", "rule", "login", name=op.f("pk_survey_answers")),
        sqlite_with_rowid=False,
    )
