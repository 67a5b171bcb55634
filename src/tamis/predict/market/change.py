"""A declared change of market: a person says that from a day on, the past tells less."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

ENOUGH = 40
"""Conversions after the change from which a model is learned of them alone (phase `additive`)."""


@dataclass(frozen=True)
class Change:
    """The market changed on a day, as `who` says, because of `why`."""

    day: date
    who: str
    why: str


@dataclass(frozen=True)
class Standing:
    """What is done with `conversions` since a change of market (`since`, null without one).

    `goes_on`: the old model goes on, its intercept recalibrated on outcomes since that day, until
    there are `missing` more conversions. Else a model may be learned of what came since.
    """

    since: date | None
    conversions: int
    goes_on: bool
    missing: int


def since_of(changes: Iterable[Change], day: date) -> date | None:
    """The latest change on or before a day: learning, baseline and reports begin there."""
    return max((change.day for change in changes if change.day <= day), default=None)


def standing(changes: Iterable[Change], day: date, conversions: int) -> Standing:
    """What is done on a day, `conversions` having come of leads seen since the latest change.

    >>> standing([Change(date(2026, 3, 2), "Ana", "new prices")], date(2026, 4, 1), 12)
    Standing(since=datetime.date(2026, 3, 2), conversions=12, goes_on=True, missing=28)
    """
    since = since_of(changes, day)
    missing = max(0, ENOUGH - conversions) if since else 0
    return Standing(since, conversions, missing > 0, missing)
