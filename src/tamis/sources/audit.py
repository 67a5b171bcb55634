"""What was read and what was left out, counted in one pass over the events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from tamis.engines.base import Session
from tamis.facts.inputs import EVENT_ROWS, LEAD_ROWS
from tamis.facts.plan import Plan
from tamis.sources.options import Options, TableName
from tamis.sources.reading import Reading
from tamis.sql.days import day_number
from tamis.sql.write import column, named, query, table, tree, whole

READ = f"{EVENT_ROWS}__read"


@dataclass(frozen=True)
class Counts:
    """What was read and what was left out, for the run's report.

    `leads`, `accounts` and `events` are rows read. Of the events: `unreadable` have no lead, no name or no
    readable time; `unknown_leads` are of leads that the table of leads does not have (not by bots, not
    after the day); `after` lie after the as-of day; `by_bots` are marked as a machine's; `rejected` have an unreadable
    cell, by reason (those with an unreadable time are counted in `unreadable` too).
    With `event_id`, the first two count an id once a day. All of the events' are 0 when they were not audited.
    """

    leads: int = 0
    accounts: int = 0
    events: int = 0
    unknown_leads: int = 0
    unreadable: int = 0
    after: int = 0
    by_bots: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)


def audit(
    session: Session, plan: Plan, readings: Mapping[TableName, Reading], options: Options
) -> Counts:
    """Count what was read; events read in place only with `options.audit`."""
    leads = _rows(session, readings["leads"])
    accounts = _rows(session, readings["accounts"]) if "accounts" in readings else 0
    events = readings.get("events")
    if events is None or (not options.audit and not events.to_be_held):
        return Counts(leads=leads, accounts=accounts)
    found = _events(session, plan, events)
    reasons = {
        part.reason: found[f"rejected_{n}"] for n, part in enumerate(events.checked, start=1)
    }
    rejected = {reason: count for reason, count in reasons.items() if count}
    timeless = sum(
        found[f"rejected_{n}"]
        for n, part in enumerate(events.checked, start=1)
        if part.column.name == "timestamp"
    )
    repeated = _with_ids(session, plan) if found["doubtful"] else {"unreadable": 0, "unknown": 0}
    return Counts(
        leads=leads,
        accounts=accounts,
        events=found["events"],
        unknown_leads=found["unknown"] + repeated["unknown"],
        unreadable=found["timeless"] + found["incomplete"] + repeated["unreadable"] + timeless,
        after=found["after"],
        by_bots=found["by_bots"],
        rejected=rejected,
    )


def _rows(session: Session, read: Reading) -> int:
    return int(str(session.rows(exp.select("count(*)").from_(table(read.relation.name)))[0][0]))


def _events(session: Session, plan: Plan, read: Reading) -> dict[str, int]:
    """The counts of one pass; `doubtful` are those with an id whose verdict depends on which row is first."""
    sums = {
        "timeless": tree("e.problem = 0 AND e.timestamp IS NULL"),
        "incomplete": exp.and_(_incomplete(), exp.not_(_has_id(plan))),
        "unknown": exp.and_(_unknown(plan), exp.not_(_has_id(plan))),
        "doubtful": exp.and_(_has_id(plan), exp.or_(_incomplete(), _strange())),
        "after": tree("e.problem = 0 AND :after", after=_after(plan)),
        "by_bots": tree("e.problem = 0 AND e.bot") if plan.shape.bots else exp.false(),
    }
    sums |= {
        f"rejected_{n}": tree("e.problem = :n", n=whole(n)) for n in range(1, len(read.checked) + 1)
    }
    counted = [named(_count(condition), name) for name, condition in sums.items()]
    select = (
        exp.select("count(*) AS events", *counted)
        .from_(table(READ, "e"))
        .join(_known().subquery("l"), on="l.lead_id = e.lead_id", join_type="left")
    )
    row = session.rows(select)[0]
    return {name: int(str(value)) for name, value in zip(["events", *sums], row, strict=True)}


def _count(condition: exp.Expr) -> exp.Expr:
    return tree("coalesce(sum(CASE WHEN :c THEN 1 ELSE 0 END), 0)", c=condition)


def _known() -> exp.Select:
    return exp.select("lead_id", exp.true().as_("known")).distinct().from_(table(LEAD_ROWS))


def _incomplete() -> exp.Expr:
    return tree(
        "e.problem = 0 AND NOT e.timestamp IS NULL AND (e.lead_id IS NULL OR e.event IS NULL)"
    )


def _strange() -> exp.Expr:
    """The event is whole and its lead is not in the table."""
    return tree(
        "e.problem = 0 AND l.known IS NULL AND NOT e.timestamp IS NULL AND NOT e.lead_id IS NULL AND NOT e.event IS NULL"
    )


def _unknown(plan: Plan) -> exp.Expr:
    by_person = tree("NOT coalesce(e.bot, FALSE)") if plan.shape.bots else exp.true()
    # CASE, so that the day is worked out for strange events only.
    return tree(
        "CASE WHEN :strange AND :person THEN NOT :after ELSE FALSE END",
        strange=_strange(),
        person=by_person,
        after=_after(plan),
    )


def _after(plan: Plan) -> exp.Expr:
    day = day_number(plan.local_date(column("timestamp", "e")))
    return tree("NOT e.timestamp IS NULL AND :day > :today", day=day, today=plan.today)


def _has_id(plan: Plan) -> exp.Expr:
    return tree("coalesce(e.event_id, '') <> ''") if plan.shape.event_ids else exp.false()


def _with_ids(session: Session, plan: Plan) -> dict[str, int]:
    """Doubtful events with an id, each id counted once a day: only rows that share an id with one are looked at."""
    doubtful = query(
        "SELECT DISTINCT e.event_id FROM :events AS e LEFT JOIN :known AS l ON l.lead_id = e.lead_id WHERE :doubtful",
        events=table(READ),
        known=_known().subquery(),
        doubtful=exp.and_(_has_id(plan), exp.or_(_incomplete(), _strange())),
    )
    ties = ["timestamp", "lead_id", "event", *(f.column for f in plan.model.fields_of("event"))]
    ties += ["bot"] if plan.shape.bots else []
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[
            column("event_id", "e"),
            day_number(plan.local_date(column("timestamp", "e"))),
        ],
        order=exp.Order(
            expressions=[exp.Ordered(this=column(tie, "e"), nulls_first=False) for tie in ties]
        ),
    )
    placed = query(
        "SELECT e.*, :place AS place FROM :events AS e WHERE e.event_id IN (:doubtful) AND e.problem = 0 AND NOT e.timestamp IS NULL",
        place=place,
        events=table(READ),
        doubtful=doubtful,
    )
    counted = query(
        "SELECT :unreadable AS unreadable, :unknown AS unknown FROM :placed AS e LEFT JOIN :known AS l ON l.lead_id = e.lead_id WHERE e.place = 1",
        unreadable=_count(_incomplete()),
        unknown=_count(_unknown(plan)),
        placed=placed.subquery(),
        known=_known().subquery(),
    )
    row = session.rows(counted)[0]
    return {"unreadable": int(str(row[0])), "unknown": int(str(row[1]))}
