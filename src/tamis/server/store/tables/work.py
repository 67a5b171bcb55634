"""Work that scores make: plays that fired, hand-offs in their queues, deadlines, absences."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from tamis.server.store.tables.columns import KEY, METADATA, number, text

handoffs = Table(
    "handoffs",
    METADATA,
    Column("handoff", KEY, primary_key=True),
    text("model"),
    number("lead"),
    text("play"),
    text("queue"),
    number("place", default=-1),  # of the territory in its queue, from 0; -1: of none
    text("wanted", default=""),  # login of the lead's owner, who is of the queue; empty: anybody
    number("cause"),  # entry of score_history by which the play began to hold: it fires once for it
    text("state"),  # waiting, assigned, accepted, rejected, withdrawn, done
    text("owner", null=True),  # login; null: it waits for one
    number("turn"),  # lower is called earlier: fast track first, then the turn of the score
    number("made_at"),
    number("assigned_at", null=True),
    number("round", default=0),  # counts the promises: one for the making, one for each owner
    text("respond_within", null=True),  # of the play, as `4h`; null: no service level
    number("due_at", null=True),  # respond until; null: no service level
    number("answered_at", null=True),  # accepted or rejected
    number("settled_at", null=True),  # rejected, withdrawn or done
    number("snoozed_until", null=True),
    text("settled_by", null=True),
    text("reason", null=True),  # of a rejection: one of the model's list
    text("note", default=""),
    number("score", null=True),  # hundredths, when it was made
    text("cell", null=True),
    number("version_key"),
    UniqueConstraint("model", "lead", "play", "cause"),
    CheckConstraint(
        "state IN ('waiting', 'assigned', 'accepted', 'rejected', 'withdrawn', 'done')",
        name="state",
    ),
    # The page of a queue, in its order; the page of a person.
    Index("ix_handoffs_queue", "queue", "state", "turn", "handoff"),
    Index("ix_handoffs_owner", "owner", "state", "turn", "handoff"),
    Index("ix_handoffs_lead", "lead"),
    Index("ix_handoffs_model_made_at", "model", "made_at"),
    # The pace of a queue.
    Index("ix_handoffs_queue_assigned_at", "queue", "assigned_at"),
    Index("ix_handoffs_settled_at", "settled_at"),
    # The columns of the board: counted, and put in order, without reading the hand-offs.
    Index(
        "ix_handoffs_board",
        *("model", "queue", "state", "settled_at", "due_at", "turn", "lead", "handoff"),
    ),
)
WAITING = handoffs.c.state == "waiting"
OPEN = handoffs.c.state.in_(("waiting", "assigned", "accepted"))
# Work that the same people may take stands together, in its order.
Index(
    "ix_handoffs_line",
    *(handoffs.c[name] for name in ("queue", "model", "place", "wanted", "turn", "handoff")),
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
# A lead is handed over once at a time, whatever else goes wrong.
Index(
    "ix_handoffs_open",
    handoffs.c.model,
    handoffs.c.lead,
    unique=True,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
)
handoff_history = Table(
    "handoff_history",
    METADATA,
    Column("step", KEY, primary_key=True),
    number("handoff"),
    number("lead"),
    number("at"),
    text("what"),  # made, upgraded, assigned, snoozed, reminded, escalated, accepted, rejected ...
    text("owner", null=True),  # who has it from then on; null: nobody
    text("queue"),
    text("made_by", null=True),  # login; null: the server
    text("reason", default=""),
    Index("ix_handoff_history_handoff", "handoff", "step"),
    Index("ix_handoff_history_lead", "lead"),
)
play_firings = Table(
    "play_firings",
    METADATA,
    # A play fires once for its cause: the entry of score_history by which it began to hold.
    text("model"),
    number("lead"),
    text("play"),
    number("cause"),
    number("at"),
    text("outcome"),  # made, upgraded, joined, held, told, nothing
    number("handoff", null=True),  # that it made or joined
    number("version_key"),
    PrimaryKeyConstraint("model", "lead", "play", "cause"),
    Index("ix_play_firings_lead", "lead"),
    sqlite_with_rowid=False,
)
rotations = Table(
    "rotations",
    METADATA,
    # Whose turn it is: the step of the history by which a person last got work of a queue.
    text("queue"),
    text("login"),
    number("step"),
    PrimaryKeyConstraint("queue", "login"),
    sqlite_with_rowid=False,
)
deadlines = Table(
    "deadlines",
    METADATA,
    Column("deadline", KEY, primary_key=True),
    number("handoff"),
    number("lead"),
    text("kind"),  # remind, escalate, reassign
    number("round"),  # of the hand-off: each promise has its own deadlines
    number("due_at"),
    number("fired_at", null=True),
    text("outcome", default=""),  # what was done: told, reassigned, moot, nobody
    UniqueConstraint("handoff", "kind", "round"),
    Index("ix_deadlines_due", "fired_at", "due_at"),
    Index("ix_deadlines_lead", "lead"),
)
absences = Table(
    "absences",
    METADATA,
    Column("absence", KEY, primary_key=True),
    text("login"),
    number("first_day"),
    number("last_day"),
    text("about", default=""),
    Index("ix_absences_login", "login", "last_day"),
)
