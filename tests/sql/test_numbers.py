"""Exact numbers: rounding half away from zero, in integers, the same in Python and SQL."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.engines.duckdb import DuckDB
from tamis.sql import numbers
from tamis.sql.write import whole

OPENED = DuckDB()


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    with OPENED:
        yield


def value_of(sql: str) -> object:
    return OPENED.execute(f"SELECT {sql}")[0][0]


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("2.5", 1, 3),
        ("-2.5", 1, -3),
        ("0.005", 100, 1),
        ("-0.005", 100, -1),
        ("0.0049", 100, 0),
        ("1.2345", 1000, 1235),
        ("0", 100, 0),
    ],
)
def test_rounding_is_half_away_from_zero(value: str, unit: int, expected: int) -> None:
    assert numbers.rounded(Decimal(value), unit) == expected


def test_scaling_is_exact() -> None:
    assert numbers.scaled(Decimal("10000"), numbers.MILLI) == 10_000_000
    assert numbers.scaled(Decimal("-0.125"), numbers.MILLI) == -125


@given(st.integers(-(10**24), 10**24), st.integers(1, 10**12))
def test_division_rounds_as_the_same_decimal_does(numerator: int, denominator: int) -> None:
    tree = numbers.divide_rounded(numbers.wide(whole(numerator)), numbers.wide(whole(denominator)))
    # Exact, in whole numbers: twice the rest against the divisor tells which way to go.
    quotient, rest = divmod(abs(numerator), denominator)
    quotient += 2 * rest >= denominator
    assert value_of(tree.sql("duckdb")) == (quotient if numerator >= 0 else -quotient)


@given(st.integers(-1000, 1000), st.integers(-1000, 0), st.integers(1, 1000))
def test_limits(value: int, low: int, high: int) -> None:
    tree = numbers.limited(whole(value), whole(low), whole(high))
    assert value_of(tree.sql("duckdb")) == min(max(value, low), high)


@given(st.integers(-(10**15), 10**15))
def test_cents_are_decimals_with_two_places(value: int) -> None:
    found = value_of(numbers.cents(whole(value)).sql("duckdb"))
    assert found == (Decimal(value) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert isinstance(found, Decimal)
    assert found.as_tuple().exponent == -2
