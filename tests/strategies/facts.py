"""Random facts around a day: ties, gaps, repeats, midnights and changes of the clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from tests.strategies.rules import Draw
from tests.strategies.vocabulary import ACCOUNT_IDS, EVENTS, INTEGERS, LEAD_IDS, NUMBERS, TEXTS

Row = dict[str, Any]
# Days on which, or next to which, the clocks of one of the zones change.
CHANGES = (
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2018, 11, 4),
    date(2018, 2, 18),
)
BY_HAND = tuple(map(Decimal, ("0", "0.005", "-0.005", "1.125", "12", "-30", "10000", "-10000")))
AGES = (0, 1, 2, 3, 6, 7, 9, 10, 13, 14, 29, 30, 200, -1)


@dataclass(frozen=True)
class Facts:
    """Rows of leads, accounts, events and manual points, every column there, times in UTC."""

    leads: list[Row]
    accounts: list[Row]
    events: list[Row]
    adjustments: list[Row] = field(default_factory=list)


def as_of(model: Row) -> st.SearchStrategy[date]:  # noqa: ARG001  a zone may one day matter
    """The as-of day: at most a month after a change of the clocks."""
    later = st.sampled_from([0, 0, 1, 2, 7, 13, 30])
    return st.builds(lambda day, n: day + timedelta(days=n), st.sampled_from(CHANGES), later)


@st.composite
def facts(draw: Draw, model: Row, day: date, most_leads: int = 5, most_events: int = 12) -> Facts:
    """Leads, accounts and events of a model, empty tables among them."""
    zone = ZoneInfo(model["timezone"])
    fewest = min(most_leads, draw(st.sampled_from([0, 2, 4])))
    one = st.sampled_from(LEAD_IDS)
    ids = draw(st.lists(one, min_size=fewest, max_size=most_leads, unique=True))
    accounts = [
        {"account_id": company, **draw(fields(model, "account", day, zone))}
        for company in ACCOUNT_IDS[: draw(st.integers(0, 3))]
    ]
    event = event_rows(model, [*ids, *ids, *ids, "nobody"], day, zone)
    fewest = min(most_events, draw(st.sampled_from([0, 6, 10])))
    events = draw(st.lists(event, min_size=fewest, max_size=most_events))
    given = draw(st.lists(adjustment_rows(model, [*ids, "nobody"], day), max_size=4))
    return Facts(draw(lead_tables(model, ids, day, zone)), accounts, events, given)


@st.composite
def adjustment_rows(draw: Draw, model: Row, ids: list[str], day: date) -> Row:
    """A row of manual points, which may not count on the day; few keys, so that rows add up."""
    bound = st.sampled_from([None, None, -30, -1, 0, 1])
    first, last = draw(st.tuples(bound, bound))
    return {
        "lead_id": draw(st.sampled_from(ids)),
        "dimension": draw(st.sampled_from(list(model["dimensions"]))),
        "points": draw(st.sampled_from(BY_HAND)),
        "first_day": None if first is None else day + timedelta(days=first),
        "last_day": None if last is None else day + timedelta(days=last),
    }


@st.composite
def lead_tables(draw: Draw, model: Row, ids: list[str], day: date, zone: ZoneInfo) -> list[Row]:
    """Rows of leads: one each, or several with `valid_from`, null being since always."""
    if draw(st.booleans()):
        return [{"lead_id": one, **draw(lead_columns(model, day, zone))} for one in ids]
    start = st.one_of(st.none(), instants(day, zone))
    starts = st.lists(start, min_size=1, max_size=3, unique=True)
    return [
        {"lead_id": one, "valid_from": since, **draw(lead_columns(model, day, zone))}
        for one in ids
        for since in draw(starts)
    ]


@st.composite
def lead_columns(draw: Draw, model: Row, day: date, zone: ZoneInfo) -> Row:
    """What a row of leads holds beside its id."""
    account_id = draw(st.one_of(st.none(), st.sampled_from(ACCOUNT_IDS)))
    return {"account_id": account_id, **draw(fields(model, "lead", day, zone))}


@st.composite
def event_rows(draw: Draw, model: Row, ids: list[str], day: date, zone: ZoneInfo) -> Row:
    """A row of events; few ids and times, so that they repeat."""
    missing = draw(st.sampled_from([*[None] * 12, "lead_id", "event", "timestamp"]))
    return {
        "lead_id": None if missing == "lead_id" else draw(st.sampled_from(ids)),
        "event": None if missing == "event" else draw(st.sampled_from([*EVENTS, "other"])),
        "timestamp": None if missing == "timestamp" else draw(instants(day, zone)),
        "event_id": draw(st.sampled_from([None, None, "", "x", "y"])),
        "bot": draw(st.sampled_from([None, None, None, False, False, False, True])),
        **draw(fields(model, "event", day, zone)),
    }


@st.composite
def fields(draw: Draw, model: Row, table: str, day: date, zone: ZoneInfo) -> Row:
    """A value or nothing for every declared field."""
    row = {}
    for name, kind in model["fields"][table].items():
        there = draw(st.integers(0, 3))
        row[name] = draw(values(name, kind, day, zone)) if there else None
    return row


def values(name: str, kind: str, day: date, zone: ZoneInfo) -> st.SearchStrategy[Any]:
    """A value of the field's type."""
    match kind:
        case "text":
            return st.sampled_from(TEXTS[name])
        case "integer":
            return st.sampled_from(INTEGERS)
        case "number":
            return st.sampled_from(NUMBERS)
        case "boolean":
            return st.booleans()
        case "date":
            return st.sampled_from(AGES).map(lambda age: day - timedelta(days=age))
        case _:
            return instants(day, zone)


@st.composite
def instants(draw: Draw, day: date, zone: ZoneInfo) -> datetime:
    """An instant in UTC: often an exact midnight of the zone, or a moment around it."""
    local = datetime.combine(day - timedelta(days=draw(st.sampled_from(AGES))), time(0), zone)
    away = st.sampled_from([0, 0, -1, 1, 3600, 2 * 3600 + 1800, 12 * 3600, 86399])
    return local.astimezone(UTC) + timedelta(seconds=draw(away))
