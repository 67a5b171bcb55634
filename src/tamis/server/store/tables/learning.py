"""Learned models, what was declared and noticed of the market, and when to learn anew."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from tamis.server.store.tables.columns import KEY, METADATA, number, text

learned_models = Table(
    "learned_models",
    METADATA,
    Column("learned_key", KEY, primary_key=True),
    text("model"),  # the scoring model's name
    number("number"),  # 1, 2, 3 ... in the order in which they were made
    text("origin"),  # trained, imported, recalibrated
    text("learned"),  # JSON: the file of the learned model
    text("report"),  # JSON: what was found while it was learned; nothing of a person
    text("baseline"),  # JSON: what the watch compares with; null without
    text("fingerprint"),  # of what it was learned from
    text("reason", default=""),
    number("task", null=True),  # the training; null: there was none here
    number("version_key", null=True),  # the version of the scoring model made of it
    number("made_at"),
    text("made_by"),
    UniqueConstraint("model", "number"),
)
learned_disagreements = Table(
    "learned_disagreements",
    METADATA,
    # Leads whom rules and learned model judged otherwise on the day of the training.
    Column("disagreement", KEY, primary_key=True),
    text("model"),
    number("number"),  # of the learned model
    number("lead"),
    text("kind"),  # rules, learned: who finds the lead better
    number("rules", null=True),  # hundredths of the score by the rules
    number("learned"),  # hundredths of the learned score
    Index("ix_learned_disagreements_model", "model", "number"),
    Index("ix_learned_disagreements_lead", "lead"),
)
market_changes = Table(
    "market_changes",
    METADATA,
    Column("market_change", KEY, primary_key=True),
    text("model"),
    number("day"),  # the first day of the new market
    text("about"),
    number("made_at"),
    text("made_by"),
    number("withdrawn_at", null=True),
    text("withdrawn_by", null=True),
    Index("ix_market_changes_model", "model"),
)
learning_alarms = Table(
    "learning_alarms",
    METADATA,
    Column("alarm", KEY, primary_key=True),
    text("model"),
    text("kind"),  # population, new_value, vanished, missing, score, base_rate, calibration
    text("field"),  # the column that moved; empty: of no column
    text("part"),  # of which leads a calibration speaks: all, best
    number("since_day", null=True),  # from when it seems to have moved
    text("details"),  # JSON: what moved, by how much, what to do
    number("raised_at"),
    number("settled_at", null=True),
    text("settled_by", null=True),
    text("comment", default=""),
)
# An alarm is raised once, until somebody has looked at it.
Index(
    "ix_learning_alarms_open",
    learning_alarms.c.model,
    learning_alarms.c.kind,
    learning_alarms.c.field,
    learning_alarms.c.part,
    unique=True,
    sqlite_where=learning_alarms.c.settled_at.is_(None),
    postgresql_where=learning_alarms.c.settled_at.is_(None),
)
learning_watch = Table(
    "learning_watch",
    METADATA,
    text("model"),
    number("learned_key"),  # of which learned model
    text("state"),  # JSON: what the tests have counted so far
    number("day"),  # the last day that was looked at
    number("recalibrated_day", null=True),  # when the base rate was last looked at
    PrimaryKeyConstraint("model"),
    sqlite_with_rowid=False,
)
learning_policies = Table(
    "learning_policies",
    METADATA,
    text("model"),
    number("every_days", null=True),
    number("new_conversions", null=True),
    Column("on_alarm", Boolean, nullable=False, server_default="0"),
    Column("recalibrate", Boolean, nullable=False, server_default="1"),
    number("horizon"),
    text("allowed"),  # JSON array of columns
    Column("drop_suspects", Boolean, nullable=False, server_default="0"),
    number("made_at"),
    text("made_by"),
    PrimaryKeyConstraint("model"),
    sqlite_with_rowid=False,
)
