"""Where leads stand, and the work that scores make: statuses, hand-offs, deadlines, absences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WAITING = sa.text("state = 'waiting'")
OPEN = sa.text("state IN ('waiting', 'assigned', 'accepted')")
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables; people get a zone, a country and a manager."""
    op.create_table(
        "absences",
        sa.Column("absence", KEY, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("first_day", sa.BigInteger(), nullable=False),
        sa.Column("last_day", sa.BigInteger(), nullable=False),
        sa.Column("about", TEXT, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("absence", name="pk_absences"),
    )
    op.create_index("ix_absences_login", "absences", ["login", "last_day"])
    op.create_table(
        "deadlines",
        sa.Column("deadline", KEY, nullable=False),
        sa.Column("handoff", sa.BigInteger(), nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("fired_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", TEXT, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("deadline", name="pk_deadlines"),
        sa.UniqueConstraint("handoff", "kind", "round", name="uq_deadlines_handoff_kind_round"),
    )
    op.create_index("ix_deadlines_due", "deadlines", ["fired_at", "due_at"])
    op.create_index("ix_deadlines_lead", "deadlines", ["lead"])
    op.create_table(
        "handoff_history",
        sa.Column("step", KEY, nullable=False),
        sa.Column("handoff", sa.BigInteger(), nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=True),
        sa.Column("queue", TEXT, nullable=False),
        sa.Column("made_by", TEXT, nullable=True),
        sa.Column("reason", TEXT, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("step", name="pk_handoff_history"),
    )
    op.create_index("ix_handoff_history_handoff", "handoff_history", ["handoff", "step"])
    op.create_index("ix_handoff_history_lead", "handoff_history", ["lead"])
    op.create_table(
        "handoffs",
        sa.Column("handoff", KEY, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("play", TEXT, nullable=False),
        sa.Column("queue", TEXT, nullable=False),
        sa.Column("place", sa.BigInteger(), server_default="-1", nullable=False),
        sa.Column("wanted", TEXT, server_default="", nullable=False),
        sa.Column("cause", sa.BigInteger(), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("owner", TEXT, nullable=True),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("assigned_at", sa.BigInteger(), nullable=True),
        sa.Column("round", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("respond_within", TEXT, nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("note", TEXT, server_default="", nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("cell", TEXT, nullable=True),
        sa.Column("version_key", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'assigned', 'accepted', 'rejected', 'withdrawn', 'done')",
            name="state",
        ),
        sa.PrimaryKeyConstraint("handoff", name="pk_handoffs"),
        sa.UniqueConstraint(
            "model", "lead", "play", "cause", name="uq_handoffs_model_lead_play_cause"
        ),
    )
    op.create_index("ix_handoffs_lead", "handoffs", ["lead"])
    op.create_index("ix_handoffs_model_made_at", "handoffs", ["model", "made_at"])
    op.create_index("ix_handoffs_owner", "handoffs", ["owner", "state", "turn", "handoff"])
    op.create_index("ix_handoffs_queue", "handoffs", ["queue", "state", "turn", "handoff"])
    op.create_index("ix_handoffs_queue_assigned_at", "handoffs", ["queue", "assigned_at"])
    op.create_index(
        "ix_handoffs_line",
        "handoffs",
        ["queue", "model", "place", "wanted", "turn", "handoff"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
    op.create_index(
        "ix_handoffs_open",
        "handoffs",
        ["model", "lead"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "play_firings",
        sa.Column("model", TEXT, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("play", TEXT, nullable=False),
        sa.Column("cause", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("handoff", sa.BigInteger(), nullable=True),
        sa.Column("version_key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", "lead", "play", "cause", name="pk_play_firings"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_play_firings_lead", "play_firings", ["lead"])
    op.create_table(
        "rotations",
        sa.Column("queue", TEXT, nullable=False),
        sa.Column("login", TEXT, nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "login", name="pk_rotations"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recorded_answers",
        sa.Column("answer", KEY, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("question", TEXT, nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.Column("note", TEXT, server_default="", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("answer", name="pk_recorded_answers"),
    )
    op.create_index("ix_recorded_answers_lead", "recorded_answers", ["lead", "model", "question"])
    op.create_table(
        "status_history",
        sa.Column("step", KEY, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("before", TEXT, nullable=True),
        sa.Column("after", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("milestone", TEXT, nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("cause", TEXT, nullable=False),
        sa.Column("made_by", TEXT, nullable=True),
        sa.Column("reason", TEXT, server_default="", nullable=False),
        sa.Column("version_key", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=True),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("cell", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("step", name="pk_status_history"),
    )
    op.create_index("ix_status_history_lead", "status_history", ["lead", "model", "step"])
    op.create_index("ix_status_history_model_at", "status_history", ["model", "at"])
    op.create_index(
        "ix_status_history_model_milestone", "status_history", ["model", "milestone", "at"]
    )
    op.create_table(
        "statuses",
        sa.Column("model", TEXT, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=True),
        sa.Column("entry", TEXT, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("cause", TEXT, nullable=False),
        sa.Column("decided", TEXT, nullable=True),
        sa.Column("firm", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("held_by", TEXT, nullable=True),
        sa.Column("held_reason", TEXT, nullable=True),
        sa.Column("look_at", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", "lead", name="pk_statuses"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_statuses_lead", "statuses", ["lead"])
    op.create_index("ix_statuses_look_at", "statuses", ["look_at"])
    op.create_index("ix_statuses_model_status", "statuses", ["model", "status", "since", "lead"])
    op.add_column("scores", sa.Column("steps", sa.BigInteger(), nullable=True))
    op.add_column("users", sa.Column("zone", TEXT, nullable=True))
    op.add_column("users", sa.Column("country", TEXT, nullable=True))
    op.add_column("users", sa.Column("manager", TEXT, nullable=True))
