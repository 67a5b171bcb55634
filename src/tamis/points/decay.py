"""Decay weights as a table by age: exact millionths, made once for a model, for any day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal, localcontext
from functools import lru_cache

from tamis.model.spec import AtLeastRule, Decay, HalfLife, Linear, Model, PointsRule
from tamis.sql.chain import Constants
from tamis.sql.numbers import MICRO, rounded
from tamis.sql.relation import Column, Relation

EXACT = Context(prec=40, traps=[])
"""More digits than a weight shows, and no exception, whatever the caller's own context says."""
OLDEST = 40_000
"""Ages beyond this many days (a century) weigh what the last one does."""


def weight(decay: Decay | None, age: int) -> int:
    """The weight of an event `age` whole days old, in millionths, rounded half away from zero.

    >>> weight(HalfLife(30), 30), weight(Linear(10), 4), weight(None, 999)
    (500000, 600000, 1000000)
    """
    with localcontext(EXACT):
        return rounded(_exact(decay, age), MICRO)


def _exact(decay: Decay | None, age: int) -> Decimal:
    if decay is None:
        return Decimal(1)
    if isinstance(decay, HalfLife):
        return Decimal(2) ** (Decimal(-age) / decay.days)
    if isinstance(decay, Linear):
        return max(Decimal(0), 1 - Decimal(age) / decay.days)
    reached = [factor for bound, factor in decay.factors if bound <= age]
    return reached[-1] if reached else Decimal(1)


def last_age(decay: Decay) -> int:
    """The age from which on the weight no longer changes."""
    if isinstance(decay, Linear):
        return min(decay.days, OLDEST)
    if isinstance(decay, HalfLife):
        # Below half a millionth, the weight rounds to 0: after 21 half-lives.
        return min(21 * decay.days, OLDEST)
    return min(decay.factors[-1][0], OLDEST)


def numbered(model: Model) -> dict[Decay, int]:
    """The decays that the model's rules use, numbered from 1."""
    used = [
        r.decay for r in model.event_rules if isinstance(r, PointsRule | AtLeastRule) and r.decay
    ]
    return {decay: number for number, decay in enumerate(dict.fromkeys(used), start=1)}


WEIGHTS = Relation(
    "weights",
    "how much an event weighs at each age",
    ("decay", "age"),
    (
        Column("decay", "integer", "which decay"),
        Column("age", "integer", "age of the event", unit="whole days"),
        Column("weight", "integer", "its weight", unit="millionths"),
    ),
)


def constants(model: Model) -> Constants:
    """The table of weights; an age beyond the last row has the last row's weight."""
    return Constants(WEIGHTS, tuple(_rows(model)))


def _rows(model: Model) -> Iterator[tuple[int, int, int]]:
    for decay, number in numbered(model).items():
        for age, weighed in enumerate(weights(decay)):
            yield number, age, weighed


@lru_cache(maxsize=64)
def weights(decay: Decay) -> tuple[int, ...]:
    """The weight at each age, in millionths; beyond the last one they no longer change.

    They are remembered, for plans are made often and have the same few decays.
    """
    return tuple(weight(decay, age) for age in range(last_age(decay) + 1))
