"""The days that are played."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tamis.demo.days import MONDAY, ZONE, beginning, instants


@pytest.mark.parametrize("day", range(7))
def test_every_look_is_on_a_day_of_work_and_the_last_is_now(day: int) -> None:
    now = datetime(2026, 11, 23, 3, 30, tzinfo=UTC) + timedelta(days=day)
    looks = list(instants(now))
    assert looks == sorted(set(looks))
    assert looks[-1] == now
    assert {one.astimezone(ZONE).weekday() for one in looks[:-1]} == {0, 1, 2, 3, 4}
    assert beginning(now).astimezone(ZONE).weekday() == MONDAY
    assert beginning(now) < looks[0]


def test_the_last_days_are_played_one_by_one_and_earlier_ones_once_a_week() -> None:
    now = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    days = sorted({one.astimezone(ZONE).date() for one in instants(now)})
    assert [f"{day:%m-%d}" for day in days][-9:] == [
        "11-02", "11-09", "11-16", "11-17", "11-18", "11-19", "11-20", "11-23", "11-24",
    ]  # fmt: skip
