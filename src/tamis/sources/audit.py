"""What was read and what was left out, counted in one pass over the events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlglot import exp

from tamis.engines.base import Session
from tamis.facts.events import place_of_id
from tamis.facts.inputs import EVENT_ROWS, LEAD_ROWS
from tamis.facts.plan import Plan
from tamis.sources.options import Options, TableName
from tamis.sources.reading import PROBLEM, Part, Reading
from tamis.sql import days
from tamis.sql.days import day_number, timestamp
from tamis.sql.write import column, named, query, table, tree

READ = f"{EVENT_ROWS}__read"
AUDITED = f"{EVENT_ROWS}__audited"
"""The events that are looked at: a view of its own, for the chain reads from `READ`."""
DOUBTFUL = f"{EVENT_ROWS}__doubtful"
MANY = 5_000_000
"""Above so many events read in place, looking at all of them would cost as much as scoring."""
RECENT_DAYS = 7


@dataclass(frozen=True)
class Counts:
    """What was read and what was left out, for the run's report.

    `leads`, `accounts` and `events` are rows read. Of the events: `unreadable` have no lead, name
    or readable time; `unknown_leads` are of leads that the table of leads does not have (not by
    bots, not after the day); `after` lie after the as-of day; `by_bots` are marked as a machine's;
    `rejected` have an unreadable
    cell, by reason (those with an unreadable time are counted in `unreadable` too).
    With `event_id`, the first two count an id once a day. All of the events' are 0 when they were
    not audited. `looked_at_since` is the first day of the events that were looked at for what
    is left out (but not for what is rejected), because they are many and read in place; null: all
    were.
    """

    leads: int = 0
    accounts: int = 0
    events: int = 0
    unknown_leads: int = 0
    unreadable: int = 0
    after: int = 0
    by_bots: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    looked_at_since: date | None = None


def audit(
    session: Session, plan: Plan, readings: Mapping[TableName, Reading], options: Options
) -> Counts:
    """Count what was read; events read in place only with `options.audit`."""
    leads = _rows(session, readings["leads"])
    accounts = _rows(session, readings["accounts"]) if "accounts" in readings else 0
    events = readings.get("events")
    if events is None or (options.audit == "none" and not events.to_be_held):
        return Counts(leads=leads, accounts=accounts)
    since = _first_day(session, plan, events, options)
    session.drop([AUDITED])
    # The last days are few rows, and are looked at twice; all of them are read again for less.
    (session.keep if since else session.view)(AUDITED, _looked_at(since))
    found = _left_out(session, plan)
    doubtful = _doubtful_events(session, plan)
    session.drop([AUDITED])
    rejected = _rejected(session, events)
    timeless = sum(n for part, n in rejected.items() if part.column.name == "timestamp")
    return Counts(
        leads=leads,
        accounts=accounts,
        events=_total(session, events) if since else found["events"],
        unknown_leads=doubtful["unknown"],
        unreadable=found["timeless"] + timeless + doubtful["incomplete"],
        after=found["after"],
        by_bots=found["by_bots"],
        rejected={part.reason: count for part, count in rejected.items()},
        looked_at_since=since,
    )


def _first_day(session: Session, plan: Plan, read: Reading, options: Options) -> date | None:
    """The first day that is looked at; None when all events are."""
    if read.to_be_held or options.audit == "all" or _total(session, read) <= MANY:
        return None
    return plan.as_of - timedelta(days=RECENT_DAYS)


def _looked_at(since: date | None) -> exp.Select:
    rows = exp.select("*").from_(table(READ, "e"))
    if since is None:
        return rows
    start = days.timestamp_of_day(days.number(since))
    return rows.where(tree("e.timestamp >= :start", start=start))


def _total(session: Session, read: Reading) -> int:
    counted = exp.select("count(*)").from_(table(read.delivered.relation))
    return int(str(session.rows(counted)[0][0]))


def _rows(session: Session, read: Reading) -> int:
    return int(str(session.rows(exp.select("count(*)").from_(table(read.relation.name)))[0][0]))


def _rejected(session: Session, read: Reading) -> dict[Part, int]:
    """How many events are rejected, by the column with the unreadable cell.

    These are counted among all events, however many: whether there are any decides how events are
    read for scoring. Only the columns that may be unreadable are looked at, which is cheap.
    """
    if not read.checked:
        return {}
    counted = exp.select(column(PROBLEM), "count(*)").from_(table(READ))
    rows = session.rows(counted.where(column(PROBLEM) > 0).group_by(column(PROBLEM)))
    found = {int(str(problem)): int(str(count)) for problem, count in rows}
    return {part: found[n] for n, part in enumerate(read.checked, start=1) if n in found}


def _left_out(session: Session, plan: Plan) -> dict[str, int]:
    """What one cheap pass over the events that are looked at tells."""
    sums = {
        "timeless": tree("e.problem = 0 AND e.timestamp IS NULL"),
        "after": tree("e.problem = 0 AND :after", after=_after(plan)),
        "by_bots": tree("e.problem = 0 AND e.bot") if plan.shape.bots else exp.false(),
    }
    counted = [named(_count(condition), name) for name, condition in sums.items()]
    select = exp.select("count(*) AS events", *counted).from_(table(AUDITED, "e"))
    return _counts(session, select, ["events", *sums])


def _doubtful_events(session: Session, plan: Plan) -> dict[str, int]:
    """Events with a time but no lead or no name, and those of unknown leads that would count.

    With `event_id` an id counts once a day: such an event is left out when an earlier has its id.
    """
    ids = column("event_id", "e") if plan.shape.event_ids else exp.null()
    doubtful = query(
        """
        SELECT :id AS event_id, :incomplete AS incomplete, :unknown AS unknown
        FROM :events AS e LEFT JOIN :known AS l ON l.lead_id = e.lead_id
        WHERE e.problem = 0 AND l.known IS NULL AND NOT e.timestamp IS NULL OR :incomplete
        """,
        id=exp.cast(ids, exp.DType.VARCHAR),
        incomplete=_incomplete(),
        unknown=_unknown(plan),
        events=table(AUDITED),
        known=_known(plan).subquery(),
    )
    session.keep(DOUBTFUL, doubtful)
    sums = [named(_count(column(name)), name) for name in ("incomplete", "unknown")]
    without = exp.select(*sums, named(_count(_has_id()), "ids")).from_(table(DOUBTFUL, "e"))
    found = _counts(session, without, ["incomplete", "unknown", "ids"])
    if found["ids"]:
        anonymous = exp.select(*sums).from_(table(DOUBTFUL, "e")).where(exp.not_(_has_id()))
        found = _counts(session, anonymous, ["incomplete", "unknown"])
        for name, count in _first_of_ids(session, plan).items():
            found[name] += count
    session.drop([DOUBTFUL])
    return found


def _first_of_ids(session: Session, plan: Plan) -> dict[str, int]:
    """Doubtful events that are the first of their id and day; only such ids are looked at."""
    day = day_number(plan.local_date(column("timestamp", "e")))
    placed = query(
        """
        SELECT e.*, :place AS place FROM :events AS e
        WHERE e.event_id IN (
            SELECT event_id FROM :doubtful AS d WHERE coalesce(d.event_id, '') <> ''
        )
        AND e.problem = 0 AND NOT e.timestamp IS NULL
        """,
        place=place_of_id(plan, "e", day),
        events=table(AUDITED),
        doubtful=table(DOUBTFUL),
    )
    counted = query(
        """
        SELECT :incomplete AS incomplete, :unknown AS unknown
        FROM :placed AS e LEFT JOIN :known AS l ON l.lead_id = e.lead_id WHERE e.place = 1
        """,
        incomplete=_count(_incomplete()),
        unknown=_count(_unknown(plan)),
        placed=placed.subquery(),
        known=_known(plan).subquery(),
    )
    return _counts(session, counted, ["incomplete", "unknown"])


def _counts(session: Session, select: exp.Query, names: Sequence[str]) -> dict[str, int]:
    row = session.rows(select)[0]
    return {name: int(str(value)) for name, value in zip(names, row, strict=True)}


def _count(condition: exp.Expr) -> exp.Expr:
    return tree("coalesce(sum(CASE WHEN :c THEN 1 ELSE 0 END), 0)", c=condition)


def _known(plan: Plan) -> exp.Select:
    ids = exp.select("lead_id", exp.true().as_("known")).from_(table(LEAD_ROWS))
    return ids.distinct() if plan.shape.valid_from else ids


def _incomplete() -> exp.Expr:
    return tree(
        "e.problem = 0 AND NOT e.timestamp IS NULL AND (e.lead_id IS NULL OR e.event IS NULL)"
    )


def _unknown(plan: Plan) -> exp.Expr:
    """The event is whole, its lead is not in the table, and it would count if it were."""
    by_person = tree("NOT coalesce(e.bot, FALSE)") if plan.shape.bots else exp.true()
    strange = tree(
        """
        e.problem = 0 AND l.known IS NULL AND NOT e.timestamp IS NULL
        AND NOT e.lead_id IS NULL AND NOT e.event IS NULL
        """
    )
    return tree(":s AND :person AND NOT :after", s=strange, person=by_person, after=_after(plan))


def _after(plan: Plan) -> exp.Expr:
    """Whether the event's day is after the as-of day; worked out for late events only."""
    earliest = datetime.combine(plan.as_of, time()) - timedelta(days=1)
    day = day_number(plan.local_date(column("timestamp", "e")))
    return tree(
        "CASE WHEN e.timestamp >= :earliest THEN :day > :today ELSE FALSE END",
        earliest=timestamp(earliest),
        day=day,
        today=plan.today,
    )


def _has_id() -> exp.Expr:
    return tree("coalesce(e.event_id, '') <> ''")
