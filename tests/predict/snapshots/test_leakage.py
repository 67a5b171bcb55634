"""No leakage: what is dated after a day changes nothing in the rows of that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tamis.engines.duckdb import DuckDB
from tamis.errors import SourceError
from tamis.model.checks import checked_model
from tamis.predict.examples import Column
from tamis.predict.snapshots import Past, examples_from, on_day
from tamis.sql import days

Row = dict[str, Any]
TODAY = date(2026, 11, 22)
ZONE = ZoneInfo("America/New_York")
LAST = date(2026, 6, 30)
HORIZON, EVERY = 30, 20
MODEL = checked_model(
    """
tamis: 1
name: small
timezone: America/New_York
fields:
  lead: {country: text, staff: integer, met: date, created_at: timestamp}
  account: {industry: text}
  event: {channel: text, seconds: number}
exclude: country = 'XX'
dimensions:
  fit:
    rules:
      - {id: french, when: "country = 'FR'", points: 20}
      - {id: size, field: staff, bands: {0: 1, 10: 5}}
      - {id: lately, when: days_since(met) between 0 and 9, points: 2}
  activity:
    decay: {half_life: 7d}
    rules:
      - {id: calls, event: call, where: channel = 'phone', within: 14d, per_day: 1, points: 4}
      - {id: read, event: view, total: {field: seconds, bands: {1: 2}}, within: 30d}
      - {id: fresh, event: "*", recency: {0: 3, 10: 1}}
      - {id: quiet, event: view, silent_for: 20d, points: -3}
