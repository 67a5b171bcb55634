"""Watching a market: silent when it is stable, and soon there when it moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import numpy as np
import pytest
from tests.predict.market.markets import Market, day_of
from tests.predict.market.years import planted, watched

from tamis.predict.examples import Column
from tamis.predict.market.alarms import Alarm, said
from tamis.predict.market.baseline import Baseline, baseline_of
from tamis.predict.market.watching import State, watch

AT = 4
"""Planted changes begin with the week after this one."""
SEEDS = range(2)


def delays(what, seeds=SEEDS, weeks=16, market=None, keep=lambda _: True, **change):
    """For each seed the weeks from the change to the first alarm that fits; 99 without one."""
    found = []
    for seed in seeds:
        made = Market(seed, change=planted(what, at=AT, **change), **(market or {}))
        _, _, raised = watched(made, weeks)
        after = [week - AT for week, alarm in raised if week > AT and keep(alarm)]
        found.append(min(after, default=99))
    return found


def false_alarms(years, **market):
    return [said(alarm) for seed in range(years) for _, alarm in watched(Market(seed, **market))[2]]


def test_ten_stable_years_bring_at_most_ten_false_alarms_and_mostly_none():
    found = [*false_alarms(5, noise=0.1), *false_alarms(5, noise=0.2, leads=120)]
    assert len(found) <= 3, found


@pytest.mark.verify
@pytest.mark.parametrize("noise", [0.0, 0.1, 0.2, 0.3])
@pytest.mark.parametrize("stays", [1, 4])
def test_forty_stable_years_bring_far_less_than_one_false_alarm_a_year(noise, stays):
    found = false_alarms(40, noise=noise, stays=stays)
    assert len(found) <= 20, found


def test_a_share_that_moves_by_15_points_is_named_within_four_weeks():
    found = delays("share", keep=lambda alarm: alarm.field == "text3")
    assert max(found) <= 4, found


@pytest.mark.verify
@pytest.mark.parametrize("size", [0.05, 0.10, 0.15, 0.20])
@pytest.mark.parametrize("noise", [0.0, 0.1, 0.2])
def test_how_soon_shares_that_move_are_named(size, noise):
    found = delays(
        "share",
        range(40),
        26,
        {"noise": noise},
        keep=lambda alarm: alarm.field == "text3",
        size=size,
    )
    late = sum(one > 4 for one in found)
    assert late <= 2 or size < 0.15 or noise > 0.1


@pytest.mark.parametrize(
    ("what", "size", "kind", "weeks"),
    [
        ("missing", 0.3, "missing", 2),
        ("new", 0.1, "new_value", 2),
        ("vanished", 0.0, "vanished", 3),
    ],
)
def test_sudden_changes_are_named_for_what_they_are(what, size, kind, weeks):
    fits = lambda alarm: alarm.kind == kind and alarm.field == "text3"  # noqa: E731
    assert max(delays(what, range(2), 12, keep=fits, size=size)) <= weeks


def test_a_score_that_drifts_is_named():
    assert max(delays("rise", range(2), size=0.6, keep=lambda a: a.kind == "score")) <= 4


def test_a_base_rate_that_doubles_is_named_when_outcomes_came_due():
    market = Market(0, change=planted("odds", at=AT, odds=0.9))
    _, _, raised = watched(market, 20)
    kinds = {alarm.kind: week - AT for week, alarm in reversed(raised)}
    assert 4 < kinds["base_rate"] <= 9
    assert 4 < kinds["calibration"] <= 9
    calibration = next(alarm for _, alarm in raised if alarm.kind == "calibration")
    assert calibration.todo in ("recalibrate", "retrain")
    assert calibration.now.above(calibration.before.value)


def test_an_alarm_says_what_moved_since_when_and_how_sure():
    market = Market(1, change=planted("share", at=AT))
    _, _, raised = watched(market, 12)
    alarm = next(alarm for _, alarm in raised if alarm.field == "text3")
    began = day_of(52 + AT - 1) + timedelta(days=1)
    assert abs((alarm.since - began).days) <= 14
    assert alarm.now.value == pytest.approx(alarm.before.value + 0.15, abs=0.07)
    assert alarm.chance < 0.5
    assert alarm.stability > 0.02
    assert 'text3 is "' in said(alarm)
    assert f"since {alarm.since}" in said(alarm)


def test_an_alarm_is_raised_once_while_it_lasts():
    _, state, raised = watched(Market(2, change=planted("missing", at=AT, size=0.4)), 20)
    about = [alarm for _, alarm in raised if alarm.field == "text3"]
    assert len(about) == 1
    assert "field:text3" in state.open


def test_an_alarm_is_over_when_the_field_is_back():
    def for_six_weeks(week, now):
        now.missing["text3"] = 0.5 if 56 <= week < 62 else 0.0

    _, state, raised = watched(Market(3, change=for_six_weeks), 30)
    assert [alarm.kind for _, alarm in raised if alarm.field == "text3"] == ["missing"]
    assert "field:text3" not in state.open


def test_leads_that_stay_are_counted_when_they_come():
    baseline, state, _ = watched(Market(4, stays=4), 6)
    assert baseline.stays
    weeks = [week.leads for week in state.weeks[1:]]
    assert 100 < np.mean(weeks) < 300
    assert state.weeks[0].leads == 0  # the first period only tells who is there


def test_days_add_up_to_weeks():
    market = Market(5)
    past, week = market.week(0), market.week(1)
    baseline = baseline_of(None, past, market.told(past))
    whole, _ = watch(baseline, State(day_of(0)), day_of(1), week, market.told(week))
    state = State(day_of(0))
    for day in range(7):
        rows = week.of(week.order == 7.0 + day)
        at = day_of(0) + timedelta(days=day + 1)
        state, _ = watch(baseline, state, at, rows, market.told(rows))
    assert state == whole


def test_a_day_without_leads_is_no_alarm():
    market = Market(6)
    past = market.week(0)
    baseline = baseline_of(None, past, market.told(past))
    none = past.of(np.zeros(len(past), dtype=bool))
    state, alarms = watch(baseline, State(day_of(0)), day_of(1), none, np.array([]))
    assert alarms == ()
    assert state.weeks[0].leads == 0


def test_a_column_that_is_gone_is_refused():
    market = Market(6)
    past = market.week(0)
    baseline = baseline_of(None, past, market.told(past))
    with pytest.raises(KeyError, match="text3"):
        watch(baseline, State(day_of(0)), day_of(1), past.without(["text3"]), market.told(past))


def test_all_is_plain_data():
    baseline, state, raised = watched(Market(2, change=planted("new", at=1, size=0.2)), 4)
    for one, kind in ((baseline, Baseline), (state, State), (raised[0][1], Alarm)):
        assert msgspec.json.decode(msgspec.json.encode(one), type=kind) == one


def test_a_baseline_cuts_texts_without_case_and_numbers_at_deciles():
    market = Market(7)
    week = market.week(0)
    shouted = Column("text0", "text", np.array([v and v.upper() for v in week.columns[0].values]))
    loud = replace(week, columns=(shouted, *week.columns[1:]))
    quiet = baseline_of(None, week, market.told(week))
    assert baseline_of(None, loud, market.told(week)).fields[0] == quiet.fields[0]
    number = quiet.fields[-1]
    assert 8 <= len(number.questions) <= 11
