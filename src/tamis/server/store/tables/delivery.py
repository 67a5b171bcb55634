"""What is to be told to other systems, what they were told to be in their lists, and states."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    PrimaryKeyConstraint,
    Table,
    literal_column,
)

from tamis.server.store.tables.columns import CODE_POINTS, KEY, METADATA, number, text

outbox = Table(
    "outbox",
    METADATA,
    Column("entry", KEY, primary_key=True),
    text("target"),  # its name in `targets.yaml`, which may not have it yet
    number("lead", null=True),  # rows of a lead go to a target in their order
    text("line", null=True),  # and so do rows of one line, which are of no lead
    text("kind"),
    text("payload"),  # JSON object; empty once it is sent or dropped
    Column("idempotency_key", CODE_POINTS, nullable=False, unique=True),
    number("made_at"),
    number("since"),  # when it was put here or replayed: it is given up so long after
    number("next_at"),  # not to be tried before
    number("attempts", default=0),
    text("leased_by", null=True),
    number("leased_until", null=True),
    text("state", default="waiting"),  # waiting, sent, dead, dropped
    number("settled_at", null=True),
    text("error", default=""),  # why the latest attempt failed
    CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name="state"),
)
IS_WAITING: ColumnElement[str] = literal_column("'waiting'")
"""The state, written out: with a parameter in its place, SQLite uses no index of waiting rows."""
WAITING = outbox.c.state == IS_WAITING
for name, columns in (
    ("ix_outbox_due", (outbox.c.target, outbox.c.next_at, outbox.c.entry)),
    ("ix_outbox_of_lead", (outbox.c.target, outbox.c.lead, outbox.c.entry)),
    ("ix_outbox_of_line", (outbox.c.target, outbox.c.line, outbox.c.entry)),
):
    # Few rows wait, and those that are sent stay for their keys.
    Index(name, *columns, sqlite_where=WAITING, postgresql_where=WAITING)
IS_DEAD: ColumnElement[str] = literal_column("'dead'")
DEAD = outbox.c.state == IS_DEAD
# Of dead rows alone: were those that wait in it, SQLite might look for a lead's rows there.
Index("ix_outbox_dead", outbox.c.target, outbox.c.entry, sqlite_where=DEAD, postgresql_where=DEAD)
Index("ix_outbox_lead", outbox.c.lead)
audience_members = Table(
    "audience_members",
    METADATA,
    # Without the lead: who is erased here must still be taken from the list there.
    text("audience"),
    text("address"),
    number("since"),
    PrimaryKeyConstraint("audience", "address"),
    sqlite_with_rowid=False,
)
target_states = Table(
    "target_states",
    METADATA,
    text("target"),
    text("name"),  # rests-until, and cursors of targets that are read
    text("value"),
    PrimaryKeyConstraint("target", "name"),
    sqlite_with_rowid=False,
)
