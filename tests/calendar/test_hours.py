"""Counting time at work: exact over changes of the clocks, and its laws on random calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tamis.calendar import Absence, Hours, Span, Week, read_duration, read_holidays, read_week
from tamis.errors import InternalError, UserError

ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")
ODD_ZONES = ("America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "Antarctica/Troll", "UTC")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ALL_DAY = read_week({"mon-sun": "00:00-24:00"})
PARIS = Hours(
    read_week({"mon-fri": "09:00-12:30 14:00-18:00"}), "Europe/Paris", read_holidays("FR")
)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        ("2026-11-20T17:30", "1h", "2026-11-23T09:30"),  # over the weekend
        ("2026-11-20T12:00", "1h", "2026-11-20T14:30"),  # over noon
        ("2026-11-20T12:45", "30m", "2026-11-20T14:30"),  # from noon
        ("2026-11-20T10:30", "2h", "2026-11-20T12:30"),  # to the end of a span
        ("2026-11-20T09:00", "1d", "2026-11-20T18:00"),  # a whole day
        ("2026-11-20T11:00", "2d", "2026-11-24T11:00"),
        ("2026-11-20T11:00", "1w", "2026-11-27T11:00"),
        ("2026-12-24T17:00", "2h", "2026-12-28T10:00"),  # over Christmas
        ("2026-11-22T03:00", "30m", "2026-11-23T09:30"),  # from a Sunday night
        ("2026-11-20T09:00:30.000001", "1m", "2026-11-20T09:01:30.000001"),
    ],
)
def test_deadlines_are_in_time_at_work(start, duration, due):
    minutes = read_duration(duration).minutes(PARIS.week)
    assert PARIS.after(paris(start), minutes) == paris(due)


def test_a_person_who_is_away_has_later_deadlines():
    away = Hours(
        PARIS.week, PARIS.zone, PARIS.holidays, (Absence(date(2026, 11, 23), date(2026, 11, 24)),)
    )
    assert away.after(paris("2026-11-20T17:30"), 60) == paris("2026-11-25T09:30")
    assert not away.works_on(date(2026, 11, 24))
    assert away.works_on(date(2026, 11, 25))


def test_open_and_closed():
    asked = ["08:59", "09:00", "12:29", "12:30", "14:00", "17:59", "18:00"]
    found = [PARIS.is_open(paris(f"2026-11-20T{time}")) for time in asked]
    assert found == [False, True, True, False, True, True, False]
    assert PARIS.next_open(paris("2026-11-20T12:30")) == paris("2026-11-20T14:00")
    assert PARIS.next_open(paris("2026-11-20T14:01")) == paris("2026-11-20T14:01")
    assert PARIS.next_open(paris("2026-11-20T18:00")) == paris("2026-11-23T09:00")


def test_the_same_instant_is_open_in_one_place_and_not_in_another():
    instant = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert [Hours(zone=zone).is_open(instant) for zone in ZONES] == [True, False, True, False]


@pytest.mark.parametrize(
    ("zone", "day", "hours", "minutes"),
    [
        ("Europe/Paris", date(2026, 3, 29), "00:00-24:00", 23 * 60),
        ("Europe/Paris", date(2026, 3, 29), "01:00-05:00", 3 * 60),
        ("Europe/Paris", date(2026, 3, 29), "02:00-03:00", 0),  # is skipped
        ("Europe/Paris", date(2026, 3, 29), "02:30-04:00", 60),  # begins at three
        ("Europe/Paris", date(2026, 10, 25), "00:00-24:00", 25 * 60),
        ("Europe/Paris", date(2026, 10, 25), "02:00-03:00", 120),  # comes twice
        ("Europe/Paris", date(2026, 10, 25), "01:00-02:30", 60 + 30 + 30),
        ("America/New_York", date(2026, 3, 8), "01:30-03:30", 60),
        ("America/New_York", date(2026, 11, 1), "01:30-03:30", 150),
        ("Asia/Kolkata", date(2026, 3, 29), "00:00-24:00", 24 * 60),
        ("Australia/Lord_Howe", date(2026, 4, 5), "00:00-24:00", 24 * 60 + 30),
        ("Australia/Lord_Howe", date(2026, 10, 4), "00:00-24:00", 24 * 60 - 30),
        ("Pacific/Apia", date(2011, 12, 30), "00:00-24:00", 0),  # a day that never was
        ("America/St_Johns", date(2005, 10, 30), "23:00-24:00", 60),
        ("America/St_Johns", date(2005, 10, 29), "23:00-24:00", 60 + 59),
        ("America/St_Johns", date(2005, 10, 30), "00:00-01:00", 60 + 1),
        ("Europe/Paris", date(2100, 3, 28), "00:00-24:00", 23 * 60),
    ],
)
def test_days_on_which_the_clocks_change(zone, day, hours, minutes):
    team = Hours(read_week({"mon-sun": hours}), zone)
    midnight = datetime.combine(day, datetime.min.time(), UTC)
    before = Absence(day - 2 * DAY, day - DAY)
    alone = Hours(team.week, zone, absences=(before, Absence(day + DAY, day + 2 * DAY)))
    begin, end = midnight - DAY, midnight + 2 * DAY
    assert alone.after(begin, minutes) <= end < alone.after(begin, minutes + 1)
    assert worked(alone, begin, end) == minutes * MINUTE


def test_a_deadline_over_the_night_that_is_an_hour_longer():
    night = Hours(ALL_DAY, "Europe/Paris")
    start = paris("2026-10-24T22:00")
    assert night.after(start, 8 * 60) == paris("2026-10-25T05:00")


def test_clocks_set_back_over_midnight_show_a_day_again():
    # At 00:01 on Sunday it was 23:01 on Saturday once more: Sunday's first minute comes between.
    team = Hours(read_week({"sat": "23:00-24:00", "sun": "00:00-01:00"}), "America/St_Johns")
    start = datetime(2005, 10, 30, 1, 30, tzinfo=UTC)
    ends = [team.after(start, minutes) for minutes in (60, 61, 62, 180)]
    assert [f"{end:%H:%M}" for end in ends] == ["02:30", "02:31", "02:32", "04:30"]
    assert [worked(team, start, end) // MINUTE for end in ends] == [60, 61, 62, 180]


def test_nothing_can_be_asked_outside_the_years_that_are_counted():
    for instant in (datetime(1999, 12, 31, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)):
        with pytest.raises(UserError, match="from 2000 to 2100"):
            PARIS.after(instant, 1)
    with pytest.raises(UserError, match="not enough time at work before 2101"):
        PARIS.after(datetime(2100, 12, 30, tzinfo=UTC), 10_000)
    away = Hours(absences=(Absence(date(2026, 1, 1), date(2101, 1, 1)),))
    with pytest.raises(UserError, match="not enough time at work before 2101"):
        away.next_open(datetime(2026, 1, 1, tzinfo=UTC))


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(InternalError, match="needs an offset"):
        PARIS.is_open(datetime(2026, 11, 20))  # noqa: DTZ001 (it is what is tested)
    with pytest.raises(InternalError, match="goes forward"):
        PARIS.after(paris("2026-11-20T10:00"), -1)


@pytest.mark.parametrize("zone", ["Europe/Pariss", "", "../etc", "Europe"])
def test_an_unknown_zone_is_refused(zone):
    with pytest.raises(UserError, match="is no time zone"):
        Hours(zone=zone)


# ---------------------------------------------------------------- laws


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Weeks of up to three spans a day, at any minutes, at least an hour in all."""
    days = []
    for _ in range(7):
        ends = sorted(draw(st.sets(st.integers(0, 1440), max_size=6)))
        days.append(tuple(Span(*pair) for pair in zip(ends[::2], ends[1::2], strict=False)))
    # A minute a week would not come to an end before 2101.
    assume(sum(span.minutes for spans in days for span in spans) >= 60)
    return Week(tuple(days))


