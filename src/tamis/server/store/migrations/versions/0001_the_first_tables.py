"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
CODE_POINTS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """The first tables."""
    op.create_table(
        "account_values",
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("field", CODE_POINTS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("value", CODE_POINTS, nullable=False),
        sa.Column("source", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("account", "field", "at", name=op.f("pk_account_values")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "accounts",
        sa.Column("account", KEY, nullable=False),
        sa.Column("account_id", CODE_POINTS, nullable=False),
        sa.Column("fields", CODE_POINTS, nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_accounts")),
        sa.UniqueConstraint("account_id", name=op.f("uq_accounts_account_id")),
    )
    op.create_table(
        "adjustments",
        sa.Column("adjustment", KEY, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("model", CODE_POINTS, nullable=False),
        sa.Column("dimension", CODE_POINTS, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("reason", CODE_POINTS, nullable=False),
        sa.Column("made_by", CODE_POINTS, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.BigInteger(), nullable=False),
        sa.Column("last_day", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", CODE_POINTS, nullable=True),
        sa.PrimaryKeyConstraint("adjustment", name=op.f("pk_adjustments")),
    )
    with op.batch_alter_table("adjustments", schema=None) as batch_op:
        batch_op.create_index("ix_adjustments_lead", ["lead"], unique=False)

    op.create_table(
        "audit",
        sa.Column("entry", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", CODE_POINTS, nullable=False),
        sa.Column("action", CODE_POINTS, nullable=False),
        sa.Column("subject", CODE_POINTS, nullable=False),
        sa.Column("details", CODE_POINTS, nullable=False),
        sa.Column("request_id", CODE_POINTS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_at", ["at"], unique=False)

    op.create_table(
        "consents",
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("purpose", CODE_POINTS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("source", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("lead", "purpose", "at", name=op.f("pk_consents")),
    )
    op.create_table(
        "counters",
        sa.Column("counter", KEY, nullable=False),
        sa.Column("mark", CODE_POINTS, nullable=False),
        sa.Column("name", CODE_POINTS, nullable=False),
        sa.Column("counted", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("counter", name=op.f("pk_counters")),
        sa.UniqueConstraint("mark", name=op.f("uq_counters_mark")),
    )
    op.create_table(
        "dirty",
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("cause", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("lead", name=op.f("pk_dirty")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("event_key", KEY, nullable=False),
        sa.Column("message_id", CODE_POINTS, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=True),
        sa.Column("kind", CODE_POINTS, nullable=False),
        sa.Column("event", CODE_POINTS, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("user_id", CODE_POINTS, nullable=True),
        sa.Column("anonymous_id", CODE_POINTS, nullable=True),
        sa.Column("properties", CODE_POINTS, nullable=False),
        sa.Column("context", CODE_POINTS, nullable=False),
        sa.Column("bot", CODE_POINTS, nullable=True),
        sa.Column("bot_by", CODE_POINTS, nullable=True),
        sa.PrimaryKeyConstraint("event_key", name=op.f("pk_events")),
        sa.UniqueConstraint("message_id", name=op.f("uq_events_message_id")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_events_anonymous_id",
            ["anonymous_id", "at"],
            unique=False,
            sqlite_where=sa.text("user_id IS NULL AND anonymous_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NULL AND anonymous_id IS NOT NULL"),
        )
        batch_op.create_index("ix_events_lead_at", ["lead", "at"], unique=False)

    op.create_table(
        "facts",
        sa.Column("version_key", sa.BigInteger(), nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("facts", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("version_key", "lead", name=op.f("pk_facts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identities",
        sa.Column("kind", CODE_POINTS, nullable=False),
        sa.Column("value", CODE_POINTS, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("said_by", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_identities")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.create_index("ix_identities_lead", ["lead"], unique=False)

    op.create_table(
        "keys",
        sa.Column("key_id", CODE_POINTS, nullable=False),
        sa.Column("key_hash", CODE_POINTS, nullable=False),
        sa.Column("name", CODE_POINTS, nullable=False),
        sa.Column("scopes", CODE_POINTS, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", CODE_POINTS, nullable=True),
        sa.Column("last_used", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_keys")),
    )
    op.create_table(
        "lead_values",
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("field", CODE_POINTS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("value", CODE_POINTS, nullable=False),
        sa.Column("source", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("lead", "field", "at", name=op.f("pk_lead_values")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "leads",
        sa.Column("lead", KEY, nullable=False),
        sa.Column("lead_id", CODE_POINTS, nullable=False),
        sa.Column("account_id", CODE_POINTS, nullable=True),
        sa.Column("owner", CODE_POINTS, nullable=True),
        sa.Column("fields", CODE_POINTS, nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("opted_out", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("lead", name=op.f("pk_leads")),
        sa.UniqueConstraint("lead_id", name=op.f("uq_leads_lead_id")),
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index("ix_leads_account_id", ["account_id"], unique=False)
        batch_op.create_index("ix_leads_owner", ["owner"], unique=False)

    op.create_table(
        "links",
        sa.Column("token_hash", CODE_POINTS, nullable=False),
        sa.Column("purpose", CODE_POINTS, nullable=False),
        sa.Column("login", CODE_POINTS, nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_links")),
    )
    op.create_table(
        "matches",
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("amount", CODE_POINTS, nullable=True),
        sa.PrimaryKeyConstraint("lead", "counter", "day", name=op.f("pk_matches")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outcomes",
        sa.Column("outcome_key", KEY, nullable=False),
        sa.Column("outcome_id", CODE_POINTS, nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("outcome", CODE_POINTS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("outcome_key", name=op.f("pk_outcomes")),
        sa.UniqueConstraint("outcome_id", name=op.f("uq_outcomes_outcome_id")),
    )
    with op.batch_alter_table("outcomes", schema=None) as batch_op:
        batch_op.create_index("ix_outcomes_lead", ["lead"], unique=False)

    op.create_table(
        "quarantine",
        sa.Column("entry", KEY, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", CODE_POINTS, nullable=True),
        sa.Column("kind", CODE_POINTS, nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.Column("code", CODE_POINTS, nullable=False),
        sa.Column("reason", CODE_POINTS, nullable=False),
        sa.Column("person", CODE_POINTS, nullable=True),
        sa.Column("key_id", CODE_POINTS, nullable=True),
        sa.Column("state", CODE_POINTS, server_default="waiting", nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'replayed', 'dropped')", name="state"),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_quarantine")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index("ix_quarantine_person", ["person"], unique=False)
        batch_op.create_index("ix_quarantine_state_entry", ["state", "entry"], unique=False)

    op.create_table(
        "score_history",
        sa.Column("entry", KEY, nullable=False),
        sa.Column("version_key", sa.BigInteger(), nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("cause", CODE_POINTS, nullable=False),
        sa.Column("messages", CODE_POINTS, nullable=False),
        sa.Column("score_before", sa.BigInteger(), nullable=True),
        sa.Column("score_after", sa.BigInteger(), nullable=True),
        sa.Column("before", CODE_POINTS, nullable=False),
        sa.Column("after", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_score_history")),
    )
    with op.batch_alter_table("score_history", schema=None) as batch_op:
        batch_op.create_index("ix_score_history_lead_entry", ["lead", "entry"], unique=False)

    op.create_table(
        "scores",
        sa.Column("version_key", sa.BigInteger(), nullable=False),
        sa.Column("lead", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", CODE_POINTS, nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("next_change", sa.BigInteger(), nullable=True),
        sa.Column("excluded", sa.Boolean(), nullable=False),
        sa.Column("dimensions", CODE_POINTS, nullable=False),
        sa.Column("grades", CODE_POINTS, nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=True),
        sa.Column("cell", CODE_POINTS, nullable=True),
        sa.Column("temperature", CODE_POINTS, nullable=True),
        sa.Column("stage", CODE_POINTS, nullable=True),
        sa.Column("play", CODE_POINTS, nullable=True),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=True),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version_key", "lead", name=op.f("pk_scores")),
    )
    with op.batch_alter_table("scores", schema=None) as batch_op:
        batch_op.create_index("ix_scores_lead", ["lead"], unique=False)
        batch_op.create_index(
            "ix_scores_version_key_changed", ["version_key", "changed"], unique=False
        )
        batch_op.create_index(
            "ix_scores_version_key_next_change", ["version_key", "next_change"], unique=False
        )
        batch_op.create_index(
            "ix_scores_version_key_turn_lead_id", ["version_key", "turn", "lead_id"], unique=False
        )

    op.create_table(
        "sessions",
        sa.Column("token_hash", CODE_POINTS, nullable=False),
        sa.Column("login", CODE_POINTS, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index("ix_sessions_login", ["login"], unique=False)

    op.create_table(
        "settings",
        sa.Column("name", CODE_POINTS, nullable=False),
        sa.Column("value", CODE_POINTS, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_settings")),
    )
    op.create_table(
        "tasks",
        sa.Column("task", KEY, nullable=False),
        sa.Column("kind", CODE_POINTS, nullable=False),
        sa.Column("subject", CODE_POINTS, nullable=False),
        sa.Column("state", CODE_POINTS, nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("asked_by", CODE_POINTS, nullable=True),
        sa.Column("error", CODE_POINTS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("task", name=op.f("pk_tasks")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index("ix_tasks_state", ["state"], unique=False)

    op.create_table(
        "users",
        sa.Column("login", CODE_POINTS, nullable=False),
        sa.Column("name", CODE_POINTS, nullable=False),
        sa.Column("email", CODE_POINTS, nullable=True),
        sa.Column("password", CODE_POINTS, nullable=True),
        sa.Column("role", CODE_POINTS, nullable=False),
        sa.Column("language", CODE_POINTS, server_default="en", nullable=False),
        sa.Column("disabled", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("role IN ('sales', 'marketing', 'admin')", name="role"),
        sa.PrimaryKeyConstraint("login", name=op.f("pk_users")),
    )
    op.create_table(
        "version_steps",
        sa.Column("step", KEY, nullable=False),
        sa.Column("version_key", sa.BigInteger(), nullable=False),
        sa.Column("action", CODE_POINTS, nullable=False),
        sa.Column("role", CODE_POINTS, nullable=False),
        sa.Column("made_by", CODE_POINTS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("comment", CODE_POINTS, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("step", name=op.f("pk_version_steps")),
    )
    with op.batch_alter_table("version_steps", schema=None) as batch_op:
        batch_op.create_index("ix_version_steps_version_key", ["version_key"], unique=False)

    op.create_table(
        "versions",
        sa.Column("version_key", KEY, nullable=False),
        sa.Column("model", CODE_POINTS, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("yaml", CODE_POINTS, nullable=False),
        sa.Column("state", CODE_POINTS, nullable=False),
        sa.Column("shadow", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("scored", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=True),
        sa.Column("owner", CODE_POINTS, nullable=False),
        sa.Column("review_day", sa.BigInteger(), nullable=True),
        sa.Column("measures", CODE_POINTS, nullable=False),
        sa.Column("relies_on", CODE_POINTS, nullable=False),
        sa.Column("about", CODE_POINTS, server_default="", nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", CODE_POINTS, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'proposed', 'approved', 'active', 'retired')", name="state"
        ),
        sa.PrimaryKeyConstraint("version_key", name=op.f("pk_versions")),
        sa.UniqueConstraint("model", "number", name=op.f("uq_versions_model_number")),
    )
