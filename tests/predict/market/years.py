"""A year of watching a generated market, week by week."""

from __future__ import annotations

from tests.predict.market.markets import Market, day_of, joined

from tamis.predict.market.baseline import Baseline, baseline_of
from tamis.predict.market.watching import Matured, State, watch

YEAR = 52
HORIZON = 4
"""Weeks after which outcomes are known."""


def watched(market: Market, weeks: int = YEAR) -> tuple[Baseline, State, list]:
    """A baseline of a year, then watching: (the week from 1, alarm) of each alarm."""
    every = market.weeks(0, YEAR + weeks)
    past = joined([market.present(every, week) for week in range(YEAR)])
    baseline = baseline_of(None, past, market.told(past))
    state, raised = State(day_of(YEAR - 1)), []
    for week in range(YEAR, YEAR + weeks):
        came, due = market.present(every, week), every[week - HORIZON]
        told = market.told(came)
        matured = Matured(market.told(due), due.won)
        state, alarms = watch(baseline, state, day_of(week), came, told, due=matured)
        raised += [(week - YEAR + 1, alarm) for alarm in alarms]
    return baseline, state, raised


def planted(what: str, *, at: int = 4, size: float = 0.15, odds: float = 0.0, field="text3"):
    """A change from the week after `at` on. `field` is never missing before it."""

    def change(week, now):
        now.missing[field] = 0.0
        if week < YEAR + at:
            return
        if what == "share":
            shares = now.shares[field]
            place = int(abs(shares - 0.3).argmin())
            moved = shares * (1 - shares[place] - size) / (1 - shares[place])
            moved[place] = shares[place] + size
            now.shares[field] = moved
        elif what == "vanished":
            shares = now.shares[field].copy()
            shares[int(abs(shares - 0.3).argmin())] = 0.0
            now.shares[field] = shares / shares.sum()
        elif what == "missing":
            now.missing[field] = size
        elif what == "new":
            now.new[field] = ("trade show", size)
        elif what == "rise":
            now.rise["number0"] = size
        now.odds = odds

    return change