CHANGES = st.sampled_from(
    [
        datetime(2026, 3, 29, tzinfo=UTC),
        datetime(2026, 10, 25, tzinfo=UTC),
        datetime(2026, 3, 8, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 4, 4, tzinfo=UTC),
        datetime(2026, 10, 3, tzinfo=UTC),
        datetime(2005, 10, 30, tzinfo=UTC),
        datetime(2011, 12, 30, tzinfo=UTC),
        datetime(2098, 10, 26, tzinfo=UTC),
    ]
)
ANY_DAY = st.datetimes(datetime(2000, 1, 3), datetime(2098, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
NEAR = st.builds(
    lambda day, micros: day + timedelta(microseconds=micros),
    CHANGES,
    st.integers(-2 * 86_400_000_000, 2 * 86_400_000_000),
)
INSTANTS = NEAR | ANY_DAY


@st.composite
def calendars(draw: st.DrawFn, near: datetime | None = None) -> Hours:
    first = (near or datetime(2026, 11, 22, tzinfo=UTC)).date()
    gone = draw(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 3)), max_size=2))
    absences = tuple(
        Absence(first + timedelta(days=a), first + timedelta(days=a + b)) for a, b in gone
    )
    country = draw(st.sampled_from(["FR", "US", "IN", "AU-NSW"]))
    return Hours(
        draw(weeks()), draw(st.sampled_from(ZONES + ODD_ZONES)), read_holidays(country), absences
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Hours, datetime]:
    start = draw(INSTANTS)
    return draw(calendars(start)), start


