"""Events as facts: readable, not by bots, not after the day, each id once a day.

Repeated ids are rare, and looking for them among all events is dear. So the fingerprints that occur
more than once are found first, and only events with one of those are compared by their ids.
"""

from __future__ import annotations

from sqlglot import exp

from tamis.facts.inputs import EVENT_ROWS, lead_column
from tamis.facts.plan import Plan
from tamis.sql import days
from tamis.sql.chain import Constants, Step
from tamis.sql.relation import Column, Relation
from tamis.sql.write import all_of, column, query, table, tree

INSTANT = Column("timestamp", "timestamp", "the instant, UTC")
FINGERPRINT = "CASE WHEN e.event_id <> '' THEN hash(e.event_id) END"
"""A number made from an id, null for none: two ids may share one, so it alone settles nothing."""


def steps(plan: Plan) -> tuple[Step, ...]:
    """The steps from rows as delivered to events."""
    if not plan.shape.events:
        return (Step(relation(plan), _none(plan)),)
    if not plan.shape.event_ids:
        return (
            Step(relation(plan), _kept(plan, table(EVENT_ROWS, "e"), _human(plan)), inline=True),
        )
    return (
        repeated_ids(plan),
        first_of_repeated(plan),
        Step(relation(plan), _each_id_once(plan), inline=True),
    )


def relation(plan: Plan) -> Relation:
    """Grain and columns of `events`."""
    return Relation(
        "events",
        "events that may count: readable, not by bots, not after the day, each id once a day",
        (),
        (
            lead_column(plan),
            Column("event", "text", "the name"),
            Column(
                "day", "integer", "calendar day in the model's zone", unit="days since 1970-01-01"
            ),
            *((INSTANT,) if plan.shape.time_ordered else ()),
            *(
                Column(f.column, f.type, f.name, null="not known")
                for f in plan.model.fields_of("event")
            ),
        ),
    )


def _none(plan: Plan) -> exp.Query:
    return Constants(relation(plan), ()).query


def _kept(plan: Plan, source: exp.Expr, conditions: list[exp.Expr]) -> exp.Select:
    """Events of a source as they leave the facts, where the conditions hold too."""
    lead = (
        tree("CAST(e.lead_id AS BIGINT) AS lead") if plan.shape.integer_ids else tree("e.lead_id")
    )
    readable = tree("e.lead_id IS NOT NULL AND e.event IS NOT NULL")
    select = query(
        "SELECT :lead, e.event, :day AS day, :instant, :fields FROM :source WHERE :kept",
        lead=[lead],
        day=_day(plan),
        instant=[column("timestamp", "e")] if plan.shape.time_ordered else [],
        fields=[column(f.column, "e") for f in plan.model.fields_of("event")],
        source=source,
        kept=all_of([readable, _past(plan), *conditions]),
    )
    assert isinstance(select, exp.Select)
    return select


def _day(plan: Plan) -> exp.Expr:
    return days.day_number(plan.local_date(column("timestamp", "e")))


def _past(plan: Plan) -> exp.Expr:
    """Not after the as-of day: by instant, which files know, where a single one ends the day."""
    today = days.number(plan.as_of)
    end = days.first_instant(today + 1, plan.model.timezone, plan.as_of)
    if end and not plan.any_day:
        return tree("e.timestamp < :end", end=days.timestamp(end))
    return tree("e.timestamp IS NOT NULL AND :day <= :today", day=_day(plan), today=plan.today)


def _human(plan: Plan) -> list[exp.Expr]:
    return [tree("NOT coalesce(e.bot, FALSE)")] if plan.shape.bots else []


def _needed(plan: Plan) -> exp.Expr:
    """Not so old that no rule can count it; a day is added for any time zone."""
    if plan.first_day is None:
        return exp.true()
    return tree("e.timestamp >= :start", start=days.timestamp_of_day(plan.first_day - 1))


def repeated_ids(plan: Plan) -> Step:
    """The fingerprints of ids that more than one event has."""
    select = query(
        """
        SELECT f.fingerprint
        FROM (
          SELECT :fingerprint AS fingerprint FROM :rows AS e
          WHERE e.timestamp IS NOT NULL AND :needed
        ) AS f
        WHERE f.fingerprint IS NOT NULL
        GROUP BY f.fingerprint HAVING count(*) > 1
        """,
        fingerprint=tree(FINGERPRINT),
        rows=table(EVENT_ROWS),
        needed=_needed(plan),
    )
    number = Column("fingerprint", "integer", "made from the id")
    return Step(
        Relation("repeated_ids", "ids that more than one event has", ("fingerprint",), (number,)),
        select,
    )


def place_of_id(plan: Plan, rows: str, day: exp.Expr) -> exp.Expr:
    """The place of an event among those with its id on its day; ties go by the columns in order."""
    ties = ["timestamp", "lead_id", "event", *(f.column for f in plan.model.fields_of("event"))]
    ties += ["bot"] if plan.shape.bots else []
    by = [exp.Ordered(this=column(tie, rows), nulls_first=False) for tie in ties]
    return exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("event_id", rows), day],
        order=exp.Order(expressions=by),
    )


def first_of_repeated(plan: Plan) -> Step:
    """Of the events that share an id on one day, the earliest."""
    dated = query(
        """
        SELECT e.*, :day AS id_day
        FROM :rows AS e JOIN repeated_ids AS r ON r.fingerprint = :fingerprint
        WHERE :past AND :needed
        """,
        day=_day(plan),
        rows=table(EVENT_ROWS),
        fingerprint=tree(FINGERPRINT),
        past=_past(plan),
        needed=_needed(plan),
    )
    placed = query(
        "SELECT i.*, :place AS place FROM :dated AS i",
        place=place_of_id(plan, "i", column("id_day", "i")),
        dated=dated.subquery(copy=False),
    )
    # Before bots and unreadable rows are left out: one of these may be the first of its id.
    source = placed.subquery("e")
    first = _kept(plan, source, [tree("e.place = 1"), *_human(plan)])
    about = "of events that share an id on one day, the earliest"
    return Step(Relation("first_of_repeated", about, (), relation(plan).columns), first)


def _each_id_once(plan: Plan) -> exp.Query:
    once = _kept(plan, table(EVENT_ROWS, "e"), [tree("r.fingerprint IS NULL"), *_human(plan)])
    on = tree("r.fingerprint = :fingerprint", fingerprint=tree(FINGERPRINT))
    alone = once.join(table("repeated_ids", "r"), on=on, join_type="left")
    return exp.union(alone, query("SELECT f.* FROM first_of_repeated AS f"), distinct=False)
