"""Slabs cut time without losing or doubling an event."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.running import Row, ran
from tests.strategies import Problem, problems

from tamis.matches.counters import EARLIEST, Counter, span
from tamis.matches.slabs import slabs
from tamis.model.spec import Period
from tamis.sql import days

DAY = date(2026, 11, 21)
TODAY = days.number(DAY)


@st.composite
def some_counters(draw: st.DrawFn) -> tuple[Counter, ...]:
    offset = st.integers(-40, 5)
    found = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        first = DAY + timedelta(days=draw(offset))
        period = Period(first, first + timedelta(days=draw(st.integers(0, 20))))
        active = draw(st.sampled_from([None, period]))
        within = draw(st.sampled_from([None, 1, 7, 30]))
        found.append(Counter(number, "r", "events", number, ("x",), None, within, active))
    return tuple(found)


@given(some_counters())
def test_each_day_of_a_counter_lies_in_one_slab(found: tuple[Counter, ...]) -> None:
    cut = slabs(found, DAY)
    for day in [EARLIEST, *range(TODAY - 60, TODAY + 1)]:
        holding = [slab for slab in cut if slab.first <= day <= slab.last]
        expected = [c for c in found if span(c, TODAY)[0] <= day <= span(c, TODAY)[1]]
        assert len(holding) <= 1
        assert [c for slab in holding for c in slab.counters] == expected
    assert all(slab.last <= TODAY for slab in cut)
    assert list(cut) == sorted(cut, key=lambda slab: -slab.first)


def same_by_slabs(problem: Problem) -> None:
    facts = (problem.facts.leads, problem.facts.accounts, problem.facts.events)
    expected = ran(problem.model, *facts, problem.as_of, time_ordered=False)
    assert ran(problem.model, *facts, problem.as_of, time_ordered=True) == expected


@given(problems())
@settings(max_examples=4)
def test_slabs_change_no_number(problem: Problem) -> None:
    same_by_slabs(problem)


@pytest.mark.verify
@given(problems())
@settings(max_examples=1000)
def test_slabs_change_no_number_of_many_models(problem: Problem) -> None:
    same_by_slabs(problem)


def model(zone: str, **rule: Any) -> Row:
    rules = [
        {"id": "short", "event": "x", "points": 1, "within": "2d", **rule},
        {"id": "long", "event": "*", "points": 0.01, "within": "4d", **rule},
    ]
    fields: Row = {"lead": {}, "event": {}}
    sections = {"d": {"range": [0, 1000], "rules": rules}}
    return {"tamis": 1, "name": "m", "timezone": zone, "fields": fields, "dimensions": sections}


# São Paulo went forward over midnight in November and back over it in February; Havana goes
# back to midnight; Lord Howe moves by half an hour.
CHANGES = (
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Havana", date(2025, 11, 2)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Europe/Paris", date(2026, 10, 25)),
)


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_slabs_keep_every_half_hour_around_a_change_of_the_clocks(zone: str, change: date) -> None:
    start = datetime.combine(change, datetime.min.time()) - timedelta(days=2)
    events = [
        {"lead_id": "a", "event": "x", "timestamp": start + timedelta(minutes=30 * n)}
        for n in range(48 * 4)
    ]
    as_of = change + timedelta(days=1)
    whole = ran(model(zone), [{"lead_id": "a"}], [], events, as_of, time_ordered=False)
    cut = ran(model(zone), [{"lead_id": "a"}], [], events, as_of, time_ordered=True)
    assert cut == whole
    assert whole.scores[0]["d"] > 0


def test_a_campaign_that_has_not_begun_opens_no_slab() -> None:
    coming = model("UTC", active=["2027-01-01", "2027-02-01"])
    events = [{"lead_id": "a", "event": "x", "timestamp": datetime(2026, 11, 20)}]  # noqa: DTZ001
    result = ran(coming, [{"lead_id": "a"}], [], events, DAY, time_ordered=True)
    assert [row["d"] for row in result.scores] == [0]
    assert result.contributions == []
