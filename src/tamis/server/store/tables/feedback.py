"""What is kept to learn from feedback: parts of scores at the hand-off, alarms."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from tamis.server.store.tables.columns import KEY, METADATA, number, text

handoff_parts = Table(
    "handoff_parts",
    METADATA,
    # What rules gave the lead when its hand-off was made, as far as it could be had.
    Column("handoff", KEY, primary_key=True, autoincrement=False),
    number("lead"),
    number("day"),  # of the parts: a later one than the hand-off's where they were made late
    text("parts"),  # JSON array of [dimension, rule, thousandths of a point]
    Index("ix_handoff_parts_lead", "lead"),
)
alarms = Table(
    "alarms",
    METADATA,
    Column("alarm", KEY, primary_key=True),
    text("model"),
    text("kind"),  # false-positives
    number("raised_at"),
    number("ended_at", null=True),  # null: it holds
    number("rejected"),  # when it was raised
    number("answered"),
    number("tolerated"),  # whole percents
)
# An alarm is raised once for a crossing.
Index(
    "ix_alarms_open",
    alarms.c.model,
    alarms.c.kind,
    unique=True,
    sqlite_where=alarms.c.ended_at.is_(None),
    postgresql_where=alarms.c.ended_at.is_(None),
)
