"""A model's rules in words: what counts, how much, within which limits, and how it fades."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from tamis.errors import InternalError
from tamis.language import day, listed, number, percent, plurals, translator
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
    PointsRule,
    RateRule,
    RecencyRule,
    Rule,
    SilentRule,
    Steps,
    TotalRule,
    ValuesRule,
    WhenRule,
)
from tamis.reports.phrases import days_long, dimension_name, points, rule_name, spaced

MOST_EVENTS = 5


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule as a line of the sheet; `source` is what it looks at, as the model writes it."""

    rule: Rule
    name: str
    about: str
    points: str
    limits: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """The rules of one group; `name` is empty for those without group, `cap` for no limit."""

    name: str
    cap: str
    lines: tuple[RuleLine, ...]


def blocks(dimension: Dimension, language: str) -> tuple[RuleBlock, ...]:
    """The rules of a dimension by group, in the order of the file; those without group last."""
    groups = [(group.name, group.cap) for group in dimension.groups]
    found = []
    for name, cap in [*groups, (None, None)]:
        lines = [line(rule, dimension, language) for rule in dimension.rules if rule.group == name]
        if lines:
            found.append(RuleBlock(spaced(name or ""), _at_most(cap, language), tuple(lines)))
    return tuple(found)


def _at_most(cap: Decimal | None, language: str) -> str:
    if cap is None:
        return ""
    _ = translator(language)
    return _("at most {points} together").format(points=number(cap, language))


def line(rule: Rule, dimension: Dimension, language: str) -> RuleLine:
    """One rule in words."""
    return RuleLine(
        rule=rule,
        name=rule_name(rule, language),
        about=rule.about,
        points=points_in_words(rule, language),
        limits=tuple(limits(rule, dimension, language)),
        source=tuple(source(rule, language)),
    )


def points_in_words(rule: Rule, language: str) -> str:
    """What a rule gives and for what.

    >>> points_in_words(
    ...     PointsRule(id="demo", dimension="d", events=("demo",), points=Decimal(8)), "en"
    ... )
    '+8 each time'
    """
    _, ngettext = translator(language), plurals(language)
    match rule:
        case WhenRule():
            return points(rule.points, language, decimals=3)
        case BandsRule():
            return _bands(rule.bands, language)
        case ValuesRule():
            return _values(rule, language)
        case PointsRule():
            return _("{points} each time").format(points=points(rule.points, language, decimals=3))
        case AtLeastRule():
            return ngettext(
                "{points} once", "{points} from {count} times on", rule.at_least
            ).format(points=points(rule.points, language, decimals=3), count=rule.at_least)
        case SilentRule():
            return _("{points} after {days} without any").format(
                points=points(rule.points, language, decimals=3),
                days=days_long(rule.silent_for, language),
            )
        case FrequencyRule():
            return _("by number of times: {bands}").format(bands=_bands(rule.bands, language))
        case TotalRule():
            return _("by total of {field}: {bands}").format(
                field=rule.field, bands=_bands(rule.bands, language)
            )
        case RateRule():
            return _("by share of {over}: {bands}").format(
                over=_events(rule.over, language), bands=_bands(rule.bands, language, unit="%")
            )
        case RecencyRule():
            return _("by days since the last: {bands}").format(
                bands=_in_line(ages(rule.bands, language))
            )
        case _:
            message = f"a form of rule without words: {type(rule).__name__}"
            raise InternalError(message)


def _bands(bands: Sequence[Band], language: str, *, unit: str = "") -> str:
    _ = translator(language)
    written = [
        _("from {bound}: {points}").format(
            bound=percent(band.bound / 100, language, decimals=2)
            if unit
            else number(band.bound, language),
            points=points(band.points, language, decimals=3),
        )
        for place, band in enumerate(bands)
        if place or band.points or len(bands) == 1
    ]
    return _in_line(written)


def ages(bands: Sequence[Band], language: str) -> list[str]:
    """Bands of an age in days, each with its last day; a first one without points is left out.

    >>> ages([Band(Decimal(0), Decimal(15)), Band(Decimal(7), Decimal(0))], "en")
    ['under 7 days: +15', '7 days or more: 0']
    """
    said = translator(language)("{value}: {points}")
    ends = [*(int(band.bound) for band in bands[1:]), None]
    return [
        said.format(
            value=_age(int(band.bound), end, language),
            points=points(band.points, language, decimals=3),
        )
        for place, (band, end) in enumerate(zip(bands, ends, strict=True))
        if place or band.points or len(bands) == 1
    ]


def _age(first: int, end: int | None, language: str) -> str:
    """An age from `first` days to before `end`."""
    _, ngettext = translator(language), plurals(language)
    if end is None:
        return ngettext("{count} day or more", "{count} days or more", first).format(count=first)
    if first == 0:
        return ngettext("under {count} day", "under {count} days", end).format(count=end)
    if first == end - 1:
        return days_long(first, language)
    return _("{first} to {last} days").format(first=first, last=end - 1)


