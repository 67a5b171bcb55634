"""What clients sent: every message acknowledged, once, and those put aside."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Table
from sqlalchemy import text as sql

from tamis.server.store.tables.columns import CODE_POINTS, KEY, METADATA, number, text

events = Table(
    "events",
    METADATA,
    Column("event_key", KEY, primary_key=True),
    Column("message_id", CODE_POINTS, nullable=False, unique=True),
    number("lead", null=True),  # null: an anonymous visitor
    text("kind"),  # track, page, screen, identify, group, alias
    text("event", null=True),  # the name; null: a message that is no event
    number("at"),
    number("received_at"),
    text("user_id", null=True),  # who it says it is of: a user id, else an e-mail; null: a visitor
    text("anonymous_id", null=True),
    text("properties"),  # JSON object
    text("context"),  # JSON object: user agent, page, campaign, channel
    text("bot", null=True),  # why it is held to be a machine's; null: it counts
    text("bot_by", null=True),  # login of who marked it; null: a detector
    Index("ix_events_lead_at", "lead", "at"),
    Index(
        "ix_events_anonymous_id",
        "anonymous_id",
        "at",
        sqlite_where=sql("user_id IS NULL AND anonymous_id IS NOT NULL"),
        postgresql_where=sql("user_id IS NULL AND anonymous_id IS NOT NULL"),
    ),
    Index(
        "ix_events_bot",
        "bot",
        sqlite_where=sql("bot IS NOT NULL"),
        postgresql_where=sql("bot IS NOT NULL"),
    ),
)
quarantine = Table(
    "quarantine",
    METADATA,
    Column("entry", KEY, primary_key=True),
    number("received_at"),
    text("message_id", null=True),
    text("kind"),
    Column("message", LargeBinary, nullable=False),  # as it came, at most 32 KB of it
    text("code"),  # short name of the reason
    text("reason"),
    text("person", null=True),  # user id, e-mail or anonymous id found in it, for privacy
    text("key_id", null=True),  # the key it came with
    text("state", default="waiting"),  # waiting, replayed, dropped
    number("settled_at", null=True),  # waiting: since when somebody replays it
    CheckConstraint("state IN ('waiting', 'replayed', 'dropped')", name="state"),
    Index("ix_quarantine_state_entry", "state", "entry"),
    Index("ix_quarantine_person", "person"),
    Index("ix_quarantine_message_id", "message_id"),
)
