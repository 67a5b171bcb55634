"""Weeks, durations, absences and holidays: what can be written, and what is refused and why."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from tamis.calendar import (
    DEFAULT_WEEK,
    NO_HOLIDAYS,
    Absence,
    Duration,
    Holidays,
    Span,
    Week,
    read_duration,
    read_holidays,
    read_week,
)
from tamis.errors import UserError


def test_a_week_has_several_spans_a_day():
    week = read_week({"mon-fri": "09:00-12:30 14:00-18:00", "sat": "09:00-12:00"})
    assert week.spans(date(2026, 11, 23)) == (Span(540, 750), Span(840, 1080))
    assert week.spans(date(2026, 11, 28)) == (Span(540, 720),)
    assert week.spans(date(2026, 11, 29)) == ()
    assert week.minutes == 5 * 450 + 180


@pytest.mark.parametrize(
    ("written", "open_days"),
    [
        ({"sun-thu": "08:00-16:00"}, {0, 1, 2, 3, 6}),
        ({"mon, wed-fri": "08:00-16:00"}, {0, 2, 3, 4}),
        ({"Mon": "08:00-16:00", "sat": "", "sun": "none"}, {0}),
        ({"fri-fri": "00:00-24:00"}, {4}),
    ],
)
def test_weekdays_are_named_alone_in_ranges_and_round_the_end(written, open_days):
    week = read_week(written)
    assert {day for day, spans in enumerate(week.days) if spans} == open_days


def test_spans_may_touch():
    assert read_week({"mon": "09:00-12:00 12:00-18:00"}).minutes == 540


def test_the_default_is_nine_to_six():
    assert read_week({"mon-fri": "09:00-18:00"}) == DEFAULT_WEEK
    assert str(read_week({"tue": "09:00-12:30 14:00-24:00"})) == "tue 09:00-12:30 14:00-24:00"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({}, "the week has no working hours"),
        ({"mon-sun": " "}, "the week has no working hours"),
        ({"monday": "09:00-18:00"}, "`monday` names no weekdays"),
        ({"mon-": "09:00-18:00"}, "`mon-` names no weekdays"),
        ({"": "09:00-18:00"}, "`` names no weekdays"),
        ({"mon-wed": "09:00-18:00", "tue": ""}, "the hours of tue are given twice"),
        ({"mon": "09:00"}, "`09:00` is no span of working hours"),
        ({"mon": "9:00-18:00"}, "`9:00` in `9:00-18:00` is no time of day"),
        ({"mon": "09:00-24:01"}, "`24:01` in `09:00-24:01` is no time of day"),
        ({"mon": "09:00-18:60"}, "`18:60` in `09:00-18:60` is no time of day"),
        ({"mon": "22:00-06:00"}, "the working hours `22:00-06:00` do not go forward in a day"),
        ({"mon": "09:00-09:00"}, "the working hours `09:00-09:00` do not go forward in a day"),
        (
            {"mon": "09:00-12:00 11:59-14:00"},
            "the working hours of mon overlap: `09:00-12:00` and `11:59-14:00`",
        ),
        (
            {"mon": "14:00-18:00 09:00-12:00"},
            "the working hours of mon overlap: `14:00-18:00` and `09:00-12:00`",
        ),
    ],
)
def test_what_is_no_week_is_refused_with_what_to_write(written, message):
    with pytest.raises(UserError) as refused:
        read_week(written)
    assert refused.value.message == message
    assert "`" in refused.value.hint or "order" in refused.value.hint


def test_a_week_that_is_made_without_hours_is_refused_too():
    with pytest.raises(UserError, match="no working hours"):
        Week(((),) * 7)


def test_durations_mean_minutes_of_the_week_they_are_counted_in():
    short = read_week({"mon-thu": "09:00-17:00", "fri": "09:00-13:00"})
    meant = {text: read_duration(text).minutes(short) for text in ("30m", "4 h", "2d", "1w")}
    assert meant == {"30m": 30, "4 h": 240, "2d": 864, "1w": 36 * 60}
    assert str(read_duration("4 h")) == "4h"
    part_time = read_week({"mon": "09:00-12:00", "tue-wed": "09:00-13:01"})
    assert [read_duration(text).minutes(part_time) for text in ("1d", "1w")] == [220, 662]


@pytest.mark.parametrize(
    "written", ["", "0h", "08h", "8", "1.5h", "-1h", "1y", "100000m", "1h 30m"]
)
def test_what_is_no_duration_is_refused(written):
    with pytest.raises(UserError, match="is no time at work"):
        read_duration(written)


def test_a_share_of_a_duration_is_exact():
    assert Duration(1, "m").share(DEFAULT_WEEK, Fraction(1, 2)) == timedelta(seconds=30)
    assert Duration(1, "d").share(DEFAULT_WEEK, Fraction(2)) == timedelta(hours=18)
    assert Duration(1, "m").share(DEFAULT_WEEK, Fraction(1, 7)) == timedelta(microseconds=8571428)


def test_an_absence_has_its_first_and_its_last_day():
    absence = Absence(date(2026, 8, 3), date(2026, 8, 5))
    days = [day for day in range(1, 8) if date(2026, 8, day) in absence]
    assert days == [3, 4, 5]
    with pytest.raises(UserError, match="before it begins"):
        Absence(date(2026, 8, 5), date(2026, 8, 4))


@pytest.mark.parametrize(
    ("written", "day", "closed"),
    [
        ("FR", date(2026, 7, 14), True),
        ("FR", date(2026, 12, 26), False),
        ("FR-57", date(2026, 12, 26), True),
        ("fr", date(2026, 5, 1), True),
        ("US", date(2026, 11, 26), True),  # the fourth Thursday of November
        ("US", date(2027, 12, 24), True),  # Christmas falls on a Saturday
        ("DE-BY", date(2026, 1, 6), True),
        ("DE", date(2026, 1, 6), False),
        ("FR", date(2000, 1, 1), True),
        ("FR", date(2100, 12, 25), True),
    ],
)
def test_holidays_of_countries_and_their_parts(written, day, closed):
    assert (day in read_holidays(written)) is closed


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("France", "no holidays are known of the country `FRANCE`", "`FR`"),
        ("", "no holidays are known of the country ``", "`FR`"),
        ("FR-XX", "no holidays are known of the part `XX` of `FR`", "57"),
    ],
)
def test_unknown_countries_are_refused(written, message, hint):
    with pytest.raises(UserError) as refused:
        read_holidays(written)
    assert refused.value.message == message
    assert hint in refused.value.hint


def test_without_a_country_there_are_no_holidays():
    assert date(2026, 12, 25) not in NO_HOLIDAYS
    assert str(Holidays("DE", "BY")) == "DE-BY"
