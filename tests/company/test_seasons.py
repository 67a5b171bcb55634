from __future__ import annotations

from datetime import date

from tamis.company import seasons


def test_a_working_day_is_busier_than_a_sunday_and_a_holiday() -> None:
    tuesday, sunday, may_day = date(2026, 4, 14), date(2026, 4, 12), date(2026, 5, 1)
    assert seasons.cells(tuesday) > seasons.cells(sunday) > seasons.cells(may_day) > 0


def test_august_and_christmas_are_quieter_and_september_busier() -> None:
    june, august, september = date(2026, 6, 9), date(2026, 8, 11), date(2026, 9, 8)
    assert seasons.cells(august) < seasons.cells(june) < seasons.cells(september)
    assert seasons.cells(date(2026, 12, 29)) < seasons.cells(june)


def test_the_calendar_has_no_gap_and_knows_the_next_campaign() -> None:
    campaigns = [date(2026, 3, 3), date(2026, 3, 17)]
    rows = seasons.calendar(date(2026, 3, 1), 20, campaigns)
    reached = 0
    for start, size, day, _ in rows:
        assert (start, size) == (reached, seasons.cells(day))
        reached += size
    upcoming = {day: number for _, _, day, number in rows}
    assert upcoming[date(2026, 3, 2)] == 0
    assert upcoming[date(2026, 3, 3)] == 1  # a mail of the same day has gone
    assert upcoming[date(2026, 3, 20)] == 2


def test_mails_go_out_on_tuesdays_as_often_as_the_pace_says() -> None:
    first = date(2026, 1, 1)
    usual = seasons.campaign_days(first, 540, 1)
    assert {day.weekday() for day in usual} == {1}
    assert len(usual) == 39
    assert len(seasons.campaign_days(first, 540, 0.4)) == 16
    assert seasons.campaign_days(first, 30, 0.001) == [date(2026, 1, 6)]
