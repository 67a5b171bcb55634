"""What a lead looks for: products, how near they are to buying, and what is missing to more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from tamis.language import translator
from tamis.model.spec import EventRule, Model, Verdict
from tamis.reports.conditions import in_words as condition_in_words
from tamis.reports.conditions import ways
from tamis.reports.explanation import Candidate
from tamis.reports.missing import Openings
from tamis.reports.phrases import capital, dimension_name, spaced
from tamis.server.clock import day_in
from tamis.server.notes.person import interest_dimensions
from tamis.server.read.answers import Moment, NextStage
from tamis.server.read.answers import Verdict as Said
from tamis.server.read.next_stage import next_stage
from tamis.server.read.timeline import timeline
from tamis.server.scoring.typed import value_in
from tamis.web.pages.lead.learned import LearnedSays, learned_says
from tamis.web.pages.lead.person import NAMES
from tamis.web.pages.lead.score import Part, Taken
from tamis.web.pages.lead.shown import Shown

LOOKED_AT: Final = 300
"""Moments in which products are looked for."""
PRODUCT = re.compile(r"/(?:products?|produits?|shop|boutique)/([\w-]+)", re.IGNORECASE)
PROPERTIES = ("product", "product_line", "product_name")
MOST = 5


def _(text: str) -> str:
    """Let the catalogue gather a text that is translated when it is shown."""
    return text


JOURNEY: Mapping[str, str] = {
    "tofu": _("Discovery: they learn about the problem"),
    "mofu": _("Evaluation: they compare solutions"),
    "bofu": _("Decision: they prepare a purchase"),
}
"""Stages of a purchase by the names that models give the groups of their rules."""


@dataclass(frozen=True)
class Interest:
    """A product: `value` of `high` points where a dimension says it, else the actions on it."""

    name: str
    value: Decimal | None
    high: Decimal | None
    actions: int = 0
    last_day: date | None = None


@dataclass(frozen=True)
class Stretch:
    """A stage of the purchase: what its rules gave of at most `cap`; `deeds` name the strongest."""

    name: str
    points: Decimal
    cap: Decimal | None
    deeds: Sequence[str]

    @property
    def is_reached(self) -> bool:
        """Whether they are that far: a fifth of what its rules can give, so no single click."""
        return self.points > 0 and (self.cap is None or self.points * 5 >= self.cap)


@dataclass(frozen=True)
class Interests:
    """What a lead looks for.

    `furthest` is the last stage of the purchase that they have reached (empty: none), `learned`
    what the learned model says beside the rules (null: there is none). `next_stage` is the next
    stage and the points missing; `conditions` says it in words where more than the score decides.
    `open` are rules that gave nothing and still could, those that bring most first.
    """

    products: Sequence[Interest]
    journey: Sequence[Stretch]
    furthest: str
    learned: LearnedSays | None
    next_stage: NextStage | None
    conditions: str
    open: Sequence[Candidate]


def interests(shown: Shown, said: Said, taken: Taken | None) -> Interests:
    """What the lead looks for, by what the model says and what they did."""
    assert shown.version is not None
    model, parts = shown.version.model, taken.parts if taken else ()
    journey = _journey(model, parts, shown.visit.language)
    reached = [one.name for one in journey if one.is_reached]
    missing = next_stage(model, said.score, said.stage)
    return Interests(
        products=_products(shown, model, said),
        journey=journey,
        furthest=reached[-1] if reached else "",
        learned=learned_says(shown, model, said, taken),
        next_stage=missing,
        conditions="" if missing else _conditions(model, said, shown.visit.language),
        open=_open(shown, model, parts)[:MOST],
    )


def _products(shown: Shown, model: Model, said: Said) -> list[Interest]:
    """The dimensions of interest; of a model without any, the products of what they looked at."""
    language = shown.visit.language
    found = [
        Interest(dimension_name(one, language), said.dimensions[one.name], one.high)
        for one in interest_dimensions(model)
        if said.dimensions.get(one.name, 0) > 0
    ]
    if found or interest_dimensions(model):
        return sorted(found, key=lambda one: -(one.value or 0))
    moments = timeline(shown.connection, shown.lead, None, LOOKED_AT).moments
    return looked_at(moments, model.timezone)[:MOST]


def looked_at(moments: Iterable[Moment], zone: str) -> list[Interest]:
    """Products that people's events name, by a property or their address; most actions first."""
    days: defaultdict[str, list[date]] = defaultdict(list)
    for one in moments:
        name = "" if one.bot else _product(one.properties or {})
        if name:
            days[name].append(day_in(zone, datetime.fromisoformat(one.at)))
    found = [
        Interest(capital(spaced(name)), None, None, len(of), max(of)) for name, of in days.items()
    ]
    return sorted(found, key=lambda one: (-one.actions, one.name))


def _product(properties: Mapping[str, Any]) -> str:
    for name in PROPERTIES:
        said = properties.get(name)
        if isinstance(said, str) and said.strip():
            return said.strip().lower()[:60]
    url = properties.get("url")
    match = PRODUCT.search(url) if isinstance(url, str) else None
    return match[1].lower() if match else ""


def _journey(model: Model, parts: Sequence[Part], language: str) -> list[Stretch]:
    """The stages of a purchase that the model's groups tell apart; none where it has no such."""
    say, found = translator(language), []
    groups = {group.name: group for one in model.dimensions for group in one.groups}
    rules = {rule.id: rule for rule in model.rules}
    for name, text in JOURNEY.items():
        if name not in groups:
            continue
        own = [
            line
            for part in parts
            for line in part.lines
            if (line.kind == "rule" and rules[line.rule].group == name)
            or line.rule == f"cap:{name}"
        ]
        deeds = [line.label for line in own if line.kind == "rule" and line.points > 0]
        points = sum((line.points for line in own), Decimal(0))
        found.append(Stretch(say(text), points, groups[name].cap, deeds[:3]))
    return found


def _conditions(model: Model, said: Said, language: str) -> str:
    """What the next stage asks for, where more than the score decides."""
    names = [one.name for one in model.stages]
    place = names.index(said.stage) + 1 if said.stage in names else 0
    later: Sequence[Verdict] = model.stages[place:]
    if not later:
        return ""
    say = translator(language)
    alternatives = [
        f" {say('and')} ".join(condition_in_words(model, term, language) for term in way)
        for way in ways(later[0].when.text)
    ]
    return say("{stage}: {conditions}").format(
        stage=later[0].name, conditions=f", {say('or else')} ".join(alternatives)
    )


def _open(shown: Shown, model: Model, parts: Sequence[Part]) -> Sequence[Candidate]:
    """Rules that gave nothing and still could; of rules with a gate none, for it may be closed."""
    given = {line.rule: line.points for part in parts for line in part.lines if line.kind == "rule"}
    tables = {"lead": shown.fields, "account": shown.account}
    fields = {
        one.column: value_in(tables[one.table], one.name)
        for one in model.fields_of("lead", "account")
    }
    openings = Openings(model, shown.today, given, frozenset(), fields, shown.visit.language)
    known = {rule.id: rule for rule in model.rules}
    found = openings.of_score()
    say = translator(shown.visit.language)
    return [
        replace(one, unknown=tuple(say(NAMES.get(name, spaced(name))) for name in one.unknown))
        for one in found
        if isinstance(known[one.rule], EventRule) or one.unknown
    ]
