"""The input relations that an engine provides, with the columns that a model declares."""

from __future__ import annotations

from tamis.facts.plan import Plan
from tamis.model.spec import Table
from tamis.sql.relation import Column, Relation, Type

LEAD_ROWS = "lead_rows"
ACCOUNT_ROWS = "account_rows"
EVENT_ROWS = "event_rows"
KEPT_ROWS, KEPT_SUMS = "kept_rows", "kept_sums"
ADJUSTMENT_ROWS = "adjustment_rows"
DAYS = "days since 1970-01-01"
OUTCOMES = Relation(
    "outcome_rows",
    "what became of leads; a lead may be decided more than once",
    (),
    (
        Column("lead_id", "text", "the lead"),
        Column("outcome", "text", "won or lost"),
        Column("timestamp", "timestamp", "when it was decided, UTC"),
        Column("amount", "number", "what was sold for", null="not known"),
    ),
)
"""Outcomes are no input of a score: they are what scores of the past are compared with."""
ADJUSTMENTS = Relation(
    "adjustments",
    "points that people gave by hand, as delivered",
    (),
    (
        Column("lead_id", "text", "the lead"),
        Column("dimension", "text", "the dimension that gets them"),
        Column("points", "number", "points, at most 3 decimals"),
        Column("first_day", "date", "since when they count", null="since always"),
        Column("last_day", "date", "the last day on which they count", null="for ever"),
    ),
)
"""Adjustments as people have them; the chain reads `adjustment_rows`, which are made of them."""


def _fields(plan: Plan, table: Table) -> tuple[Column, ...]:
    return tuple(
        Column(f.column, f.type, f"the {table}'s {f.name}", null="not known")
        for f in plan.model.fields_of(table)
    )


def id_type(plan: Plan) -> Type:
    """The type of lead ids as delivered."""
    return "integer" if plan.shape.integer_ids else "text"


def lead_column(plan: Plan) -> Column:
    """What tells the lead before it meets the leads: its key where ids are whole, else its id."""
    if plan.shape.integer_ids:
        return Column("lead", "integer", "the lead's key inside the chain")
    return Column("lead_id", "text", "the lead")


def kept(plan: Plan) -> Relation:
    """Matches of a store: what its counters counted on every day."""
    lead = lead_column(plan)
    return Relation(
        KEPT_ROWS,
        "how many events each counter of a store counted on each day",
        (lead.name, "counter", "day"),
        (
            lead,
            Column("counter", "integer", "place of the counter in the store's list"),
            Column("day", "integer", "the events' day", unit="days since 1970-01-01"),
            Column("n", "integer", "number of events, at least 1"),
            Column("amount", "wide", "sum of a field", unit="millionths", null="none is added"),
        ),
    )


def kept_sums(plan: Plan) -> Relation:
    """Unit sums of a store: what its matches add up to as of a day."""
    lead = lead_column(plan)
    return Relation(
        KEPT_SUMS,
        "what rules have counted and added up as of the day",
        (lead.name, "sum"),
        (
            lead,
            Column("sum", "integer", "place of the sum in the store's list"),
            Column("count", "integer", "events counted in the window"),
            Column("last_day", "integer", "day of the latest", unit="days since 1970-01-01"),
            Column("added", "wide", "what is added up, as in `measures`"),
        ),
    )


def adjustments(plan: Plan) -> Relation:
    """Manual points: what people added to dimensions of leads, and when it counts."""
    return Relation(
        ADJUSTMENT_ROWS,
        "points that people gave by hand; those of one lead and dimension add up",
        (),
        (
            lead_column(plan),
            Column("dimension", "text", "the dimension; one that the model lacks counts nowhere"),
            Column("points", "integer", "points added or taken", unit="thousandths"),
            Column("first_day", "integer", "since when they count", unit=DAYS, null="always"),
            Column("last_day", "integer", "the last day they count", unit=DAYS, null="no end"),
        ),
    )


def inputs(plan: Plan) -> tuple[Relation, ...]:
    """The input relations that a plan reads."""
    valid_from = Column(
        "valid_from", "timestamp", "since when the row holds, UTC", null="since always"
    )
    leads = Relation(
        LEAD_ROWS,
        "leads as delivered",
        ("lead_id", "valid_from") if plan.shape.valid_from else ("lead_id",),
        (
            Column("lead_id", id_type(plan), "the lead"),
            Column("account_id", "text", "the lead's account", null="no account"),
            *((valid_from,) if plan.shape.valid_from else ()),
            *_fields(plan, "lead"),
        ),
    )
    accounts = Relation(
        ACCOUNT_ROWS,
        "accounts as delivered",
        ("account_id",),
        (Column("account_id", "text", "the account"), *_fields(plan, "account")),
    )
    event_id = Column("event_id", "text", "the event's own id", null="it has none")
    bot = Column("bot", "boolean", "whether a machine made the event", null="not said: counted")
    events = Relation(
        EVENT_ROWS,
        "events as delivered",
        (),
        (
            Column("lead_id", id_type(plan), "the lead", null="unreadable: left out"),
            Column("event", "text", "the name", null="unreadable: left out"),
            Column("timestamp", "timestamp", "the instant, UTC", null="unreadable: left out"),
            *((event_id,) if plan.shape.event_ids else ()),
            *((bot,) if plan.shape.bots else ()),
            *_fields(plan, "event"),
        ),
    )
    found = [leads]
    found += [kept(plan), kept_sums(plan)] if plan.shape.kept is not None else []
    found += [accounts] if plan.shape.accounts else []
    found += [events] if plan.shape.events else []
    found += [adjustments(plan)] if plan.shape.adjustments else []
    return tuple(found)
