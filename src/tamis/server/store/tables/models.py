"""Models, their versions, who agreed to them, and work in the background."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from tamis.server.store.tables.columns import KEY, METADATA, number, text

versions = Table(
    "versions",
    METADATA,
    Column("version_key", KEY, primary_key=True),
    text("model"),  # the model's name
    number("number"),  # 1, 2, 3 ... in the order in which they were made
    text("yaml"),
    text("state"),  # draft, proposed, approved, active, retired
    Column("shadow", Boolean, nullable=False, server_default="0"),
    Column("scored", Boolean, nullable=False, server_default="0"),  # every lead has its scores
    number("day", null=True),  # the last day whose turn is done
    text("owner"),
    number("review_day", null=True),
    text("measures"),  # JSON array of {name, target, by}: measures of success
    text("relies_on"),  # JSON array of {field, fresh_within}: days
    text("about", default=""),
    number("made_at"),
    text("made_by"),
    UniqueConstraint("model", "number"),
    CheckConstraint(
        "state IN ('draft', 'proposed', 'approved', 'active', 'retired')", name="state"
    ),
)
# A model has one active version at most, whatever else goes wrong.
Index(
    "ix_versions_active",
    versions.c.model,
    unique=True,
    sqlite_where=versions.c.state == "active",
    postgresql_where=versions.c.state == "active",
)
version_steps = Table(
    "version_steps",
    METADATA,
    Column("step", KEY, primary_key=True),
    number("version_key"),
    text("action"),  # proposed, approved, rejected, activated, retired, shadowed ...
    text("role"),  # marketing or sales: on whose behalf; empty: on nobody's
    text("made_by"),
    text("made_as", default=""),  # the maker's own role then; empty for a program
    number("at"),
    text("comment", default=""),
    number("entry", default=0),  # the latest entry of score_history then
    Index("ix_version_steps_version_key", "version_key"),
)
tasks = Table(
    "tasks",
    METADATA,
    Column("task", KEY, primary_key=True),
    text("kind"),  # activate, shadow; train
    text("subject"),  # JSON: what it is about
    text("state"),  # waiting, running, done, failed
    number("done", default=0),
    number("total", default=0),
    number("asked_at"),
    number("settled_at", null=True),
    text("asked_by", null=True),
    text("error", default=""),
    Index("ix_tasks_state", "state"),
)
dirty = Table(
    "dirty",
    METADATA,
    # Leads whose score waits to be made anew; a task clears them in slices.
    number("lead"),
    text("cause"),
    PrimaryKeyConstraint("lead"),
    sqlite_with_rowid=False,
)
survey_answers = Table(
    "survey_answers",
    METADATA,
    # What people who sell think of the rules of a model, whatever its version: the latest answer.
    text("model"),
    text("rule"),  # its id
    text("login"),
    number("rating", null=True),  # 0 says nothing .. 3 decides; null: does not know
    number("at"),
    PrimaryKeyConstraint("model", "rule", "login"),
    sqlite_with_rowid=False,
)
