"""Where leads stand: their status by model, how they came there, and what was answered."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table

from tamis.server.store.tables.columns import KEY, METADATA, number, text

statuses = Table(
    "statuses",
    METADATA,
    text("model"),
    number("lead"),
    text("status"),
    text("kind", null=True),  # of an MQL: mkg, tkg; null: the status has no kinds
    text("entry"),  # inbound, outbound
    number("since"),
    text("cause"),  # what made the latest step: score, marketing, sales, system, merge
    text("decided", null=True),  # where a person or an outcome put it last; null: none did
    Column("firm", Boolean, nullable=False, server_default="0"),  # they took it back or out to here
    text("held_by", null=True),  # login; null: scores may move it
    text("held_reason", null=True),
    number("look_at", null=True),  # when a step by score may be made with nothing new; null: never
    number("step"),  # its latest entry of status_history
    PrimaryKeyConstraint("model", "lead"),
    Index("ix_statuses_model_status", "model", "status", "since", "lead"),
    Index("ix_statuses_lead", "lead"),
    Index("ix_statuses_look_at", "look_at"),
    sqlite_with_rowid=False,
)
status_history = Table(
    "status_history",
    METADATA,
    Column("step", KEY, primary_key=True),
    text("model"),
    number("lead"),
    number("at"),
    text("before", null=True),  # null: it came in
    text("after"),
    text("kind", null=True),
    text("milestone", null=True),  # what reports count it as; null: nothing
    Column("passed", Boolean, nullable=False),  # skipped: passed at the same instant
    text("cause"),
    text("made_by", null=True),  # login; null: score or system
    text("reason", default=""),
    number("version_key"),
    number("entry", null=True),  # of score_history: the verdict behind it; null: no score was
    number("score", null=True),  # hundredths
    text("cell", null=True),
    Index("ix_status_history_lead", "lead", "model", "step"),
    Index("ix_status_history_model_at", "model", "at"),
    Index("ix_status_history_model_milestone", "model", "milestone", "at"),
)
recorded_answers = Table(
    "recorded_answers",
    METADATA,
    Column("answer", KEY, primary_key=True),
    text("model"),
    number("lead"),
    text("question"),  # budget, authority, need, timeframe, meeting, accepted ...
    Column("yes", Boolean, nullable=False),
    text("note", default=""),
    number("at"),
    text("made_by"),
    Index("ix_recorded_answers_lead", "lead", "model", "question"),
)
