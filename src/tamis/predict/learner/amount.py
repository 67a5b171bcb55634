"""What the amount of data allows: the phase, the columns worth a look, the base rate."""

from __future__ import annotations

import numpy as np

from tamis.history.intervals import Clusters, Interval, clustered_proportion
from tamis.predict.examples import Column, Examples
from tamis.predict.learned import LeftOut, Phase

EARLY, ADDITIVE, FULL = 10, 40, 120
"""Leads of the rarer outcome from which each phase begins."""
NAMES = 0.9
"""A text column is a name when so many of the leads that have it are the only one with theirs."""

FEWEST_NUMBERED, GAPS = 50, 20
"""A number column is a name when whole numbers, one each for so many leads, are not far apart."""


def phase(examples: Examples) -> Phase:
    """The phase by the leads won, or by those never won when they are fewer."""
    leads = np.unique(examples.lead)
    rarer = min(examples.conversions, len(leads) - examples.conversions)
    if rarer < EARLY:
        return "base"
    if rarer < ADDITIVE:
        return "early"
    return "additive" if rarer < FULL else "full"


def base_rate(examples: Examples) -> Interval:
    """The weighted share of won examples with its interval, rows of one lead taken together."""
    _, who = np.unique(examples.lead, return_inverse=True)
    if not len(who):
        return Interval(None, None, None)
    of = np.bincount(who, examples.weight)
    won = np.bincount(who, examples.weight * examples.won)
    return clustered_proportion(
        Clusters(
            len(of),
            float(of.sum()),
            float(won.sum()),
            float(won @ won),
            float(won @ of),
            float(of @ of),
        )
    )


def unfit(examples: Examples) -> tuple[LeftOut, ...]:
    """The columns that can teach nothing: empty, constant, or a name of each lead."""
    found = []
    for column in examples.columns:
        missing = column.missing
        seen = _apart(column.of(~missing))
        if missing.all():
            found.append(LeftOut(column.name, "empty"))
        elif seen == 1 and not missing.any():
            found.append(LeftOut(column.name, "constant"))
        elif _named(column, examples) if column.kind == "text" else _numbered(column):
            found.append(LeftOut(column.name, "name"))
    return tuple(found)


def _apart(column: Column) -> int:
    if column.kind == "number":
        return len(np.unique(column.values.astype(np.float64)))
    return len({str(value).lower() for value in column.values})


def _numbered(column: Column) -> bool:
    """Whether it numbers the leads: whole numbers, each lead its own, with few gaps."""
    has = ~column.missing
    values, rows = np.unique(column.values.astype(np.float64)[has]), int(has.sum())
    if rows < FEWEST_NUMBERED or len(values) < rows or not (values == np.floor(values)).all():
        return False
    return float(values[-1] - values[0]) < GAPS * rows


def _named(column: Column, examples: Examples) -> bool:
    """Whether nearly every lead has its own value, among at least 20 that have one."""
    has = ~column.missing
    leads = len(np.unique(examples.lead[has]))
    return leads >= 20 and _apart(column.of(has)) >= NAMES * leads
