"""What a cell of text means: numbers, dates, times, yes and no."""

# ruff: noqa: DTZ001 (a timestamp of the chain is UTC without saying so)

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import column, model, read

from tamis.errors import SourceError
from tamis.sources import Options
from tamis.sources.options import Manner

UNREADABLE = "unreadable"


def cells(
    kind: str, texts: list[str], sign: str = ",", zone: str = "Europe/Paris", **manner: str
) -> list[Any]:
    """The texts read as a column of events, which marks what is unreadable instead of raising."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=sign, lineterminator="\n")
    writer.writerow(["lead_id", "event", "timestamp", "x"])
    writer.writerows([f"{i:04}", "e", "2026-01-01", text] for i, text in enumerate(texts))
    options = Options(manners={"events": Manner(**manner)}, accept_rejects=True)  # type: ignore[arg-type]
    found = read(model(zone, event={"x": kind}), [], None, _file(buffer.getvalue()), options)
    values = {int(row["lead_id"]): row["x"] for row in found.events}
    return [values.get(i, UNREADABLE) for i in range(len(texts))]


_FOLDER: list[Path] = []


@pytest.fixture(autouse=True, scope="module")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER[:] = [tmp_path_factory.mktemp("cells")]


def _file(text: str) -> Path:
    path = _FOLDER[0] / "events.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_numbers_with_a_point() -> None:
    texts = [
        "1,234.56",
        "1 234.5",
        "1\u00a0234",
        "-0.5",
        ".5",
        "5.",
        "+3",
        "1e3",
        "1.5E-2",
        " 7 ",
        "",
        "1'000.25",
    ]
    expected = [
        "1234.56",
        "1234.5",
        "1234",
        "-0.5",
        "0.5",
        "5",
        "3",
        "1000",
        "0.015",
        "7",
        None,
        "1000.25",
    ]
    assert cells("number", texts) == [None if e is None else Decimal(e) for e in expected]


def test_numbers_with_a_comma() -> None:
    texts = ["1 234,56", "1\u202f234,5", "1.234.567", "1.234,5", "-0,5", ",5", "12"]
    expected = ["1234.56", "1234.5", "1234567", "1234.5", "-0.5", "0.5", "12"]
    assert cells("number", texts, ";") == [Decimal(e) for e in expected]


def test_one_sign_before_three_digits_is_decided_by_the_file_or_told() -> None:
    assert cells("number", ["1,234"], ",") == [Decimal(1234)]
    assert cells("number", ["1,234"], ";") == [Decimal("1.234")]
    assert cells("number", ["1,234"], ";", decimal=".") == [Decimal(1234)]
    assert cells("number", ["1,234", "0,5"], ",") == [Decimal("1.234"), Decimal("0.5")]
    assert cells("number", ["1.234"], ",", decimal=",") == [Decimal(1234)]


@pytest.mark.parametrize(
    "text",
    ["abc", "12%", "5 €", "1 23", "1,23,4.5", "nan", "inf", "--1", "1e999", "0x10", "9" * 19, "½"],
)
def test_what_is_no_number(text: str) -> None:
    assert cells("number", [text, "1.5", "2.5", "3.25"])[0] == UNREADABLE


def test_numbers_are_rounded_half_away_from_zero() -> None:
    texts = ["0.0000005", "-0.0000005", "0.00000049999999", "123456789012345678.1234565"]
    expected = ["0.000001", "-0.000001", "0", "123456789012345678.123457"]
    assert cells("number", texts) == [Decimal(e) for e in expected]


def test_whole_numbers() -> None:
    texts = ["12", "12.0", "1,234", "1 234", "-9223372036854775808", "9223372036854775807"]
    expected = [12, 12, 1234, 1234, -(2**63), 2**63 - 1]
    assert cells("integer", texts) == expected
    assert cells("integer", ["12,00", "1.234.567", "1 000"], ";") == [12, 1234567, 1000]


@pytest.mark.parametrize("text", ["12.5", "9223372036854775808", "12.000", "1e3", "x"])
def test_what_is_no_whole_number(text: str) -> None:
    assert cells("integer", [text, "1.0"])[0] == UNREADABLE


def test_yes_and_no() -> None:
    yes = ["true", "TRUE", "1", "Yes", "oui", "VRAI", "o", "t", "y"]
    no = ["false", "0", "No", "non", "faux", "f", "n"]
    assert cells("boolean", [*yes, *no, "", "maybe"]) == [True] * 9 + [False] * 7 + [
        None,
        UNREADABLE,
    ]


def test_dates() -> None:
    texts = ["2026-11-21", "21/11/2026", "21.11.2026", "20261121", "2026/11/21", "21-11-2026"]
    assert cells("date", texts) == [date(2026, 11, 21)] * 6
    assert cells("date", ["2026-02-30", "31/02/2026", "13/01/2026", "21/11/26", "0000-00-00"]) == [
        *[UNREADABLE] * 2,
        date(2026, 1, 13),
        *[UNREADABLE] * 2,
    ]


def test_day_or_month_first_is_decided_by_the_column_or_told() -> None:
    assert cells("date", ["01/02/2026", "13/01/2026"]) == [date(2026, 2, 1), date(2026, 1, 13)]
    assert cells("date", ["01/02/2026", "01/13/2026"]) == [date(2026, 1, 2), date(2026, 1, 13)]
    assert cells("date", ["01/02/2026"], dates="day_first") == [date(2026, 2, 1)]
    assert cells("date", ["01/02/2026"], dates="month_first") == [date(2026, 1, 2)]
    with pytest.raises(SourceError, match=r"(?s)can be read in two ways.*dates: day_first"):
        cells("date", ["01/02/2026"])
    with pytest.raises(SourceError, match="begin with the day and others with the month"):
        cells("date", ["13/02/2026", "02/13/2026"])


def test_times() -> None:
    texts = {
        "2026-11-21T10:00:00": datetime(2026, 11, 21, 10),
        "2026-11-21 10:00": datetime(2026, 11, 21, 10),
        "2026-11-21T10:00:00Z": datetime(2026, 11, 21, 10),
        "2026-11-21T10:00:00+02:00": datetime(2026, 11, 21, 8),
        "2026-11-21T10:00:00.000+0000": datetime(2026, 11, 21, 10),
        "2026-11-21 10:00:00-0530": datetime(2026, 11, 21, 15, 30),
        "2026-11-21T10:00:00-18:00": datetime(2026, 11, 22, 4),
        "2026-11-21 10:00:00 UTC": datetime(2026, 11, 21, 10),
        "2026-11-21 10:00:00,250": datetime(2026, 11, 21, 10, 0, 0, 250_000),
        "2026-11-21T10:00:00.123456789Z": datetime(2026, 11, 21, 10, 0, 0, 123_456),
        "21/11/2026 14:05": datetime(2026, 11, 21, 14, 5),
        "21/11/2026, 9:05:07": datetime(2026, 11, 21, 9, 5, 7),
        "21.11.2026 14:05": datetime(2026, 11, 21, 14, 5),
        "21/11/2026 2:05 PM": datetime(2026, 11, 21, 14, 5),
        "21/11/2026 12:05 am": datetime(2026, 11, 21, 0, 5),
        "2026-11-21": datetime(2026, 11, 20, 23),
        "21/11/2026": datetime(2026, 11, 20, 23),
        "2026-07-01": datetime(2026, 6, 30, 22),
    }
    assert cells("timestamp", list(texts)) == list(texts.values())


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2026-11-21 25:00",
        "10:00",
        "1700000000",
        "2026-13-01T00:00:00",
        "2026-11-21 13:05 PM",
        "2026-11-21T10:00:00+25:00",
        "2026-11-21T10:00:00-18:01",
        "2026-11-21T10:00:00+99:99",
        "2026-11-21T10:00:00+02:60",
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert cells("timestamp", [text]) == [UNREADABLE]


def test_seconds_since_1970_only_when_told() -> None:
    assert cells("timestamp", ["1700000000"], epoch="seconds") == [
        datetime(2023, 11, 14, 22, 13, 20)
    ]
    assert cells("timestamp", ["1700000000123"], epoch="millis") == [
        datetime(2023, 11, 14, 22, 13, 20, 123_000)
    ]
    assert cells("timestamp", ["1700000000123456", "2026-01-01T00:00:00"], epoch="micros") == [
        datetime(2023, 11, 14, 22, 13, 20, 123_456),
        datetime(2026, 1, 1),
    ]


def test_the_day_of_a_moment_is_the_models() -> None:
    assert (
        cells("date", ["2026-11-20T23:30:00Z", "2026-11-21 00:00:00"]) == [date(2026, 11, 21)] * 2
    )
    assert cells("date", ["2026-11-21T00:30:00Z"], zone="America/New_York") == [date(2026, 11, 20)]


NUMBERS = st.decimals(-(10**12), 10**12, places=4)


def grouped(number: Decimal, thousands: str, point: str) -> str:
    return f"{number:,.4f}".replace(",", "\0").replace(".", point).replace("\0", thousands)


@given(st.lists(NUMBERS, min_size=1, max_size=8), st.sampled_from([" ", "\u00a0", "\u202f", "."]))
def test_french_and_german_numbers_come_back(numbers: list[Decimal], thousands: str) -> None:
    assert cells("number", [grouped(n, thousands, ",") for n in numbers], ";") == numbers


@given(st.lists(NUMBERS, min_size=1, max_size=8), st.sampled_from(["", " ", ",", "'"]))
def test_english_numbers_come_back(numbers: list[Decimal], thousands: str) -> None:
    assert cells("number", [grouped(n, thousands, ".") for n in numbers]) == numbers


@given(st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)), min_size=1, max_size=8))
def test_french_dates_come_back(days: list[date]) -> None:
    texts = [f"{day:%d/%m/%Y}" for day in [*days, date(2026, 12, 31)]]
    assert cells("date", texts)[:-1] == days


OFFSETS = st.integers(-14 * 4, 14 * 4).map(lambda n: timezone(timedelta(minutes=15 * n)))
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=OFFSETS)


@given(st.lists(MOMENTS, min_size=1, max_size=8))
def test_moments_with_an_offset_come_back(moments: list[datetime]) -> None:
    expected = [moment.astimezone(UTC).replace(tzinfo=None) for moment in moments]
    assert cells("timestamp", [moment.isoformat() for moment in moments]) == expected


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n;,\"'\t"), max_size=12
)


@given(st.lists(TEXTS, min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_texts_come_back(texts: list[str], sign: str) -> None:
    assert cells("text", texts, sign) == [text or None for text in texts]


@given(st.lists(st.floats(-1e9, 1e9).map(lambda f: round(f, 8)), min_size=1, max_size=8))
def test_floats_are_rounded_as_they_are_written(numbers: list[float]) -> None:
    rows = [{"lead_id": f"{i:03}", "x": n} for i, n in enumerate(numbers)]
    cent = Decimal("0.000001")
    expected = [Decimal(repr(n)).quantize(cent, ROUND_HALF_UP) for n in numbers]
    assert column(read(model(lead={"x": "number"}), rows).leads, "x") == expected
