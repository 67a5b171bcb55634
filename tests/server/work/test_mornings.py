"""Mornings at work: what is put aside comes back when whoever has it works again."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.server.work.conftest import Office

from tamis.calendar import Hours
from tamis.server.work.mornings import Mornings

TOKYO = ZoneInfo("Asia/Tokyo")
PARIS = ZoneInfo("Europe/Paris")


def mornings(office: Office, now: datetime) -> Mornings:
    with office.server.database.read() as connection:
        return Mornings.of(connection, now, office.one("lea"))


def test_work_comes_back_after_days_off_holidays_and_absences(office: Office) -> None:
    office.hold("lea", "call")
    office.assign()
    assert office.one("lea").owner == "ann"
    friday = datetime(2026, 12, 18, 16, tzinfo=PARIS)
    found = mornings(office, friday)
    assert found.after(1) == datetime(2026, 12, 21, 9, tzinfo=PARIS)
    assert found.after(7) == datetime(2026, 12, 28, 9, tzinfo=PARIS)
    assert found.offered == [found.after(1), datetime(2026, 12, 28, 9, tzinfo=PARIS)]
    office.away("ann", date(2026, 12, 21), date(2026, 12, 23))
    assert mornings(office, friday).after(3) == datetime(2026, 12, 24, 9, tzinfo=PARIS)


def test_hours_are_those_of_who_has_the_work_not_of_who_looks(office: Office) -> None:
    office.hold("lea", "call")
    office.assign()
    now = datetime(2026, 12, 1, 12, tzinfo=TOKYO)
    assert mornings(office, now).after(1) == datetime(2026, 12, 2, 9, tzinfo=PARIS)


@pytest.mark.parametrize("hours", [None, Hours(zone="Europe/Paris")])
def test_without_hours_the_day_begins_at_nine(hours: Hours | None) -> None:
    now = datetime(2100, 12, 31, 20, tzinfo=PARIS)
    assert Mornings(now, hours).after(1) == datetime(2101, 1, 1, 9, tzinfo=PARIS)