def _in_line(parts: Sequence[str]) -> str:
    """The parts in one line that breaks between parts only."""
    return " · ".join(part.replace(" ", "\u00a0") for part in parts)


def _values(rule: ValuesRule, language: str) -> str:
    _ = translator(language)
    said = _("{value}: {points}")
    written = [
        said.format(value=value, points=points(given, language, decimals=3))
        for value, given in rule.values
    ]
    if rule.otherwise:
        other = points(rule.otherwise, language, decimals=3)
        written.append(said.format(value=_("otherwise"), points=other))
    return _in_line(written)


def limits(rule: Rule, dimension: Dimension, language: str) -> list[str]:
    """What bounds a rule: days, times a day, points in all, a campaign's dates, its own decay."""
    _ = translator(language)
    found = _event_limits(rule, dimension, language) if isinstance(rule, EventRule) else []
    if rule.cap is not None:
        found.append(_("at most {points} points").format(points=number(rule.cap, language)))
    return found


def _event_limits(rule: EventRule, dimension: Dimension, language: str) -> list[str]:
    _, ngettext = translator(language), plurals(language)
    found = []
    if rule.within is not None:
        found.append(_("last {days}").format(days=days_long(rule.within, language)))
    if rule.per_day is not None:
        found.append(
            ngettext("at most {count} a day", "at most {count} a day", rule.per_day).format(
                count=rule.per_day
            )
        )
    if isinstance(rule, RateRule) and rule.at_least > 1:
        found.append(
            _("from {count} {events} on").format(
                count=rule.at_least, events=_events(rule.over, language)
            )
        )
    if rule.active and rule.active != dimension.active:
        found.append(
            _("only from {first} to {last}").format(
                first=day(rule.active.first, language), last=day(rule.active.last, language)
            )
        )
    fading = isinstance(rule, PointsRule | AtLeastRule)
    if fading and rule.decay != dimension.decay:
        found.append(decay_in_words(rule.decay, language))
    return found


def source(rule: Rule, language: str) -> list[str]:
    """What a rule looks at, in the words of the model: field, events, conditions."""
    match rule:
        case WhenRule():
            return [rule.when.text]
        case BandsRule() | ValuesRule():
            return [rule.field]
        case EventRule():
            conditions = [part.text for part in (rule.where, rule.when) if part]
            return [
                _events(rule.events, language),
                *(" ".join(text.split()) for text in conditions),
            ]
        case _:
            return []


def _events(names: Sequence[str], language: str) -> str:
    """Event names as an enumeration, a long one cut short."""
    _ = translator(language)
    if not names:
        return _("any event")
    if len(names) > MOST_EVENTS:
        shown, more = names[: MOST_EVENTS - 1], len(names) - MOST_EVENTS + 1
        return _("{events} and {count} more").format(events=", ".join(shown), count=more)
    return listed(names, language, last="or")


def decay_in_words(decay: Decay | None, language: str) -> str:
    """How points fade.

    >>> decay_in_words(HalfLife(30), "en")
    'half its weight after 30 days'
    """
    _ = translator(language)
    match decay:
        case None:
            return _("does not fade")
        case HalfLife():
            return _("half its weight after {days}").format(days=days_long(decay.days, language))
        case Linear():
            return _("fades evenly to nothing in {days}").format(
                days=days_long(decay.days, language)
            )
        case Steps():
            parts = [
                _("{share} of its weight after {days}").format(
                    share=percent(factor, language, decimals=1), days=days_long(age, language)
                )
                for age, factor in decay.factors
            ]
            return listed(parts, language)
        case _:
            assert_never(decay)


def fading(dimension: Dimension, language: str) -> str:
    """How the activity of a dimension fades, as a sentence; empty when nothing in it can fade."""
    _ = translator(language)
    if not any(isinstance(rule, PointsRule | AtLeastRule) for rule in dimension.rules):
        return ""
    if dimension.decay is None:
        return _("What they did does not fade within its window.")
    words = decay_in_words(dimension.decay, language)
    return _("What they did fades: {decay}.").format(decay=words)


def score_in_words(
    dimensions: Sequence[tuple[Dimension, Decimal]], language: str, *, mean: bool
) -> str:
    """How the dimensions make the score."""
    _ = translator(language)
    if not mean:
        names = [dimension_name(dimension, language) for dimension, _weight in dimensions]
        return _("The score is the sum of {dimensions}.").format(dimensions=listed(names, language))
    total = sum(weight for _dimension, weight in dimensions)
    parts = [
        _("{share} {dimension}").format(
            share=percent(weight / total, language, decimals=1),
            dimension=dimension_name(d, language),
        )
        for d, weight in dimensions
    ]
    return _("The score is made of {parts}.").format(parts=listed(parts, language))
