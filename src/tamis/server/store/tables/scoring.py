"""Matches, scores and their history. A counter is known by what it counts, whatever the model."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, PrimaryKeyConstraint, Table

from tamis.server.store.tables.columns import CODE_POINTS, KEY, METADATA, number, text

counters = Table(
    "counters",
    METADATA,
    Column("counter", KEY, primary_key=True),
    Column("mark", CODE_POINTS, nullable=False, unique=True),  # fingerprint: tamis.matches.kept
    text("name"),  # of the rule when it was first counted
    Column("counted", Boolean, nullable=False, server_default="0"),  # all events stored are in
)
matches = Table(
    "matches",
    METADATA,
    number("lead"),
    number("counter"),
    number("day"),
    number("n"),
    text("amount", null=True),  # a whole number of up to 128 bits, millionths
    PrimaryKeyConstraint("lead", "counter", "day"),
    sqlite_with_rowid=False,
)
facts = Table(
    "facts",
    METADATA,
    number("version_key"),
    number("lead"),
    text("facts"),  # JSON array: the row of the relation `leads` of the chain
    PrimaryKeyConstraint("version_key", "lead"),
    sqlite_with_rowid=False,
)
scores = Table(
    "scores",
    METADATA,
    number("version_key"),
    number("lead"),
    text("lead_id"),
    number("as_of"),  # the day of the numbers
    number("next_change", null=True),  # first later day on which they may differ; null: never
    Column("excluded", Boolean, nullable=False),
    text("dimensions"),  # JSON object of hundredths by dimension
    text("grades"),  # JSON object of labels by dimension
    number("score", null=True),  # hundredths
    text("cell", null=True),
    text("temperature", null=True),
    text("stage", null=True),
    text("play", null=True),
    number("turn"),  # lower is called earlier; ties by lead_id
    number("known", null=True),  # hundredths
    number("changed"),  # the latest entry of score_history
    number("steps", null=True),  # bits: which conditions of the lifecycle hold; null: none asked
    PrimaryKeyConstraint("version_key", "lead"),
    # With what lists filter by: a rare cell is found without reading every score.
    Index(
        "ix_scores_turn",
        *("version_key", "turn", "lead_id"),
        *("excluded", "cell", "temperature", "stage", "play"),
    ),
    Index("ix_scores_version_key_next_change", "version_key", "next_change"),
    Index("ix_scores_version_key_changed", "version_key", "changed"),
    Index("ix_scores_lead", "lead"),
)
score_history = Table(
    "score_history",
    METADATA,
    Column("entry", KEY, primary_key=True),
    number("version_key"),
    number("lead"),
    number("at"),
    number("day"),
    text("cause"),  # events, fields, time, model, merge, bots, manual, consent
    text("messages"),  # JSON array of the message ids that caused it
    number("score_before", null=True),
    number("score_after", null=True),
    text("before"),  # JSON object of the verdict; empty object: none
    text("after"),  # `joined` in it: the ids of leads that proved to be this one
    Index("ix_score_history_lead_entry", "lead", "entry"),
)
