"""Who may come in: people, their sessions, keys of programs; what they did; settings."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Table

from tamis.server.store.tables.columns import CODE_POINTS, KEY, METADATA, number, text

users = Table(
    "users",
    METADATA,
    Column("login", CODE_POINTS, primary_key=True),
    text("name"),
    text("email", null=True),
    text("password", null=True),  # argon2id; null: must be set by a link first
    text("role"),  # sales, marketing, admin
    text("language", default="en"),
    text("zone", null=True),  # IANA time zone of working hours; null: the model's
    text("country", null=True),  # whose holidays, as FR or DE-BY; null: the model's
    text("manager", null=True),  # login of who is told when work is late; null: the queue's
    Column("disabled", Boolean, nullable=False, server_default="0"),
    number("made_at"),
    number("last_seen", null=True),
    CheckConstraint("role IN ('sales', 'marketing', 'admin')", name="role"),
)
sessions = Table(
    "sessions",
    METADATA,
    Column("token_hash", CODE_POINTS, primary_key=True),
    text("login"),
    number("started_at"),
    number("seen_at"),  # written once a minute at most
    number("ends_at"),
    Index("ix_sessions_login", "login"),
)
links = Table(
    "links",
    METADATA,
    # Links that work once: the first administrator's, and to set a password.
    Column("token_hash", CODE_POINTS, primary_key=True),
    text("purpose"),  # first-admin, set-password
    text("login", null=True),
    number("ends_at"),
    number("used_at", null=True),
)
keys = Table(
    "keys",
    METADATA,
    Column("key_id", CODE_POINTS, primary_key=True),  # the part of the key that may be shown
    text("key_hash"),
    text("name"),
    text("scopes"),  # ingest, read, admin, separated by spaces
    number("made_at"),
    text("made_by", null=True),
    number("last_used", null=True),
    number("revoked_at", null=True),
)
audit = Table(
    "audit",
    METADATA,
    Column("entry", KEY, primary_key=True),
    number("at"),
    text("who"),  # a login, key:<id>, or system
    text("action"),  # as user.add, version.approve, person.erase
    text("subject"),  # what it was done to; never a person's data
    text("details"),  # JSON object, without secrets
    text("request_id", default=""),
    Index("ix_audit_at", "at"),
)
settings = Table(
    "settings",
    METADATA,
    Column("name", CODE_POINTS, primary_key=True),
    text("value"),
)
