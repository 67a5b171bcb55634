"""Reach: the least and the greatest points that each rule, group, dimension and the score can give.

An outer bound: what lies outside cannot happen, what lies inside need not. Rules are taken as
independent of each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import singledispatch

from tamis.model.spec import (
    AtLeastRule,
    Band,
    BandsRule,
    Decay,
    Dimension,
    EventRule,
    FrequencyRule,
    HalfLife,
    Linear,
    Model,
    PointsRule,
    RateRule,
    RecencyRule,
    Rule,
    Score,
    SilentRule,
    Steps,
    TotalRule,
    ValuesRule,
    WhenRule,
)

ZERO, ONE, CENT = Decimal(0), Decimal(1), Decimal("0.01")
INFINITE = Decimal("Infinity")
WEIGHT_ERROR = Decimal("0.0000005")
"""Weights are rounded to 6 decimals: each may lie so much above the formula."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `low` to `high`, both included; either may be infinite.

    >>> Span(Decimal(-5), Decimal(30)).limited(Decimal(-10), Decimal(20))
    Span(low=Decimal('-5'), high=Decimal('20'))
    """

    low: Decimal
    high: Decimal

    @classmethod
    def around(cls, values: Iterable[Decimal]) -> Span:
        """The span of some values; zero without any."""
        kept = list(values)
        return cls(min(kept, default=ZERO), max(kept, default=ZERO))

    @property
    def is_zero(self) -> bool:
        """Whether nothing but 0 is possible."""
        return self.low == self.high == 0

    def limited(self, low: Decimal, high: Decimal) -> Span:
        """The span of the values, each limited to a range."""
        return Span(min(max(self.low, low), high), min(max(self.high, low), high))

    def times(self, factor: Decimal) -> Span:
        """The span of the values times a factor that is not negative; 0 times anything is 0."""
        return NOTHING if factor == 0 else Span(self.low * factor, self.high * factor)

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    @property
    def rounded(self) -> Span:
        """Both ends rounded half away from zero to 2 decimals."""
        return Span(cents(self.low), cents(self.high))


NOTHING = Span(ZERO, ZERO)


def cents(value: Decimal) -> Decimal:
    """A finite value rounded half away from zero to 2 decimals."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def total(spans: Iterable[Span]) -> Span:
    """The span of a sum."""
    return sum(spans, start=NOTHING)


# Rules -------------------------------------------------------------------------------------------


def rule_span(rule: Rule) -> Span:
    """The points of a rule, after its own cap."""
    span = before_cap(rule)
    return span if rule.cap is None else span.limited(-rule.cap, rule.cap)


@singledispatch
def before_cap(rule: Rule) -> Span:
    """The points of a rule before its cap, by its form."""
    raise NotImplementedError(type(rule).__name__)


@before_cap.register
def _(rule: WhenRule) -> Span:
    return Span.around([ZERO, rule.points])


@before_cap.register
def _(rule: BandsRule) -> Span:
    return _banded(rule.bands)


@before_cap.register
def _(rule: ValuesRule) -> Span:
    return Span.around([rule.otherwise, *(points for _, points in rule.values)])


@before_cap.register
def _(rule: PointsRule) -> Span:
    return _up_to(rule.points, most_weight(rule))


@before_cap.register
def _(rule: AtLeastRule) -> Span:
    enough = rule.at_least <= most_events(rule)
    return _up_to(rule.points, greatest_weight(rule) if enough else ZERO)


@before_cap.register
def _(rule: FrequencyRule) -> Span:
    return _banded(reachable(rule))


@before_cap.register
def _(rule: TotalRule) -> Span:
    return _banded(rule.bands)


@before_cap.register
def _(rule: RateRule) -> Span:
    return _banded(reachable(rule))


@before_cap.register
def _(rule: RecencyRule) -> Span:
    return _banded(reachable(rule))


@before_cap.register
def _(rule: SilentRule) -> Span:
    return Span.around([ZERO, rule.points])


def _banded(bands: Iterable[Band]) -> Span:
    return Span.around([ZERO, *(band.points for band in bands)])


def _up_to(points: Decimal, units: Decimal) -> Span:
    return NOTHING if 0 in (points, units) else Span.around([ZERO, points * units])


# Bands that can be reached -----------------------------------------------------------------------


def measured(rule: EventRule) -> Span | None:
    """The values that bands of the rule are asked for; None when nothing is known of them.

    A count for `frequency`, an age in days for `recency`, a percentage for `rate`.
    """
    if isinstance(rule, FrequencyRule):
        return Span(ZERO, most_events(rule))
    if isinstance(rule, RecencyRule):
        return Span(ZERO, INFINITE if rule.within is None else Decimal(rule.within - 1))
    if isinstance(rule, RateRule):
        part = not rule.over or (rule.events and set(rule.events) <= set(rule.over))
        return Span(ZERO, Decimal(100) if part else INFINITE)
    return None


