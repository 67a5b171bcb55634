"""Leads and accounts with the history of their fields, and what belongs to a person."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table

from tamis.server.store.tables.columns import CODE_POINTS, KEY, METADATA, number, text

leads = Table(
    "leads",
    METADATA,
    # The key inside; what others know is `lead_id`, which may change when two leads prove one.
    Column("lead", KEY, primary_key=True),
    Column("lead_id", CODE_POINTS, nullable=False, unique=True),
    text("account_id", null=True),  # the field `account_id`; its account may not be known yet
    text("owner", null=True),  # login of the seller
    text("fields"),  # JSON object: the latest value of each field
    number("first_at"),  # the earliest message
    number("last_at"),  # the latest event
    Column("opted_out", Boolean, nullable=False, server_default="0"),  # of being profiled
    Index("ix_leads_account_id", "account_id"),
    Index("ix_leads_owner", "owner"),
)
lead_values = Table(
    "lead_values",
    METADATA,
    number("lead"),
    text("field"),
    number("at"),  # since when
    text("value"),  # JSON; at one instant the greatest text holds, so order of arrival is nothing
    text("source"),  # what said it: identify, group, api, import, correction
    PrimaryKeyConstraint("lead", "field", "at"),
    Index("ix_lead_values_field_at", "field", "at"),
    sqlite_with_rowid=False,
)
accounts = Table(
    "accounts",
    METADATA,
    Column("account", KEY, primary_key=True),
    Column("account_id", CODE_POINTS, nullable=False, unique=True),
    text("fields"),
    number("first_at"),
)
account_values = Table(
    "account_values",
    METADATA,
    number("account"),
    text("field"),
    number("at"),
    text("value"),
    text("source"),
    PrimaryKeyConstraint("account", "field", "at"),
    sqlite_with_rowid=False,
)
identities = Table(
    "identities",
    METADATA,
    text("kind"),  # user, email, anonymous
    text("value"),
    number("lead"),
    number("at"),  # of the earliest message that says so
    text("said_by"),  # anonymous: the identity it was first seen with, as kind:value
    PrimaryKeyConstraint("kind", "value"),
    Index("ix_identities_lead", "lead"),
    sqlite_with_rowid=False,
)
outcomes = Table(
    "outcomes",
    METADATA,
    Column("outcome_key", KEY, primary_key=True),
    Column("outcome_id", CODE_POINTS, nullable=False, unique=True),
    number("lead"),
    text("outcome"),  # won, lost
    number("at"),
    number("amount", null=True),  # millionths
    number("received_at"),
    Index("ix_outcomes_lead", "lead"),
)
consents = Table(
    "consents",
    METADATA,
    number("lead"),
    text("purpose"),  # profiling
    number("at"),
    Column("given", Boolean, nullable=False),
    text("source"),
    PrimaryKeyConstraint("lead", "purpose", "at"),
)
adjustments = Table(
    "adjustments",
    METADATA,
    Column("adjustment", KEY, primary_key=True),
    number("lead"),
    text("model"),
    text("dimension"),
    number("points"),  # thousandths
    text("reason"),
    text("made_by"),
    number("made_at"),
    number("first_day"),
    number("last_day", null=True),  # null: no expiry
    number("withdrawn_at", null=True),
    text("withdrawn_by", null=True),
    Index("ix_adjustments_lead", "lead"),
)
erased = Table(
    "erased",
    METADATA,
    # Fingerprints, with the key of this store, of what was erased: a client that sends it again
    # does not bring it back.
    Column("mark", CODE_POINTS, primary_key=True),
    number("at"),
    Index("ix_erased_at", "at"),
    sqlite_with_rowid=False,
)
