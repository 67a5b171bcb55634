"""Sentences on who somebody is and what interests them."""

from __future__ import annotations

from tamis.language import number, translator
from tamis.model.spec import AttributeRule, Dimension, EventRule, Model
from tamis.reports.details import Evidence, fired_name, looked_at
from tamis.reports.phrases import dimension_name, play_name, rule_name
from tamis.server.notes.facts import Contribution, Fact, FieldFact, NoteFacts, Sentence
from tamis.server.notes.said import detailed, items, shortened, speakable, when

MOST_ITEMS = 3
TITLES = (("lead", "job_title"), ("lead", "title"))
COMPANIES = (
    ("account", "name"),
    ("account", "company"),
    ("account", "company_name"),
    ("lead", "company"),
    ("lead", "company_name"),
)


def to_do(facts: NoteFacts, language: str) -> Sentence | None:
    """What the model hands the lead over for, where it has words for it."""
    _ = translator(language)
    chosen = [play for play in facts.model.plays if facts.play and play.id == facts.play.play]
    if not facts.play or not chosen or chosen[0].do != "handoff" or not chosen[0].label.texts:
        return None
    said = shortened(play_name(chosen[0], language))
    return Sentence(_("To do: “{play}”.").format(play=said), (facts.play,))


def who(facts: NoteFacts, language: str) -> Sentence | None:
    """The person's title and company, as far as they are known."""
    _ = translator(language)
    title, company = _spoken(facts.field(*TITLES)), _spoken(facts.field(*COMPANIES))
    if title and company:
        said = _("{title} at {company}.").format(title=title[0], company=company[0])
        return Sentence(said, (title[1], company[1]))
    if title:
        return Sentence(_("Title: {title}.").format(title=title[0]), (title[1],))
    if company:
        return Sentence(_("Company: {company}.").format(company=company[0]), (company[1],))
    return None


def _spoken(fact: FieldFact | None) -> tuple[str, FieldFact] | None:
    said = speakable(fact.value) if fact else ""
    return (said, fact) if fact and said else None


def profile(facts: NoteFacts, language: str) -> Sentence | None:
    """What speaks for them most of what they and their company are."""
    _ = translator(language)
    rules = {rule.id: rule for rule in facts.model.attribute_rules}
    given = [one for one in facts.contributions if one.rule in rules and one.points > 0]
    given.sort(key=lambda one: (-one.points, one.rule))
    made = (_trait(facts, rules[one.rule], one, language) for one in given)
    found = [trait for trait in made if trait][:MOST_ITEMS]
    if not found:
        return None
    said = items([text for text, _facts in found], language)
    shown = tuple(fact for _text, some in found for fact in some)
    return Sentence(_("Profile: {items}.").format(items=said), shown)


def _trait(
    facts: NoteFacts, rule: AttributeRule, given: Contribution, language: str
) -> tuple[str, tuple[Fact, ...]] | None:
    """What a rule says of them, with its facts; None for a value that it does not list."""
    field = looked_at(facts.model, rule)
    fact = facts.field((field.table, field.name)) if field else None
    name = rule_name(rule, language)
    if fired_name(rule, Evidence(value=fact.value if fact else None), language) != name:
        return None
    if fact is None:
        return shortened(name), (given,)
    said = detailed(shortened(name), _value(fact.value, language), language)
    return said, (given, fact)


def _value(value: object, language: str) -> str:
    """A value as a note says it; empty for one that is a code or needs no words."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number(value, language)
    said = speakable(value)
    return "" if "_" in said else said


def interests(facts: NoteFacts, language: str) -> Sentence | None:
    """The dimensions of interest, the strongest first."""
    _ = translator(language)
    known = {dimension.name: dimension for dimension in interest_dimensions(facts.model)}
    strong = [one for one in facts.dimensions if one.dimension in known and one.value >= 1]
    strong.sort(key=lambda one: (-one.value, one.dimension))
    if not strong:
        return None
    said = [
        _("{dimension} ({value} out of {most})").format(
            dimension=shortened(dimension_name(known[one.dimension], language)),
            value=number(one.value, language, decimals=0),
            most=number(one.most, language, decimals=0),
        )
        for one in strong[:MOST_ITEMS]
    ]
    text = _("Interests: {items}.").format(items=items(said, language))
    return Sentence(text, tuple(strong[:MOST_ITEMS]))


def interest_dimensions(model: Model) -> tuple[Dimension, ...]:
    """Dimensions of a subject, as a product: beside those of the cell, and of events alone.

    A model without a cell has none: all its dimensions may be sides of one judgement.
    """
    return tuple(
        dimension
        for dimension in model.dimensions
        if model.cell
        and dimension.name not in model.cell
        and dimension.rules
        and all(isinstance(rule, EventRule) for rule in dimension.rules)
    )


def last_deal(facts: NoteFacts, language: str) -> Sentence | None:
    """What became of the latest deal, and when."""
    _ = translator(language)
    texts = {"won": _("Last deal: won {when}."), "lost": _("Last deal: lost {when}.")}
    deal = next((one for one in facts.outcomes if one.outcome in texts), None)
    if deal is None:
        return None
    said = texts[deal.outcome].format(when=when(deal.day, facts.today, language))
    return Sentence(said, (deal,))
