"""Days of a zone as trees, against the zone data of Python, around every change of the clocks."""

# ruff: noqa: DTZ001 (instants are in UTC and say no zone, as the engine holds them)

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlglot import exp

from tamis.engines.duckdb import DuckDB
from tamis.sql import days
from tamis.sql.write import column

UNTIL = date(2026, 11, 21)
ZONES = (
    "UTC",
    "Europe/Paris",
    "America/New_York",
    "America/Sao_Paulo",  # clocks went forward at midnight: days without a midnight
    "America/Havana",  # forward at midnight, back at one
    "Asia/Beirut",  # back at midnight: the last hour of a day comes twice
    "America/St_Johns",  # back a minute after midnight: the day before comes once more
    "Asia/Kolkata",
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # a day was left out
    "Africa/Casablanca",  # many changes a year
)


@pytest.fixture(scope="module")
def session() -> Iterator[DuckDB]:
    with DuckDB() as opened:
        yield opened


def instants(zone: str) -> list[datetime]:
    """Instants around each change of the clocks and around its midnights, from 1970 on."""
    found = {datetime(1970, 1, 1), datetime(2026, 11, 21, 12), datetime(2027, 12, 31, 23, 59, 59)}
    for offset in days.offsets(zone, UNTIL):
        for hours in (-25, -24, -13, -2, -1, 0, 1, 2, 12, 24):
            at = offset.since + timedelta(hours=hours)
            found |= {at, at - timedelta(microseconds=1), at.replace(minute=0, second=0)}
    return sorted(at for at in found if at >= datetime(1970, 1, 1))


def local(at: datetime, zone: str) -> date:
    """The calendar date that Python gives."""
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def asked(session: DuckDB, values: list[str], type_: str, what: exp.Expr) -> list[object]:
    """What a tree over column `v` gives for each value, in order."""
    listed = ", ".join(f"({place}, '{value}')" for place, value in enumerate(values))
    table = f"(SELECT p, CAST(x AS {type_}) AS v FROM (VALUES {listed}) AS t(p, x))"
    rows = session.execute(f"SELECT {what.sql('duckdb')} FROM {table} ORDER BY p")
    return [row[0] for row in rows]


@pytest.mark.parametrize("zone", ZONES)
def test_the_local_date_of_an_instant(session: DuckDB, zone: str) -> None:
    moments = instants(zone)
    tree = days.local_date(column("v"), zone, UNTIL)
    found = asked(session, [at.isoformat(sep=" ") for at in moments], "TIMESTAMP", tree)
    wrong = [(at, got) for at, got in zip(moments, found, strict=True) if got != local(at, zone)]
    assert wrong == []


@pytest.mark.parametrize("zone", ZONES)
def test_the_midnight_of_a_date_lies_on_that_date(session: DuckDB, zone: str) -> None:
    around = {local(at, zone) for at in instants(zone)}
    # A day that the zone left out has no instant.
    there = [day for day in sorted(around) if day not in left_out(zone)]
    tree = days.local_midnight(column("v"), zone, UNTIL)
    found = asked(session, [day.isoformat() for day in there], "DATE", tree)
    wrong = [
        (day, at)
        for day, at in zip(there, found, strict=True)
        if not isinstance(at, datetime) or local(at, zone) != day
    ]
    assert wrong == []


def left_out(zone: str) -> set[date]:
    """Days that a zone jumped over."""
    return {date(2011, 12, 30)} if zone == "Pacific/Apia" else set()


@pytest.mark.parametrize("zone", ZONES)
def test_the_first_instant_of_a_day_parts_it_from_the_day_before(zone: str) -> None:
    moments = instants(zone)
    for day in sorted({local(at, zone) for at in moments} - left_out(zone)):
        first = days.first_instant(days.number(day), zone, UNTIL)
        if first is not None:
            assert local(first, zone) == day
            assert local(first - timedelta(microseconds=1), zone) < day


def test_where_days_mix_there_is_no_first_instant() -> None:
    number = days.number(UNTIL)
    assert days.first_instant(number, "America/St_Johns", UNTIL) is None
    assert days.first_instant(number, "Europe/Paris", UNTIL) == datetime(2026, 11, 20, 23)


def test_day_numbers(session: DuckDB) -> None:
    some = [date(1969, 12, 31), date(1970, 1, 1), date(2024, 2, 29), date(2026, 11, 21)]
    numbers = [days.number(day) for day in some]
    assert numbers == [-1, 0, 19782, 20778]
    written = [day.isoformat() for day in some]
    assert asked(session, written, "DATE", days.day_number(column("v"))) == numbers
    back = asked(session, [str(n) for n in numbers], "INT", days.day_of_number(column("v")))
    assert back == some


def test_utc_needs_no_arithmetic() -> None:
    assert days.local_date(column("v"), "UTC", UNTIL).sql("duckdb") == "CAST(v AS DATE)"


def test_offsets_reach_beyond_the_day_and_stop() -> None:
    last = days.offsets("Europe/Paris", UNTIL)[-1]
    assert last.since == datetime(2027, 10, 31, 1)
    assert last.seconds == 3600
