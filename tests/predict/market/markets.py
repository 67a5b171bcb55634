"""Generated markets: leads that come week by week, stable or with a planted change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from tamis.predict.examples import Column, Examples

START = date(2025, 1, 6)
VALUES = ("web", "fair", "partner", "ads", "referral", "list", "phone", "other site")
FIELDS = 12
NUMBERS = 8


@dataclass
class Week:
    """What holds in one week: the shares of values, the rise of numbers, the base rate."""

    shares: dict[str, np.ndarray] = field(default_factory=dict)
    missing: dict[str, float] = field(default_factory=dict)
    rise: dict[str, float] = field(default_factory=dict)
    odds: float = 0.0
    new: dict[str, tuple[str, float]] = field(default_factory=dict)


Change = Callable[[int, Week], None]


class Market:
    """20 fields, about `leads` new leads a week with a season, each there for up to `stays` weeks.

    Values of a week scatter more than draws would (`noise`: the spread of their log-shares).
    """

    def __init__(self, seed, leads=200, noise=0.1, stays=1, change: Change | None = None):
        self.random = np.random.default_rng(seed)
        self.leads, self.noise, self.stays, self.change = leads, noise, stays, change
        self.born = 0
        self.shares = {
            f"text{i}": self.random.dirichlet(np.full(2 + i % 7, 1.5)) for i in range(FIELDS)
        }
        self.missing = {name: self.random.choice([0.0, 0.1, 0.4]) for name in self.names}

    @property
    def names(self):
        return [*(f"text{i}" for i in range(FIELDS)), *(f"number{i}" for i in range(NUMBERS))]

    def week(self, week: int) -> Examples:
        """The leads born in a week, one row each, with their outcomes."""
        now = Week(dict(self.shares), dict(self.missing), dict.fromkeys(self.names, 0.0))
        if self.change:
            self.change(week, now)
        season = 1 + 0.4 * np.sin(2 * np.pi * week / 52)
        count = max(1, self.random.poisson(self.leads * season))
        columns = [self._text(name, now, count) for name in self.names[:FIELDS]]
        columns += [self._number(name, now, count) for name in self.names[FIELDS:]]
        z = -2.2 + now.odds + self.signal(columns)
        won = self.random.random(count) < 1 / (1 + np.exp(-z))
        lead = np.arange(self.born, self.born + count)
        self.born += count
        order = np.floor(week * 7 + self.random.integers(0, 7, count)).astype(float)
        ids = tuple(f"lead-{one}" for one in lead)
        return Examples(tuple(columns), won, np.ones(count), lead, ids, order)

    @staticmethod
    def signal(columns) -> np.ndarray:
        number = next(c for c in columns if c.name == "number0").values
        text = next(c for c in columns if c.name == "text0").values
        return np.nan_to_num(0.6 * number) + np.where(text == "web", 0.5, 0.0)

    def told(self, examples: Examples) -> np.ndarray:
        """The true log of the odds of the market that does not change."""
        return -2.2 + self.signal(examples.columns)

    def _text(self, name, now, count):
        shares = now.shares[name]
        shares = shares * np.exp(self.random.normal(0, self.noise, len(shares)))
        values = self.random.choice(np.array(VALUES)[: len(shares)], count, p=shares / shares.sum())
        values = values.astype(object)
        if name in now.new:
            value, share = now.new[name]
            values[self.random.random(count) < share] = value
        values[self.random.random(count) < now.missing[name]] = None
        return Column(name, "text", values)

    def _number(self, name, now, count):
        shift = now.rise[name] + self.random.normal(0, self.noise / 2)
        values = self.random.normal(shift, 1, count)
        values[self.random.random(count) < now.missing[name]] = np.nan
        return Column(name, "number", values)

    def weeks(self, first, last) -> list[Examples]:
        return [self.week(week) for week in range(first, last)]

    def present(self, weeks: list[Examples], at: int) -> Examples:
        """The leads that are there in a week: the new ones, and those that stayed."""
        return joined(weeks[max(0, at - self.stays + 1) : at + 1])


def joined(parts: list[Examples]) -> Examples:
    columns = tuple(
        Column(c.name, c.kind, np.concatenate([part.columns[i].values for part in parts]))
        for i, c in enumerate(parts[0].columns)
    )
    return Examples(
        columns,
        np.concatenate([part.won for part in parts]),
        np.ones(sum(map(len, parts))),
        np.concatenate([part.lead for part in parts]),
        tuple(one for part in parts for one in part.ids),
        np.concatenate([part.order for part in parts]),
    )


def day_of(week: int) -> date:
    """The last day of a week."""
    return START + timedelta(days=7 * week + 6)
