"""Which past days are taken."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamis.errors import SourceError
from tamis.predict.snapshots.days import MOST_DAYS, days_to_take

FIRST = date(2025, 1, 1)


@given(
    known=st.integers(0, 2000),
    horizon=st.integers(1, 365),
    every=st.one_of(st.none(), st.integers(1, 60)),
)
def test_days_are_over_and_apart(known: int, horizon: int, every: int | None) -> None:
    last = FIRST + timedelta(days=known)
    found = days_to_take(FIRST, last, horizon, every)
    assert found[-1] == last - timedelta(days=horizon)
    step = timedelta(days=every or max(horizon // 3, 1))
    assert all(later - day == step for day, later in pairwise(found))
    assert all(day >= FIRST for day in found[:-1])
    assert len(found) <= MOST_DAYS
    assert len(found) == MOST_DAYS or found[0] - step < FIRST


def test_no_day_lies_before_a_change_of_market() -> None:
    found = days_to_take(FIRST, date(2026, 6, 30), 30, 10, since=date(2026, 5, 11))
    assert [str(day) for day in found] == ["2026-05-11", "2026-05-21", "2026-05-31"]


def test_a_change_of_market_too_late_is_refused() -> None:
    with pytest.raises(SourceError, match="since 2026-06-01 no 30 days are over"):
        days_to_take(FIRST, date(2026, 6, 30), 30, since=date(2026, 6, 1))
