"""The score of an account from its leads' scores, in whole hundredths: as a batch makes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from tamis.model.spec import Model, Rollup
from tamis.server.read.answering import json_of
from tamis.server.read.fresh import Stored


@dataclass(frozen=True)
class AccountScore:
    """What an account's leads make: how many they are, their score in hundredths, the best."""

    leads: int
    score: int | None
    best_lead_id: str | None


def account_score(model: Model, leads: Iterable[Stored]) -> AccountScore:
    """The score of an account from rows of scores; excluded leads count for nothing."""
    rows = sorted(
        (row for row in leads if not row["excluded"]), key=lambda row: (row["turn"], row["lead_id"])
    )
    rollup = model.accounts
    if rollup is None or not rows:
        return AccountScore(len(rows), None, None)
    valued = [(_value(rollup, row), row["lead_id"]) for row in rows]
    # Sorting keeps the order of calling among equals: ties go by rank.
    best = sorted(valued, key=lambda one: -one[0])
    return AccountScore(len(rows), rolled([one[0] for one in best], rollup), best[0][1])


def _value(rollup: Rollup, row: Stored) -> int:
    if rollup.of == "score":
        return int(row["score"])
    return int(json_of(row["dimensions"])[rollup.of])


def rolled(best: Sequence[int], rollup: Rollup) -> int:
    """Hundredths, the best first, joined into one."""
    match rollup.rollup:
        case "max":
            return best[0]
        case "sum":
            return sum(best)
        case "mean":
            return _divided(sum(best), len(best))
        case "top":
            top = best[: rollup.count]
            return _divided(sum(top), len(top))
        case _:
            assert_never(rollup.rollup)


def _divided(total: int, by: int) -> int:
    """Divided and rounded half away from zero.

    >>> _divided(-5, 2), _divided(5, 2), _divided(4, 3)
    (-3, 3, 1)
    """
    sign = -1 if total < 0 else 1
    return sign * ((2 * abs(total) + by) // (2 * by))
