"""Weights are exact, whatever the caller's decimal context, and never rise with age."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, Underflow, localcontext
from fractions import Fraction
from math import floor, isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.model.spec import Decay, HalfLife, Linear, Steps
from tamis.points.decay import OLDEST, last_age, weight

AGES = st.integers(0, 10_000_000)
DAYS = st.integers(1, 6_999_993)
FACTORS = st.integers(0, 10**6).map(lambda n: Decimal(n) / 10**6)


def half_up(exact: Fraction) -> int:
    return floor(exact + Fraction(1, 2))


def steps() -> st.SearchStrategy[Steps]:
    pairs = st.dictionaries(st.integers(0, 50_000), FACTORS, min_size=1, max_size=4)
    return pairs.map(lambda found: Steps(tuple(sorted(found.items()))))


def decays() -> st.SearchStrategy[Decay]:
    return st.one_of(DAYS.map(HalfLife), DAYS.map(Linear), steps())


@given(AGES, DAYS)
def test_a_linear_weight_is_the_fraction_rounded_half_up(age: int, days: int) -> None:
    assert weight(Linear(days), age) == half_up(max(Fraction(0), 1 - Fraction(age, days)) * 10**6)


@given(st.integers(0, 60), st.integers(1, 9999))
def test_whole_half_lives_halve_exactly(lives: int, days: int) -> None:
    assert weight(HalfLife(days), lives * days) == half_up(Fraction(10**6, 2**lives))


@given(st.integers(0, 60))
def test_half_of_half_lives_are_roots(halves: int) -> None:
    # 10^6 / 2^(n/2) is the root of 10^12 / 2^n; rounding half up is the root of four times, plus 1.
    quadruple = Fraction(4 * 10**12, 2**halves)
    assert weight(HalfLife(2), halves) == (isqrt(floor(quadruple)) + 1) // 2


def test_a_tie_is_rounded_away_from_zero() -> None:
    assert weight(HalfLife(1), 7) == 7813  # 7812.5


@given(steps(), st.integers(0, 60_000))
def test_a_step_holds_from_its_age_on(decay: Steps, age: int) -> None:
    reached = [factor for bound, factor in decay.factors if bound <= age]
    assert weight(decay, age) == half_up(Fraction(reached[-1] if reached else 1) * 10**6)


@given(decays(), AGES)
def test_weight_never_raises_and_lies_between_0_and_1(decay: Decay, age: int) -> None:
    strict = Context(prec=3, Emin=-5, Emax=5, traps=[Inexact, Underflow])
    with localcontext(strict):
        assert 0 <= weight(decay, age) <= 10**6


@given(st.one_of(DAYS.map(HalfLife), DAYS.map(Linear)), AGES, AGES)
def test_weight_does_not_rise_with_age(decay: Decay, one: int, other: int) -> None:
    young, old = sorted((one, other))
    assert weight(decay, old) <= weight(decay, young)


@given(st.one_of(st.integers(1, 1900).map(HalfLife), st.integers(1, OLDEST).map(Linear)), AGES)
def test_nothing_changes_after_the_last_age(decay: Decay, more: int) -> None:
    assert weight(decay, last_age(decay) + more) == weight(decay, last_age(decay)) == 0


@pytest.mark.parametrize("age", [0, 999, 10**9])
def test_without_decay_every_age_weighs_1(age: int) -> None:
    assert weight(None, age) == 10**6


def test_no_table_is_longer_than_a_century() -> None:
    longest: tuple[Decay, ...] = (HalfLife(9**6), Linear(9**6), Steps(((9**6, Decimal(0)),)))
    assert {last_age(decay) for decay in longest} == {OLDEST}
