"""Generated leads whose true probability is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tamis.predict.examples import Column, Examples, examples_of
from tamis.predict.scoring import probability

COUNTRIES = np.array(["France", "Norway", "Japan", "Chile"], dtype=object)
ADDS = np.array([0.8, 0.0, -0.6, -0.2])


def leads(count: int, seed: int = 1, rate: float = -1.5, strength: float = 1.0):
    """Leads and their true log-odds: by employees (a step), visits (rising) and country."""
    draw = np.random.default_rng(seed)
    employees = draw.integers(1, 500, count).astype(float)
    visits = draw.poisson(3, count).astype(float)
    country = draw.integers(0, 4, count)
    noise = draw.normal(size=count)
    employees[draw.random(count) < 0.1] = np.nan
    size = np.where(np.isnan(employees), 0.0, np.where(employees > 100, 0.5, -0.7))
    z = rate + strength * (size + 0.25 * (np.minimum(visits, 8) - 3) + ADDS[country])
    won = draw.random(count) < probability(z)
    columns = (
        Column("employees", "number", employees),
        Column("visits", "number", visits),
        Column("country", "text", COUNTRIES[country]),
        Column("noise", "number", noise),
    )
    return examples_of(columns, won), z


def drawn(examples: Examples, conversions: int, seed: int) -> tuple[Examples, Examples]:
    """Leads drawn until so many are won, and the rest."""
    order = np.random.default_rng(seed).permutation(len(examples))
    count = int(np.searchsorted(np.cumsum(examples.won[order]), conversions)) + 1
    return examples.of(order[:count]), examples.of(order[count:])


def permuted(examples: Examples, seed: int) -> Examples:
    """The same leads with the outcomes dealt anew."""
    won = np.random.default_rng(seed).permutation(examples.won)
    return replace(examples, won=won)