score: {sum: [fit, activity]}
cell: []
temperature: {hot: score >= 20 and days_since_last_event < 9, cold: "true"}
stages: {warm: score >= 10}
""".replace("cell: []\n", ""),
    "small.yaml",
)


def instant(ago: int, seconds: int) -> datetime:
    """A moment around the local midnight that begins a day."""
    midnight = datetime.combine(LAST - timedelta(days=ago), time(0), ZONE)
    return midnight.astimezone(UTC) + timedelta(seconds=seconds)


LEADS = st.sampled_from("abcd")
MOMENTS = st.builds(
    instant, st.integers(-5, 90), st.sampled_from([0, -1, 1, 4 * 3600, 13 * 3600, 20 * 3600])
)
VERSIONS = st.fixed_dictionaries(
    {
        "lead_id": LEADS,
        "valid_from": st.one_of(st.none(), MOMENTS),
        "account_id": st.sampled_from([None, "x", "y"]),
        "country": st.sampled_from([None, "FR", "DE", "FR", "XX"]),
        "staff": st.sampled_from([None, 0, 9, 10]),
        "met": st.one_of(st.none(), st.integers(-5, 90).map(lambda n: LAST - timedelta(days=n))),
        "created_at": st.one_of(st.none(), MOMENTS),
    }
)
EVENTS = st.fixed_dictionaries(
    {
        "lead_id": LEADS,
        "event": st.sampled_from(["view", "call", "mail"]),
        "timestamp": MOMENTS,
        "event_id": st.sampled_from([None, None, "1", "2"]),
        "bot": st.sampled_from([None, False, True]),
        "channel": st.sampled_from([None, "web", "phone"]),
        "seconds": st.sampled_from([None, 0, 5]),
    }
)
DECISIONS = st.fixed_dictionaries(
    {"lead_id": LEADS, "outcome": st.sampled_from(["won", "lost"]), "timestamp": MOMENTS}
)
# The outcomes end on a day that does not depend on the others.
END = {"lead_id": "z", "outcome": "lost", "timestamp": instant(-5, 13 * 3600)}
FIRST = {"lead_id": "z", "outcome": "lost", "timestamp": instant(60, 13 * 3600)}
ACCOUNTS = [{"account_id": "x", "industry": "Software"}]


@given(
    versions=st.lists(
        VERSIONS, min_size=4, max_size=10, unique_by=lambda row: (row["lead_id"], row["valid_from"])
    ),
    events=st.lists(EVENTS, min_size=1, max_size=20),
    decisions=st.lists(DECISIONS, max_size=5),
)
@settings(
    max_examples=5,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.filter_too_much],
)
def test_the_rows_of_a_day_know_nothing_later(
    versions: list[Row], events: list[Row], decisions: list[Row]
) -> None:
    outcomes = [FIRST, *decisions, END]
    past = taken(versions, events, outcomes)
    assume(past is not None)
    assert past is not None
    for day in past.days:
        then = on_day_alone(
            day,
            [row for row in versions if row["valid_from"] is None or known(row, "valid_from", day)],
            [row for row in events if known(row, "timestamp", day)],
            [row for row in outcomes if known(row, "timestamp", day)],
            past.examples.columns,
        )
        assert_same_rows(past, day, then)


def taken(versions: list[Row], events: list[Row], outcomes: list[Row]) -> Past | None:
    """The past; none where no lead was a case on any day."""
    with DuckDB(threads=1) as session:
        try:
            return examples_from(
                session,
                MODEL,
                TODAY,
                leads=versions,
                accounts=ACCOUNTS,
                events=events,
                outcomes=outcomes,
                horizon=HORIZON,
                every=EVERY,
            )
        except SourceError:
            return None


def on_day_alone(
    day: date,
    versions: list[Row],
    events: list[Row],
    outcomes: list[Row],
    like: tuple[Column, ...],
) -> Past | None:
    """The leads of a day from what was known then alone; none where no lead was."""
    if not versions:
        return None
    with DuckDB(threads=1) as session:
        return on_day(
            session,
            MODEL,
            day,
            leads=versions,
            accounts=ACCOUNTS,
            events=events or None,
            outcomes=outcomes,
            like=like,
        )


def known(row: Row, at: str, day: date) -> bool:
    return bool(row[at].astimezone(ZONE).date() <= day)


def assert_same_rows(past: Past, day: date, then: Past | None) -> None:
    examples = past.examples
    assert examples.order is not None
    mine = examples.order == days.number(day)
    if then is None:
        assert not mine.any()
        return
    assert tuple(np.array(examples.ids, dtype=object)[mine]) == then.examples.ids
    assert not then.examples.won.any()
    pairs = [(examples.columns, then.examples.columns), (past.unsaid, then.unsaid)]
    for ours, theirs in pairs:
        by_name = {column.name: column for column in theirs}
        assert [column.name for column in ours] == [*by_name]
        for column in ours:
            np.testing.assert_array_equal(
                column.values[mine], by_name[column.name].values, column.name
            )
    np.testing.assert_array_equal(past.rules.points[mine], then.rules.points)
    for told, same in ((past.score, then.score), (past.stage, then.stage)):
        assert told is not None
        assert same is not None
        np.testing.assert_array_equal(told[mine], same)
    np.testing.assert_array_equal(past.temperature[mine], then.temperature)


@given(
    decisions=st.lists(DECISIONS, min_size=1, max_size=8),
    ends=st.integers(0, 60),
)
@settings(max_examples=6, phases=(Phase.generate,))
def test_the_label_is_the_first_win_within_a_whole_horizon(decisions: list[Row], ends: int) -> None:
    """Read row by row, in plain Python, beside the SQL."""
    until = LAST - timedelta(days=ends)
    held = [row for row in decisions if known(row, "timestamp", until)]
    end = {**END, "timestamp": instant(ends, 13 * 3600)}
    people = [
        {**dict.fromkeys(("country", "staff", "met", "created_at")), "lead_id": one}
        for one in "abcd"
    ]
    with DuckDB(threads=1) as session:
        past = examples_from(
            session,
            MODEL,
            TODAY,
            leads=people,
            outcomes=[FIRST, *held, end],
            horizon=HORIZON,
            every=EVERY,
        )
    assert past.until == until
    assert max(past.days) + timedelta(days=HORIZON) == until
    expected = {}
    for day in past.days:
        for one in "abcd":
            its = [row for row in held if row["lead_id"] == one]
            if any(known(row, "timestamp", day) for row in its):
                continue
            end_of_horizon = day + timedelta(days=HORIZON)
            expected[days.number(day), one] = any(
                row["outcome"] == "won" and known(row, "timestamp", end_of_horizon) for row in its
            )
    examples = past.examples
    assert examples.order is not None
    rows = zip(examples.order.tolist(), examples.ids, strict=True)
    assert dict(zip(rows, examples.won.tolist(), strict=True)) == expected


def test_later_facts_would_change_later_days() -> None:
    """That the proof above can fail: a call after one day is seen on the next."""
    version = {**dict.fromkeys(("country", "staff", "met", "created_at", "valid_from"))}
    versions = [{**version, "lead_id": "a", "account_id": None}]
    call = {"lead_id": "a", "event": "call", "timestamp": instant(30, 0), "event_id": None}
    events = [{**call, "bot": None, "channel": "phone", "seconds": None}]
    past = taken(versions, events, [FIRST, END])
    assert past is not None
    counts = past.examples.column("call ever").values.tolist()
    assert 0 in counts
    assert 1 in counts
