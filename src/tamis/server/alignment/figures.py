"""The figures of the report: shares, spreads, sums, as they are found and as JSON has them.

Shares are 0 to 1 with their interval, times are days, amounts are in the currency of the outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from math import floor
from typing import Any

from tamis.history.intervals import Clusters, Interval, clustered_mean, proportion
from tamis.model.spec import Model
from tamis.server.alignment.definitions import DEFINITIONS
from tamis.server.alignment.period import Period

BY = ("cell", "source", "campaign", "product", "owner")
"""What conversion is told by; each is defined in `DEFINITIONS`."""
ENTERED, WON, MEETING = "entered", "won", "meeting_held"


@dataclass(frozen=True, slots=True)
class Spread:
    """How values lie: how many, the lower quartile, the median, the upper; null without any."""

    count: int = 0
    low: float | None = None
    median: float | None = None
    high: float | None = None


def spread(values: Sequence[float]) -> Spread:
    """Median and quartiles, between two values in proportion (Hyndman and Fan's type 7).

    >>> spread([4, 1, 2, 3])
    Spread(count=4, low=1.75, median=2.5, high=3.25)
    """
    if not values:
        return Spread()
    ordered = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        below = floor(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    return Spread(len(ordered), at(0.25), at(0.5), at(0.75))


def mean(values: Sequence[float]) -> Interval:
    """The mean of values with its interval; amounts are never below zero."""
    total, squares, count = sum(values), sum(value * value for value in values), len(values)
    found = clustered_mean(Clusters(count, count, total, squares, total, count))
    low = None if found.low is None else max(0.0, found.low)
    return Interval(found.value, low, found.high)


@dataclass(frozen=True, slots=True)
class Passage:
    """From a milestone to the next: `went_on` of `reached` leads, `open` ones in neither.

    `group` is what they have in common (empty: all leads).
    """

    stage: str
    next: str
    group: str
    reached: int
    went_on: int
    open: int
    days: Spread

    @property
    def share(self) -> Interval:
        """The conversion."""
        return proportion(self.went_on, self.reached)


@dataclass(frozen=True, slots=True)
class Part:
    """So many `of` some; `name` says what, empty for all."""

    name: str
    count: int
    of: int

    @property
    def share(self) -> Interval:
        """The share, 0 to 1."""
        return proportion(self.count, self.of)


@dataclass(frozen=True, slots=True)
class Band:
    """Leads whose score was from `low` on and below the next band's; the last holds its end."""

    low: float
    high: float
    leads: int
    won: int
    revenue: float
    per_lead: Interval

    @property
    def share(self) -> Interval:
        """The conversion to a win."""
        return proportion(self.won, self.leads)


@dataclass(frozen=True, slots=True)
class Return:
    """Leads of a source, what they cost (null: the model does not say) and brought."""

    source: str
    leads: int
    won: int
    cost: float | None
    revenue: float

    @property
    def gain(self) -> float | None:
        """The return: revenue less cost, divided by cost; null without a cost."""
        return (self.revenue - self.cost) / self.cost if self.cost else None


@dataclass(frozen=True, slots=True)
class Change:
    """Conversion of a passage before and after a version came to be active."""

    before: Passage
    after: Passage
    difference: Interval


@dataclass(frozen=True, slots=True)
class ModelChange:
    """The activation of version `number` at an instant, over `days` on each side."""

    number: int
    at: str
    days: float
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Touches:
    """Touches before a milestone, and the kinds of event that most leads had."""

    milestone: str
    leads: int
    spread: Spread
    kinds: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class GoalMet:
    """What was reached of a goal in a month; `whole`: all of the month lies in the period."""

    milestone: str
    month: date
    goal: int
    actual: int
    whole: bool


@dataclass(frozen=True)
class Alignment:
    """The report: figures by the key of their definition. Passages by what they are told by."""

    model: Model
    period: Period
    ladder: tuple[str, ...]
    conversion: tuple[Passage, ...]
    by: Mapping[str, tuple[Passage, ...]]
    first_meeting: Part
    service: tuple[Part, ...]
    rejections: tuple[Part, ...]
    in_order: tuple[Part, ...]
    bands: tuple[Band, ...]
    returns: tuple[Return, ...]
    change: ModelChange | None
    cycles: Mapping[str, Spread]
    assets: Mapping[str, Spread]
    touches: tuple[Touches, ...]
    goals: tuple[GoalMet, ...] = field(default=())

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """Plain values; each number stands beside the key of its definition."""
        numbers: dict[str, Any] = {
            "conversion": _all(self.conversion),
            "conversion_by": {name: _all(found) for name, found in self.by.items()},
            "first_meeting": _plain(self.first_meeting),
            "service_kept": _all(self.service),
            "rejections": _all(self.rejections),
            "in_order": _all(self.in_order),
            "bands": _all(self.bands),
            "source_return": [_plain(one) | {"return": one.gain} for one in self.returns],
            "model_change": None if self.change is None else _change(self.change),
            "cycle": {name: asdict(found) for name, found in self.cycles.items()},
            "asset_cycle": {name: asdict(found) for name, found in self.assets.items()},
            "touches": [_touches(one) for one in self.touches],
            "goals": [{**asdict(one), "month": f"{one.month:%Y-%m}"} for one in self.goals],
        }
        return {
            "model": self.model.name,
            "version": self.model.version,
            "from": str(self.period.first),
            "to": str(self.period.last),
            "zone": self.period.zone,
            "follow_days": self.period.follow,
            "ladder": list(self.ladder),
            "numbers": {
                name: {"definition": DEFINED.get(name, name), "value": found}
                for name, found in numbers.items()
            },
            "definitions": {k: asdict(d.said(language)) for k, d in DEFINITIONS.items()},
        }


DEFINED = {"conversion_by": "conversion"}
"""Numbers whose definition has another key; `time_in_stage` stands within conversion."""


def _all(found: Sequence[Any]) -> list[dict[str, Any]]:
    return [_plain(one) for one in found]


def _plain(one: Any) -> dict[str, Any]:  # noqa: ANN401 (a figure with a share, or none)
    shown = asdict(one)
    if isinstance(one, Passage):
        shown["time_in_stage"] = shown.pop("days")
    return shown | ({"share": asdict(one.share)} if hasattr(one, "share") else {})


def _touches(one: Touches) -> dict[str, Any]:
    return asdict(one) | {"kinds": _all(one.kinds)}


def _change(found: ModelChange) -> dict[str, Any]:
    changes = [
        {
            "before": _plain(one.before),
            "after": _plain(one.after),
            "difference": asdict(one.difference),
        }
        for one in found.changes
    ]
    return asdict(found) | {"changes": changes}