def reachable(rule: FrequencyRule | RecencyRule | RateRule) -> tuple[Band, ...]:
    """The bands in which a value of the rule can lie."""
    span = measured(rule)
    assert span is not None
    ends = [*(band.bound for band in rule.bands[1:]), INFINITE]
    return tuple(
        band
        for band, end in zip(rule.bands, ends, strict=True)
        if band.bound <= span.high and end > span.low
    )


# Events that can be counted ----------------------------------------------------------------------


def most_days(rule: EventRule) -> Decimal:
    """The days whose events can count at one time."""
    campaign = (rule.active.last - rule.active.first).days + 1 if rule.active else None
    known = [days for days in (rule.within, campaign) if days is not None]
    return Decimal(min(known)) if known else INFINITE


def most_events(rule: EventRule) -> Decimal:
    """The events that can count at one time."""
    return INFINITE if rule.per_day is None else rule.per_day * most_days(rule)


def greatest_weight(rule: EventRule) -> Decimal:
    """The greatest weight of one event."""
    if isinstance(rule.decay, Steps):
        before = [] if rule.decay.factors[0][0] == 0 else [ONE]
        window = INFINITE if rule.within is None else rule.within
        return max([*before, *(factor for age, factor in rule.decay.factors if age < window)])
    return ONE


def most_weight(rule: EventRule) -> Decimal:
    """The greatest sum of weights of the events that count at one time."""
    if greatest_weight(rule) == 0:
        return ZERO
    if rule.per_day is None:
        return INFINITE
    days = most_days(rule)
    if isinstance(rule.decay, Steps) and rule.active:
        return rule.per_day * days * greatest_weight(rule)
    return rule.per_day * weight_of_days(rule.decay, days)


def weight_of_days(decay: Decay | None, days: Decimal) -> Decimal:
    """The weights of one event on each of the latest `days` (may be infinite), added up.

    Never below the truth; above it by at most half a millionth a day.

    >>> weight_of_days(Linear(10), Decimal(10)).quantize(CENT)
    Decimal('5.50')
    """
    if decay is None:
        return days
    if isinstance(decay, HalfLife):
        return _half_life(decay.days, min(days, Decimal(21 * decay.days)))
    if isinstance(decay, Linear):
        kept = min(days, Decimal(decay.days))
        return kept - kept * (kept - 1) / (2 * decay.days) + kept * WEIGHT_ERROR
    return _steps(decay, days)


def _half_life(half_life: int, days: Decimal) -> Decimal:
    # A geometric series; after 21 half-lives the rounded weight is 0.
    each = Decimal(2) ** (Decimal(-1) / half_life)
    return (1 - Decimal(2) ** (-days / half_life)) / (1 - each) + days * WEIGHT_ERROR


def _steps(decay: Steps, days: Decimal) -> Decimal:
    begins = [ZERO, *(Decimal(age) for age, _ in decay.factors)]
    factors = [ONE, *(factor for _, factor in decay.factors)]
    weight = ZERO
    for begin, end, factor in zip(begins, [*begins[1:], INFINITE], factors, strict=True):
        length = min(end, days) - begin
        weight += length * factor if length > 0 and factor else ZERO
    return weight


# Groups, dimensions, score -----------------------------------------------------------------------


def dimension_span(dimension: Dimension, rules: Mapping[str, Span]) -> Span:
    """The rounded value of a dimension, from the spans of its rules by id."""
    caps = {group.name: group.cap for group in dimension.groups}
    kept = []
    for group in (None, *caps):
        span = total(rules[rule.id] for rule in dimension.rules if rule.group == group)
        cap = caps[group] if group is not None else None
        kept.append(span if cap is None else span.limited(-cap, cap))
    return total(kept).limited(dimension.low, dimension.high).rounded


def score_span(score: Score, dimensions: Mapping[str, Span]) -> Span:
    """The rounded score, from the spans of the dimensions by name."""
    weighed = total(dimensions[name].times(weight) for name, weight in score.weights.items())
    divisor = sum(score.weights.values()) if score.mean else ONE
    mean = Span(weighed.low / divisor, weighed.high / divisor)
    return mean.limited(score.low, score.high).rounded


@dataclass(frozen=True)
class Reach:
    """What a whole model can give: spans of its rules (by id), dimensions (by name) and score."""

    rules: Mapping[str, Span]
    dimensions: Mapping[str, Span]
    score: Span | None


def reach(model: Model, rules: Mapping[str, Span] | None = None) -> Reach:
    """The reach of a model without errors; `rules` replaces the spans of its rules.

    >>> from tamis.model.checks import checked_model
    >>> rules = "[{id: vip, when: 'true', points: 40}]"
    >>> text = f"{{tamis: 1, name: m, dimensions: {{fit: {{rules: {rules}}}}}}}"
    >>> reach(checked_model(text, "m")).dimensions
    {'fit': Span(low=Decimal('0.00'), high=Decimal('40.00'))}
    """
    spans = {rule.id: rule_span(rule) for rule in model.rules} if rules is None else rules
    dimensions = {d.name: dimension_span(d, spans) for d in model.dimensions}
    score = score_span(model.score, dimensions) if model.score else None
    return Reach(spans, dimensions, score)