@given(cases(), st.integers(0, 5000))
def test_until_a_deadline_its_time_has_passed(case, minutes):
    hours, start = case
    end = hours.after(start, minutes)
    assert end >= start
    assert worked(hours, start, end) == minutes * MINUTE


@given(cases(), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_after_is_the_earliest_such_instant(case, time):
    hours, start = case
    end = start + time
    assert hours.after(start, worked(hours, start, end)) <= end


@given(cases(), st.integers(1, 5000))
def test_a_moment_before_the_deadline_less_time_has_passed(case, minutes):
    hours, start = case
    end = hours.after(start, minutes)
    assert worked(hours, start, end - timedelta(microseconds=1)) < minutes * MINUTE


@given(cases(), st.integers(0, 3000), st.integers(0, 3000))
def test_more_time_is_never_earlier(case, one, other):
    hours, start = case
    less, more = sorted([one, other])
    assert hours.after(start, less) <= hours.after(start, more)


@given(cases(), st.integers(0, 3000), st.timedeltas(timedelta(0), timedelta(days=4)))
def test_a_later_start_is_never_due_earlier(case, minutes, later):
    hours, start = case
    assert hours.after(start, minutes) <= hours.after(start + later, minutes)


@given(cases(), st.integers(0, 2000), st.integers(0, 2000))
def test_a_deadline_does_not_depend_on_how_it_is_sliced(case, one, other):
    hours, start = case
    assert hours.after(hours.after(start, one), other) == hours.after(start, one + other)


@given(cases(), st.integers(0, 3 * 1440))
@example((Hours(ALL_DAY, "America/St_Johns"), datetime(2005, 10, 30, 2, tzinfo=UTC)), 300)
def test_it_is_what_a_clock_on_the_wall_counts(case, minutes):
    hours, start = case
    start = start.replace(second=0, microsecond=0)
    counted = sum(at_work(hours, start + step * MINUTE) for step in range(minutes))
    end = start + minutes * MINUTE
    assert hours.after(start, counted) <= end < hours.after(start, counted + 1)


@given(cases())
def test_open_is_what_a_clock_on_the_wall_shows(case):
    hours, instant = case
    assert hours.is_open(instant) == at_work(hours, instant)


@given(cases())
def test_the_next_opening_is_open_and_nothing_is_open_before(case):
    hours, instant = case
    opening = hours.next_open(instant)
    assert at_work(hours, opening)
    assert worked(hours, instant, opening) == timedelta()


def at_work(hours: Hours, instant: datetime) -> bool:
    """The definition, word for word: the clock on the wall is in a span of a day at work."""
    wall = instant.astimezone(ZoneInfo(hours.zone))
    if wall.date() in hours.holidays or any(wall.date() in gone for gone in hours.absences):
        return False
    minute = wall.hour * 60 + wall.minute
    return any(span.begin <= minute < span.end for span in hours.week.days[wall.weekday()])


def worked(hours: Hours, begin: datetime, end: datetime) -> timedelta:
    """The time at work from an instant to a later one, as a clock on the wall counts it."""
    total = timedelta()
    while begin < end:
        next_day = datetime.combine(begin.date() + DAY, datetime.min.time(), UTC)
        until = min(end, next_day)
        wall = [one.astimezone(ZoneInfo(hours.zone)) for one in (begin, until)]
        is_changed = wall[0].utcoffset() != wall[1].utcoffset()
        if is_changed:
            total += by_minutes(hours, begin, until)
        else:
            total += by_spans(hours, *(one.replace(tzinfo=None) for one in wall))
        begin = until
    return total


def by_minutes(hours: Hours, begin: datetime, end: datetime) -> timedelta:
    """Within a day of UTC on which the clock is changed: whatever it shows at each minute."""
    minute, total = begin.replace(second=0, microsecond=0), timedelta()
    while minute < end:
        if at_work(hours, minute):
            total += min(end, minute + MINUTE) - max(begin, minute)
        minute += MINUTE
    return total


def by_spans(hours: Hours, begin: datetime, end: datetime) -> timedelta:
    """Within a day of UTC on which the clock is not changed; the instants are what it shows."""
    total = timedelta()
    for day in {begin.date(), end.date()}:
        midnight = datetime.combine(day, datetime.min.time())
        off = day in hours.holidays or any(day in gone for gone in hours.absences)
        for span in () if off else hours.week.days[day.weekday()]:
            opens, closes = midnight + span.begin * MINUTE, midnight + span.end * MINUTE
            total += max(timedelta(), min(end, closes) - max(begin, opens))
    return total
