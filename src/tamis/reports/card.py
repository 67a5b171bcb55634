"""The card for scoring a lead by hand: boxes to tick, points to add, thresholds to compare with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tamis.language import listed, number, plurals, translator
from tamis.model.spec import (
    AtLeastRule,
    Band,
    BandsRule,
    Dimension,
    EventRule,
    FrequencyRule,
    Grade,
    Model,
    PointsRule,
    RateRule,
    RecencyRule,
    Rule,
    SilentRule,
    TotalRule,
    ValuesRule,
)
from tamis.reports.conditions import in_words, ways
from tamis.reports.explain import caution
from tamis.reports.mechanics import ages
from tamis.reports.phrases import days_long, dimension_name, points, rule_name
from tamis.reports.reasons import share_of_score
from tamis.reports.templating import render

MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line to fill in: a box, points for each time, or `options` to pick one of."""

    name: str
    hint: str
    points: str
    each: bool
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardPart:
    """One dimension of the card."""

    label: str
    low: object
    high: object
    grades: tuple[Grade, ...]
    lines: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One dimension's way into the score; `factor` is empty in a sum."""

    label: str
    factor: str


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage and what it takes."""

    name: str
    said: str


def card_page(model: Model, language: str) -> str:
    """The HTML page of the card."""
    return render(
        "card.html",
        language,
        model=model,
        caution=caution(language),
        notes=notes(model, language),
        dimensions=[_part(dimension, language) for dimension in model.dimensions],
        score_lines=_score_lines(model, language),
        stages=[StageLine(s.name, _said(model, s.when.text, language)) for s in model.stages],
    )


def notes(model: Model, language: str) -> list[str]:
    """What the card leaves out; empty when adding by hand gives the same numbers as the engine."""
    _ = translator(language)
    left_out = []
    if any(isinstance(r, PointsRule | AtLeastRule) and r.decay for r in model.rules):
        left_out.append(_("the fading of older activity"))
    if any(isinstance(r, EventRule) and r.per_day for r in model.rules):
        left_out.append(_("the limits by day"))
    if any(group.cap is not None for d in model.dimensions for group in d.groups):
        left_out.append(_("the limits of groups"))
    found = []
    if left_out:
        said = _(
            "This card is a simplification: it leaves out {parts}. The computed score can differ."
        )
        found.append(said.format(parts=listed(left_out, language)))
    if len(model.rules) > MOST_LINES:
        said = _(
            "With {count} criteria this model is made for a computer: the card only explains it."
        )
        found.append(said.format(count=len(model.rules)))
    return found


def _part(dimension: Dimension, language: str) -> CardPart:
    return CardPart(
        label=dimension_name(dimension, language),
        low=dimension.low,
        high=dimension.high,
        grades=tuple(reversed(dimension.grades)),
        lines=tuple(_line(rule, language) for rule in dimension.rules),
    )


def _line(rule: Rule, language: str) -> CardLine:
    given = getattr(rule, "points", None)
    return CardLine(
        name=rule_name(rule, language),
        hint=", ".join(_hints(rule, language)),
        points="" if given is None else points(given, language, decimals=3),
        each=isinstance(rule, PointsRule),
        options=tuple(_options(rule, language)),
    )


def _hints(rule: Rule, language: str) -> list[str]:
    _, ngettext = translator(language), plurals(language)
    found = []
    if isinstance(rule, AtLeastRule) and rule.at_least > 1:
        found.append(
            ngettext("at least {count} time", "at least {count} times", rule.at_least).format(
                count=rule.at_least
            )
        )
    if isinstance(rule, SilentRule):
        found.append(_("nothing for {days}").format(days=days_long(rule.silent_for, language)))
    elif isinstance(rule, EventRule) and rule.within is not None:
        found.append(_("last {days}").format(days=days_long(rule.within, language)))
    if rule.cap is not None:
        found.append(_("at most {points} points").format(points=number(rule.cap, language)))
    return found


def _options(rule: Rule, language: str) -> list[str]:
    if isinstance(rule, ValuesRule):
        return _value_options(rule, language)
    if isinstance(rule, RecencyRule):
        return ages(rule.bands, language)
    if isinstance(rule, BandsRule | FrequencyRule | TotalRule | RateRule):
        return _band_options(rule.bands, language, unit="%" if isinstance(rule, RateRule) else "")
    return []


def _value_options(rule: ValuesRule, language: str) -> list[str]:
    _ = translator(language)
    said = _("{value}: {points}")
    found = [
        said.format(value=value, points=points(given, language))
        for value, given in rule.values
        if given
    ]
    if rule.otherwise:
        found.append(said.format(value=_("otherwise"), points=points(rule.otherwise, language)))
    return found


def _band_options(bands: Sequence[Band], language: str, *, unit: str) -> list[str]:
    _ = translator(language)
    said = _("from {bound}: {points}")
    return [
        said.format(bound=number(band.bound, language) + unit, points=points(band.points, language))
        for band in bands
        if band.points
    ]


def _score_lines(model: Model, language: str) -> list[ScoreLine]:
    """How the totals make the score; none when one dimension is the score."""
    if model.score is None or len(model.score.weights) == 1:
        return []
    parts = [dimension for name in model.score.weights if (dimension := model.dimension(name))]
    return [
        ScoreLine(
            dimension_name(dimension, language),
            number(share_of_score(model, dimension.name), language, decimals=3)
            if model.score.mean
            else "",
        )
        for dimension in parts
    ]


def _said(model: Model, text: str, language: str) -> str:
    _ = translator(language)
    return f" {_('or else')} ".join(
        f" {_('and')} ".join(in_words(model, term, language) for term in way) for way in ways(text)
    )
